"""Shortcut lab: a network that learns a sign instead of the disease, and how one finds out."""

from __future__ import annotations

import streamlit as st

from engine.vision.shortcuts import SHORTCUTS
from pages.shared import (
    lab_cover,
    lab_heat,
    lab_remedy,
    lab_result,
    lab_signs,
    lab_train,
    layout,
    state,
    views,
)
from pages.shared.state import Key

STEPS = {
    "sign": (
        "1 The shortcut",
        "Choose a sign that goes with the label and has nothing to do with the disease.",
        lab_signs.show,
    ),
    "train": (
        "2 Train",
        "A network learns from X-rays whose sign always goes with the label.",
        lambda shortcut: lab_train.show(shortcut, "taught"),
    ),
    "result": (
        "3 Validation and test",
        "The same network on X-rays where the sign still goes with the label, and where not.",
        lab_result.show,
    ),
    "heat": (
        "4 Where it looks",
        "Test X-rays that carry the sign: what raised the score for pneumonia?",
        lab_heat.show,
    ),
    "cover": (
        "5 Cover it",
        "Take the sign away and leave the child's chest as it is: what becomes of the score?",
        lab_cover.show,
    ),
    "remedy": (
        "6 The remedy",
        "What helps is other training images, not another network.",
        lab_remedy.show,
    ),
}


def main() -> None:
    """Draw the page."""
    layout.header("What did it really learn?", ":material/science:")
    state.show(Key.LAB_SHORTCUT, Key.LAB_STEP, Key.LAB_REMEDY)
    names = {name: option.label for name, option in SHORTCUTS.items()}
    titles = {name: title for name, (title, _, _) in STEPS.items()}
    shortcut = views.choose("Shortcut", names, Key.LAB_SHORTCUT, Key.LAB.of("shortcut"))
    step = views.choose("Step", titles, Key.LAB_STEP, Key.LAB.of("step"))
    _, question, show = STEPS[step]
    st.markdown(f"**{question}**")
    with layout.errors_as_message():
        show(shortcut)
    turn(step)


def turn(step: str) -> None:
    """Draw the buttons that turn to the step before and after."""
    names = list(STEPS)
    here = names.index(step)
    with st.container(horizontal=True):
        for label, icon, there in (
            ("Back", ":material/arrow_back:", here - 1),
            ("Next step", ":material/arrow_forward:", here + 1),
        ):
            if 0 <= there < len(names):
                st.button(
                    label,
                    icon=icon,
                    key=Key.LAB.of("turn", label),
                    on_click=state.choose,
                    args=(Key.LAB_STEP, names[there]),
                )


main()
