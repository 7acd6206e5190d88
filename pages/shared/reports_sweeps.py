"""The reports' sweeps: how far ours is, and the commands that go on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.judging.figures import written
from engine.learning import sweeps
from engine.learning.reported import table
from pages.shared import cached_reports, layout, reports_beside, state, studies_knobs
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.learning.reported import Sweep
    from engine.runs.run import Run


def show(finished: Sequence[Run], report: str) -> None:
    """Draw the sweeps of a report; of "all", every one."""
    every = [sweep for sweep in table().sweeps.values() if report in ("all", sweep.name[0])]
    if not every:
        return
    st.markdown("#### Sweeps")
    st.caption(
        "A sweep trains every combination of some settings. The reports chose its best cell on the "
        "very test images that they scored it on; a study chooses on validation."
    )
    for sweep in every:
        said = sentence(sweep, *cached_reports.cells(sweep.name, finished))
        with st.container(border=True):
            st.markdown(f"**{sweep.title}.** {said}")
            for number, grid in enumerate(sweep.grids):
                _grid(sweep, number, grid)
            with st.expander("The same as commands"):
                st.code("\n".join(commands(sweep)), language="sh")


def words(grid: Mapping[str, Any]) -> str:
    """Say which settings a grid goes over: "optimizer sgd; learning rate 0.01, 0.001"."""
    names = {key: key.rpartition(".")[2].replace("_", " ") for key in grid}
    every = sweeps.over(grid).items()
    return "; ".join(f"{names[key]} {', '.join(values)}" for key, values in every)


def _grid(sweep: Sweep, number: int, grid: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"- {words(grid)}", width="stretch")
        key = Key.REPORTS.of("grid", sweep.name, number)
        if st.button("Set up as a study", icon=":material/grid_on:", key=key):
            state.choose(Key.STUDY, None)
            state.choose(Key.STUDIES_VIEW, "sweep")
            state.choose(Key.STUDY_BASE, sweep.name)
            state.choose(Key.STUDY_OVER, studies_knobs.written(_over(sweep, grid)))
            layout.go("pages/studies.py")


def _over(sweep: Sweep, grid: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return a grid's settings; a cell trains as long as its epochs say, whatever its preset."""
    return {"stopping": ("none",), **sweeps.over(grid)}


def sentence(sweep: Sweep, runs: Sequence[Run], cells: int) -> str:
    """Say what the report's sweep found, and what our finished cells have so far."""
    low, high = map(reports_beside.printed, sweep.accuracy)
    text = f"The report's cells go from {low} to {high}; the best is {sweep.best}."
    if not runs:
        return f"{text} Of our {cells} cells none is finished."
    text += f" Of our {cells} cells {len(runs)} are finished"
    known = [run.metrics["test_accuracy"] for run in runs if "test_accuracy" in run.metrics]
    if not known:
        return f"{text}."
    splits = {reports_beside.SPLITS[run.recipe.split.kind] for run in runs}
    ours = f"{written(min(known), 999)} to {written(max(known), 999)}"
    return f"{text}: accuracy {ours} on their test images, split {' or '.join(sorted(splits))}."


def commands(sweep: Sweep) -> list[str]:
    """Return one command for each of a sweep's grids."""
    lines = []
    for grid in sweep.grids:
        over = [f"--over {key}={','.join(values)}" for key, values in sweeps.over(grid).items()]
        begin = f"python -m engine study sweep {sweep.name} --data SOURCE --set stopping=none"
        lines.append(" ".join([begin, *over]))
    return lines
