"""The pipeline that is composed on Augment: where it begins, its steps, what becomes of it."""

from __future__ import annotations

import streamlit as st

from engine.learning.pipelines import PIPELINES
from engine.vision.augmentation import STEPS
from engine.words.options import Choice
from pages.shared import chain, handover, layout, state
from pages.shared.state import Key

PLACE = ("augment",)
BEGIN = "b"
PICKED = Key.AUGMENT.of("begin")
NOTHING = "No steps: every epoch shows the same pictures. Add one, or begin with a report's."


def begin() -> None:
    """Draw the pipelines to begin with; one of them replaces all steps."""
    offered = handover.offered("augmentation")
    name = st.pills(
        "Begin with",
        list(PIPELINES),
        default=BEGIN if offered is None else None,
        format_func=lambda key: PIPELINES[key].label,
        key=PICKED,
        on_change=_take,
        persist_state="session",
        help="Replaces all steps below.",
    )
    if name:
        st.caption(PIPELINES[str(name)].story)


def compose() -> tuple[Choice, ...]:
    """Draw the steps; return those that are on, in order."""
    offered = handover.offered("augmentation")
    steps = PIPELINES[BEGIN].steps if offered is None else offered
    return chain.edit(STEPS, steps, PLACE, NOTHING)


def use(steps: tuple[Choice, ...]) -> None:
    """Draw the button that carries the steps to Train."""
    if st.button(
        "Use in a recipe",
        type="primary",
        icon=":material/model_training:",
        key=Key.AUGMENT.of("use"),
        help="Opens Train with exactly these steps.",
    ):
        handover.offer("augmentation", steps)
        layout.go("pages/train.py")


def _take() -> None:
    name = state.get(PICKED)
    if name:
        chain.put(PIPELINES[str(name)].steps, PLACE)
