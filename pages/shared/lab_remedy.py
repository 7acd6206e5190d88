"""The shortcut lab's last step: train the same without the shortcut's help, and compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.shared import (
    charts,
    charts_lab,
    heat,
    lab_heat,
    lab_result,
    lab_run,
    lab_train,
    lab_words,
    state,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

REMEDIES = {"random": "The sign at random", "none": "No sign at all"}
SEVERAL = 2  # X-rays that both networks are asked about


def show(shortcut: str) -> None:
    """Draw the choice of a remedy, its training, and the comparison."""
    misled = lab_run.needed(shortcut)
    if misled is None:
        return
    teaching = _choose()
    st.markdown(
        "The same children, the same network, the same minute; what changes is that "
        f"{lab_train.WHAT[teaching]}. The test stays as it was."
    )
    lab_train.show(shortcut, teaching)
    other = lab_run.find(shortcut, teaching)
    if other is not None and other.status == "finished":
        compare(shortcut, teaching, misled, other)


def compare(shortcut: str, teaching: str, misled: Run, other: Run) -> None:
    """Draw both networks' figures, and their maps of the same X-rays."""
    runs = {"with the shortcut": misled, REMEDIES[teaching].lower(): other}
    areas = {
        name: (lab_result.auc(run, "validation"), lab_result.auc(run, "test"))
        for name, run in runs.items()
    }
    tests = [pair[1] for pair in areas.values()]
    said = lab_words.remedy(teaching, *tests)
    st.plotly_chart(
        charts_lab.areas(areas), key=Key.LAB.of("areas"), config=charts.CONFIG, alt=said
    )
    st.markdown(said)
    st.subheader("The same X-rays, two networks", anchor=False)
    method = lab_heat.choose()
    files = _files(misled)
    pictures = []
    for name, run in runs.items():
        rows = lab_run.table(run, "test").set_index("file", drop=False).loc[files]
        for one in lab_heat.heated(run, rows, shortcut, method):
            pictures.append(_titled(one, name))
    heat.show(pictures, Key.LAB.of("both"))
    st.caption(
        "In practice a remedy is: images of both classes from the same machines, the sign cropped "
        "off before training, or a test from another hospital, which shows that there is a problem."
    )


def _titled(one: heat.Heated, name: str) -> heat.Heated:
    return heat.Heated(one.seen, one.result, f"{name}; {one.title}", one.name)


def _files(run: Run) -> list[str]:
    rows = lab_heat.carrying(run)
    some = pd.concat([rows[~rows["ill"]].head(1), rows[rows["ill"]].head(SEVERAL - 1)])
    return [str(file) for file in some["file"]]


def _choose() -> str:
    current = state.choice(Key.LAB_REMEDY)
    widget = Key.LAB.of("remedy")
    state.put(widget, current if current in REMEDIES else next(iter(REMEDIES)))
    chosen = st.segmented_control(
        "Remedy",
        list(REMEDIES),
        required=True,
        format_func=REMEDIES.__getitem__,
        key=widget,
        on_change=lambda: state.choose(Key.LAB_REMEDY, str(state.get(widget))),
    )
    return str(chosen)
