"""What came out of folds: each fold's scores, mean and spread, and all images judged once."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import (
    cached,
    cached_studies,
    charts,
    charts_studies,
    layout,
    state,
    studies_looked,
    studies_words,
    views,
)
from pages.shared.cached_studies import Look
from pages.shared.state import Key
from pages.shared.studies_words import NAMES, TITLES

NOTE = (
    "Validation chose epoch and threshold; the test images are the fold's own. The folds' training "
    "images overlap, so their spread is not that of independent data sets."
)


def show(here: Look) -> None:
    """Draw each fold's scores and their spread."""
    figures = cached_studies.figures(here)
    if not here.done:
        st.caption("The folds' scores appear here as soon as the first one is finished.")
        return
    measure = views.choose(
        "Measured by", TITLES, Key.STUDY_MEASURE, Key.STUDIES.of("measure"), hidden=False
    )
    left, right = st.columns(2, gap="medium")
    with right:
        seen = studies_looked.asked(here.study)
        st.dataframe(as_table(figures, seen), hide_index=True)
        st.caption(NOTE)
    part = "test" if seen else "validation"
    values = figures[f"{part}_{measure}"].tolist()
    said = studies_words.folds(values, measure, len(here.study.seeds), part)
    with left:
        figure = charts_studies.points(_points(figures, measure, seen), NAMES[measure])
        key = Key.STUDIES.of("folds", measure, seen)
        st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=said)
        st.caption(f"{said} The line is the mean, the band one standard deviation.")
    joined(here, seen)


def as_table(figures: pd.DataFrame, test: bool) -> pd.DataFrame:
    """Return a row a fold, then mean, deviation and range; of the test where it was asked for."""
    columns = {
        f"{part}_{name}": f"{title} {'validation' if part == 'validation' else 'test'}"
        for part in (("test", "validation") if test else ("validation",))
        for name, title in TITLES.items()
    }
    several = figures["seed"].nunique() > 1
    rows = [
        {"Fold": f"{row.fold}, seed {row.seed}" if several else str(row.fold)}
        | {title: studies_words.number(getattr(row, name)) for name, title in columns.items()}
        for row in figures.itertuples()
    ]
    values = figures[list(columns)]
    for name, found in (
        ("Mean", values.mean()),
        ("Deviation", values.std(ddof=1)),
        ("Least", values.min()),
        ("Most", values.max()),
    ):
        told = {title: studies_words.number(found[key]) for key, title in columns.items()}
        rows.append({"Fold": name} | told)
    return pd.DataFrame(rows)


def joined(here: Look, test: bool) -> None:
    """Link to the runs in which every image is judged by the fold that had not seen it."""
    runs = {run.id: run for run in cached.runs()}
    found = [runs[one] for one in here.study.joined.values() if one in runs]
    found = [run for run in found if run.status == "finished"]
    if not found:
        st.caption(
            "When all folds are finished, one more run appears here: every image once, judged by "
            "the network that had not seen it."
        )
        return
    with st.container(border=True):
        st.markdown(
            "**Out of fold.** Every image once, each judged by the network that had not seen it: "
            "as many test images as there are images."
        )
        for run in found:
            told = [
                f"{NAMES[name]} {run.metrics[f'test_{name}']:.3f}"
                for name in TITLES
                if test and f"test_{name}" in run.metrics
            ]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(": ".join(filter(None, [run.name, ", ".join(told)])), width="content")
                if st.button(
                    "Evaluate it", icon=":material/rule:", key=Key.STUDIES.of("evaluate", run.id)
                ):
                    state.set_current_run_id(run.id)
                    state.set_current_split("test")
                    layout.go("pages/evaluate.py")


def _points(figures: pd.DataFrame, measure: str, test: bool) -> dict[str, list[float]]:
    parts = ("test", "validation") if test else ("validation",)
    found = {part: figures[f"{part}_{measure}"].dropna().tolist() for part in parts}
    return {part.capitalize(): values for part, values in found.items() if values}
