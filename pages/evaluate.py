"""Evaluate: what a run's stored scores are worth, and where to draw the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import sentences
from engine.judging.scores import splits_of
from pages.shared import (
    back,
    cached,
    cached_judging,
    chosen,
    cutoff,
    evaluate_calibration,
    evaluate_clinic,
    evaluate_provenance,
    evaluate_several,
    evaluate_share,
    evaluate_slices,
    evaluate_threshold,
    layout,
    numbers,
    state,
    views,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

SPLIT = Key.EVALUATE.of("split")
CLASS = Key.EVALUATE.of("class")
VIEW = Key.EVALUATE.of("view")
VIEWS = {
    "threshold": "Threshold",
    "slices": "Slices",
    "calibration": "Calibration",
    "clinic": "In a clinic",
    "provenance": "Where from",
    "share": "Share",
}
SHOW = {
    "threshold": evaluate_threshold.show,
    "slices": evaluate_slices.show,
    "calibration": evaluate_calibration.show,
    "clinic": evaluate_clinic.show,
    "provenance": evaluate_provenance.show,
    "share": evaluate_share.show,
}
LARGEST = "largest"


def page() -> None:
    """Draw the page."""
    layout.header("Where does the model draw the line?", ":material/rule:")
    state.show(*back.EVALUATE)
    back.forget()
    with layout.errors_as_message():
        run = chosen.run()
        there = splits_of(cached.predictions(run.id))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            split = choose_split(there)
            view = views.choose("Look at", VIEWS, Key.EVALUATE_VIEW, VIEW, hidden=False)
            index = choose_class(run, view)
            if view == "threshold":
                numbers.choose()
        if index is None:
            evaluate_several.show(run, split)
        else:
            look(run, split, view, index)


@st.fragment
@layout.errors_as_message()
def look(run: Run, split: str, view: str, index: int) -> None:
    """All that depends on the threshold: a change reruns this and nothing else."""
    scores = cached_judging.against(run.id, split, index)
    threshold = cutoff.current(run.id, index if len(run.classes) > 2 else None)
    if view != "threshold":
        cutoff.badge(threshold, split)
    SHOW[view](run, scores, threshold)


def choose_split(there: tuple[str, ...]) -> str:
    """Let the visitor choose the images to judge on, of those that the run has scores for."""
    current = state.current_split()
    usable = [name for name in state.SPLITS if name in there]
    state.put(SPLIT, current if current in usable else usable[0])
    split = st.selectbox(
        "Judge on",
        usable,
        key=SPLIT,
        on_change=lambda: state.set_current_split(str(state.get(SPLIT))),
        width=130,
    )
    return str(split)


def choose_class(run: Run, view: str) -> int | None:
    """Of several classes let the visitor choose the one that is looked for; None: the largest."""
    if len(run.classes) == 2:
        return 1
    options = [*([LARGEST] if view == "threshold" else []), *run.classes]
    current = state.choice(Key.EVALUATE_CLASS)
    state.put(CLASS, current if current in options else options[0 if view == "threshold" else 1])
    name = st.segmented_control(
        "Who decides" if view == "threshold" else "One class against the rest",
        options,
        required=True,
        format_func=lambda name: "Largest score" if name == LARGEST else sentences.word(name),
        key=CLASS,
        on_change=take_class,
    )
    return None if name == LARGEST else run.classes.index(str(name))


def take_class() -> None:
    """Keep the class; its threshold is not the other one's, so that begins anew."""
    state.choose(Key.EVALUATE_CLASS, str(state.get(CLASS)))
    cutoff.forget()


page()
