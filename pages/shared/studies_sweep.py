"""What came out of a sweep: a heat table on validation, the best cell, the test on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.runs import study_tables
from engine.runs.groups import Cell
from pages.shared import (
    cached_studies,
    charts,
    charts_studies,
    layout,
    state,
    studies_cells,
    studies_knobs,
    studies_looked,
    studies_mean,
    studies_words,
    views,
)
from pages.shared.cached_studies import Look
from pages.shared.state import Key
from pages.shared.studies_words import TITLES

if TYPE_CHECKING:
    from engine.runs.groups import Study

ROOMY = {name: st.column_config.TextColumn(width=105) for name in ("Validation", "Test (seen)")}


def show(here: Look) -> None:
    """Draw the grid: mean and spread over seeds, the best cell marked."""
    study, paths = here.study, axes(here.study)
    if not here.done:
        st.caption("The heat table fills as the cells finish.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = views.choose(
            "Measured by", TITLES, Key.STUDY_MEASURE, Key.STUDIES.of("measure"), hidden=False
        )
        across = _across(paths)
    summed = cached_studies.summary(here, measure)
    said = studies_words.best(summed, paths, measure)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{TITLES[measure]} on the validation images**")
        figure = heat(study, summed, "validation", across, measure)
        key = Key.STUDIES.of("heat", measure, across)
        st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=said)
        st.markdown(said)
        st.caption(
            "Each cell is the mean over its seeds ± one standard deviation; lighter is "
            "better, and the frame marks the best mean on validation. Empty cells are not finished."
        )
    with right:
        seen = studies_looked.asked(study)
        st.dataframe(as_table(summed, paths, seen), hide_index=True, column_config=ROOMY)
        _best(here, summed, paths)
    if seen:
        _test(here, summed, measure, across)
    if len(study.seeds) > 1 and not (best := summed[summed["chosen"]]).empty:
        values = {path: str(best.iloc[0][path]) for path in paths}
        studies_mean.show(here, Cell(values, 0).label, seen)


def axes(study: Study) -> list[str]:
    """The settings that a study goes over."""
    return [path for path in study.axes if path != studies_cells.FOLD]


def heat(study: Study, summed: pd.DataFrame, of: str, across: str, measure: str) -> object:
    """Return the heat table of a column of the summary, its cells with mean and spread."""
    means = study_tables.heat(study, summed, of, across)
    spread = study_tables.heat(study, summed, f"{of}_sd", across)
    texts = pd.DataFrame(
        [
            [
                studies_words.number(mean, sd).replace(" ± ", "<br>± ")
                for mean, sd in zip(row, sds, strict=True)
            ]
            for row, sds in zip(means.to_numpy(float), spread.to_numpy(float), strict=True)
        ]
    )
    marked = study_tables.heat(
        study, summed.assign(mark=summed["chosen"].astype(float)), "mark", across
    )
    places = [
        (str(row), str(column))
        for row in marked.index
        for column in marked.columns
        if marked.loc[row, column] == 1
    ]
    means.columns.name = studies_knobs.label(across)
    means.index.name = ", ".join(map(studies_knobs.label, (p for p in axes(study) if p != across)))
    more = study_tables.MEASURES[measure]
    return charts_studies.heat(means, texts, places[0] if places else None, more)


def as_table(summed: pd.DataFrame, paths: list[str], test: bool) -> pd.DataFrame:
    """Return a row a combination, best on validation first where it is known."""
    rows = []
    for _, row in summed.iterrows():
        told = {
            studies_knobs.label(path): studies_knobs.shown(path, str(row[path])) for path in paths
        }
        told["Validation"] = studies_words.number(row["validation"], row["validation_sd"])
        if test:
            told["Test (seen)"] = studies_words.number(row["test"], row["test_sd"])
        told["Finished"] = f"{int(row['finished'])} of {int(row['runs'])}"
        told["Best"] = "Best" if row["chosen"] else ""
        rows.append(told)
    return pd.DataFrame(rows)


def _across(paths: list[str]) -> str:
    if len(paths) < 2:
        return paths[-1]
    names = {path: studies_knobs.label(path) for path in reversed(paths)}
    return views.choose(
        "Across", names, Key.STUDY_ACROSS, Key.STUDIES.of("across", *paths), hidden=False
    )


def _test(here: Look, summed: pd.DataFrame, measure: str, across: str) -> None:
    said = "The frame is where it was: the cell that validation chose."
    st.markdown(f"**{TITLES[measure]} on the test images, looked at**")
    figure = heat(here.study, summed, "test", across, measure)
    key = Key.STUDIES.of("test", measure, across)
    left, _ = st.columns(2, gap="medium")
    with left:
        st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=said)
    st.caption(said)


def _best(here: Look, summed: pd.DataFrame, paths: list[str]) -> None:
    """Link to the runs of the best cell."""
    row = summed[summed["chosen"]]
    if row.empty:
        return
    values = {path: str(row.iloc[0][path]) for path in paths}
    for one in here.standings:
        mine = all(one.cell.values[path] == value for path, value in values.items())
        if not mine or one.status != "finished" or one.run is None:
            continue
        seed = f", seed {one.cell.seed}" if len(here.study.seeds) > 1 else ""
        if st.button(
            f"Evaluate the best cell{seed}",
            icon=":material/rule:",
            key=Key.STUDIES.of("evaluate", one.run.id),
        ):
            state.set_current_run_id(one.run.id)
            layout.go("pages/evaluate.py")
