"""What came out of a study over seeds: each seed's scores, mean and spread, and their mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging import sentences
from engine.judging.over_seeds import NAMES as JUDGED
from engine.judging.over_seeds import said
from engine.judging.spread import spread
from engine.runs import study_tables
from engine.words.cutoffs import rule_of
from pages.shared import (
    cached_judging,
    cached_studies,
    charts,
    charts_studies,
    studies_looked,
    studies_mean,
    studies_words,
    views,
    wording,
)
from pages.shared.state import Key
from pages.shared.studies_words import NAMES, TITLES

if TYPE_CHECKING:
    from pages.shared.cached_studies import Look

FIGURES = {
    "auc": "AUC",
    "accuracy": "Accuracy",
    "recall": "Recall",
    "specificity": "Specificity",
    "f1": "F1",
}


def show(here: Look) -> None:
    """Draw each seed's scores on validation and their spread; the test on request."""
    if not here.done:
        st.caption("The seeds' scores appear here as soon as the first one is finished.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = views.choose(
            "Measured by", TITLES, Key.STUDY_MEASURE, Key.STUDIES.of("measure"), hidden=False
        )
    figures = cached_studies.figures(here)
    values = figures[f"validation_{measure}"].dropna().tolist()
    text = studies_words.seeds(values, measure)
    left, right = st.columns(2, gap="medium")
    with right:
        seen = studies_looked.asked(here.study)
        st.dataframe(as_table(figures, seen), hide_index=True)
        st.caption(study_tables.SPLITS[study_tables.one_split(here.study)])
    with left:
        parts = study_tables.PARTS if seen else study_tables.PARTS[:1]
        drawn = {
            part.capitalize(): figures[f"{part}_{measure}"].dropna().tolist() for part in parts
        }
        figure = charts_studies.points(drawn, NAMES[measure])
        key = Key.STUDIES.of("seeds", measure, seen)
        st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=text)
        st.caption(f"{text} The line is the mean, the band one standard deviation.")
    if seen:
        judged(here)
    studies_mean.show(here, "", seen)


def as_table(figures: pd.DataFrame, test: bool) -> pd.DataFrame:
    """Return a row a seed, then mean and deviation; test figures where they were asked for."""
    parts = ("test", "validation") if test else ("validation",)
    columns = {
        f"{part}_{name}": f"{title} {part}" for part in parts for name, title in TITLES.items()
    }
    rows = [
        {"Seed": str(row.seed)}
        | {title: studies_words.number(getattr(row, name)) for name, title in columns.items()}
        for row in figures.itertuples()
    ]
    values = figures[list(columns)]
    for name, found in (("Mean", values.mean()), ("Deviation", values.std(ddof=1))):
        told = {title: studies_words.number(found[key]) for key, title in columns.items()}
        rows.append({"Seed": name} | told)
    return pd.DataFrame(rows)


def judged(here: Look) -> None:
    """Draw mean and spread of the test figures at 0.5 and at the threshold that each seed chose."""
    runs = [one.run for one in here.standings if one.run and one.status == "finished"]
    found = spread([cached_judging.summary(run.id, "test") for run in runs], JUDGED)
    rule = sentences.by_rule(*rule_of(runs[0].recipe.threshold)).rstrip(",")
    st.markdown(f"**On the test images, over {wording.count(len(runs), 'seed')}**")
    st.dataframe(at_both(found), hide_index=True, width="content")
    if "threshold" in found.index:
        st.caption(
            f"Mean ± standard deviation. Each seed's own threshold ({said(found, 'threshold')}) "
            f"was chosen by {rule} on its validation scores."
        )


def at_both(found: pd.DataFrame) -> pd.DataFrame:
    """Return a row a figure, at 0.5 and at the own threshold; the AUC needs none."""
    own = "At its own threshold"
    rows = []
    for name, title in FIGURES.items():
        half = said(found, f"{name}_at_half") or said(found, name)
        row = {"Figure": title, "At 0.5": half}
        rows.append(row | ({own: said(found, name)} if "threshold" in found.index else {}))
    table = pd.DataFrame(rows)
    return table[table["At 0.5"] != ""]
