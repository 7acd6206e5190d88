"""The language of numbers: a share (0.85), percent (85%) or counts (530 of 624)."""

from __future__ import annotations

import streamlit as st

from engine.judging import figures
from pages.shared import state
from pages.shared.state import Key

LANGUAGES = {"share": "0.85", "percent": "85%", "counts": "530 of 624"}
HELP = "How shares are written. People understand counts best; papers print shares."
CHOICE = Key.EVALUATE.of("numbers")


def current() -> str:
    """Return the language of numbers, "share" unless another one is chosen."""
    language = state.choice(Key.NUMBERS)
    return language if language in LANGUAGES else "share"


def choose() -> None:
    """Draw the choice; the address keeps it."""
    state.put(CHOICE, current())
    st.segmented_control(
        "Numbers as",
        list(LANGUAGES),
        required=True,
        format_func=LANGUAGES.__getitem__,
        key=CHOICE,
        on_change=lambda: state.choose(Key.NUMBERS, str(state.get(CHOICE))),
        help=HELP,
    )


def written(value: float | None, of: int, counts: tuple[int, int] | None = None) -> str:
    """Write a share of `of` images in the chosen language; what has no `counts` as percent."""
    if value is None or value != value:
        return "–"
    if current() == "share":
        return figures.written(value, of)
    if current() == "counts" and counts:
        return "{:,} of {:,}".format(*counts)
    digits = max(0, len(figures.written(value, of).partition(".")[2]) - 2)
    return f"{100 * value:.{digits}f}%"
