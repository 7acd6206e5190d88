"""Beyond the reports: our best beside what others published on the same test images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging.attempts import Attempt, of_run
from engine.learning.presets_beyond import GROUP
from engine.learning.reported import Published, table
from pages.shared import (
    background,
    cached,
    cached_reports,
    charts,
    charts_reports,
    layout,
    presets_form,
    state,
    store_opening,
    wording,
)
from pages.shared.charts_reports import Row
from pages.shared.reports_beside import NONE, SPACE
from pages.shared.reports_published import COLUMNS as FIGURES
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.over_seeds import Seeds
    from engine.runs.run import Run

NAME = GROUP
OURS = "Ours"
LINES = 40  # pixels of a row with a name in two lines


def show() -> None:
    """Draw our best beside the published figures, and say how it came about."""
    here = table().beyond
    st.markdown(here.story)
    if not background.ready("mlflow"):
        store_opening.wait()
        return
    finished = [run for run in cached.runs() if run.status == "finished"]
    with st.spinner("Looking for our runs"):
        group, run = cached_reports.beyond(finished)
    rows = ours(group, run)
    official = [entry for entry in table().published if entry.official]
    if not rows:
        _empty()
    said = summary(rows, official)
    st.markdown(said)
    figure = charts_reports.accuracies(drawn(rows, official), "published:", LINES)
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.REPORTS.of("beyond"), alt=said)
    st.caption(
        "Open diamond: as published. Circle: ours; over seeds with one standard deviation, of one "
        "run with its 95% interval over patients."
    )
    st.table(as_table(rows, official), border="horizontal")
    shown = len(group.seeds) if group else int(run is not None)
    st.markdown(f"**{here.counted(shown)}** {here.note}")
    if rows:
        _open((group.mean or group.first) if group else run)


def ours(group: Seeds | None, run: Run | None) -> list[Attempt]:
    """Return a row for each way in which ours was judged."""
    if group is None:
        return _of(f"{table().beyond.preset}, one seed", run) if run else []
    return of_group(group)


def of_group(group: Seeds) -> list[Attempt]:
    """Return what several seeds reached, then what their mean did, where it is a run."""
    rows = list(cached_reports.attempts(group))
    if group.mean:
        members = wording.count(len(group.mean.recipe.seeds), "network")
        rows += _of(f"{group.recipe.preset}, mean of {members}", group.mean)
    return rows


def summary(rows: list[Attempt], official: list[Published]) -> str:
    """Say what ours reached, beside the best that was published."""
    best = max(official, key=lambda entry: entry.accuracy or 0)
    text = (
        f"The best accuracy published on these images is {best.accuracy:.3f} ({best.model}, "
        f"{best.cite})"
    )
    if not rows:
        return f"{text}. {table().beyond.preset} is not trained here yet."
    ours = "; ".join(f"{row.model}: {row.accuracy}" for row in rows[:2])
    area = f" AUC {rows[0].auc}." if rows[0].auc else ""
    return f"{text}. {ours}.{area} Judged on: {rows[0].on}."


def drawn(rows: list[Attempt], official: list[Published]) -> list[Row]:
    """Return the lines of the picture: ours first, then the best published first."""
    order = sorted(official, key=lambda entry: -(entry.accuracy or 0))
    others = [Row(f"{entry.model}<br>{_short(entry.cite)}", entry.accuracy) for entry in order]
    return [*(Row(_lines(row.model), None, row.value, row.spread) for row in rows), *others]


def as_table(rows: list[Attempt], official: list[Published]) -> pd.DataFrame:
    """Return ours, then one row a published model, each with its source; named by the model."""
    own = {
        f"**{row.model}**": [OURS, row.on, *(_ours(row, key) for key in FIGURES)] for row in rows
    }
    if not rows:
        blank = [NONE] * len(FIGURES)
        own = {f"**{table().beyond.preset}**": [OURS, "not trained here yet", *blank]}
    order = sorted(official, key=lambda entry: -(entry.accuracy or 0))
    others = [
        [f"[{entry.cite}]({entry.link})", entry.on, *(_written(entry, key) for key in FIGURES)]
        for entry in order
    ]
    columns = ["Source", "Judged on", *FIGURES.values()]
    names = [*own, *(entry.model for entry in order)]
    return pd.DataFrame([*own.values(), *others], index=names, columns=columns)


def _ours(row: Attempt, key: str) -> str:
    return str(getattr(row, key)).replace(" ", SPACE)  # a figure and its deviation on one line


def _written(entry: Published, key: str) -> str:
    value = getattr(entry, key)
    return NONE if value is None else f"{value:.3f}"


def _of(name: str, run: Run) -> list[Attempt]:
    found = cached_reports.reproduction(run.id)
    return of_run(name, f"{run.recipe.split.kind} test, {found.images} images", found)


def _lines(model: str) -> str:
    """A name of ours in two short lines: what was judged, and at which threshold."""
    who, _, cut = model.rpartition(", at ")
    return f"{who.replace(' ± sd', '')}<br>at {cut.partition(' (')[0]}"


def _short(cite: str) -> str:
    return cite.split(" (")[0].split(",")[0]


def _empty() -> None:
    """Say what would stand here, and lead to the training."""
    name = table().beyond.preset
    with st.container(border=True):
        st.markdown(
            f"**{name} is not trained here yet.** Train it under several seeds on one split, and "
            "mean and spread over the seeds stand beside the published figures."
        )
        st.code(f"python -m engine study seeds {name} --data SOURCE --seeds 3", language="bash")
        with st.container(horizontal=True):
            if st.button("Start it with three seeds", icon=":material/casino:", key=_key("seeds")):
                state.choose(Key.STUDY, None)
                state.choose(Key.STUDIES_VIEW, "seeds")
                state.choose(Key.STUDY_BASE, name)
                layout.go("pages/studies.py")
            if st.button("Train it once", icon=":material/model_training:", key=_key("train")):
                presets_form.choose(name)
                layout.go("pages/train.py")


def _open(run: Run | None) -> None:
    if run and st.button("Evaluate ours", icon=":material/rule:", key=_key("evaluate")):
        state.set_current_run_id(run.id)
        state.set_current_split("test")
        state.choose(Key.THRESHOLD, None)
        layout.go("pages/evaluate.py")


def _key(what: str) -> str:
    return Key.REPORTS.of("beyond", what)
