"""From Evaluate to Explain and back to just what was on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import layout, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.cases import Case
    from engine.judging.scores import Scores
    from engine.runs.run import Run

CUT = (Key.THRESHOLD, Key.THRESHOLD_RULE, Key.TARGET, Key.THRESHOLD_ON, Key.BETA, Key.RATIO)
EVALUATE = (
    *(Key.EVALUATE_VIEW, *CUT),
    *(Key.EVALUATE_CLASS, Key.EVALUATE_CELL, Key.EVALUATE_PAGE, Key.EVALUATE_ORDER, Key.IMAGE),
    *(Key.NUMBERS, Key.SLICE, Key.PREVALENCE, Key.RECALIBRATION),
)
FILTERS = ("label", "outcome", "find")


def explain_image(run: Run, scores: Scores, file: str) -> None:
    """Open an X-ray on the Explain page, whatever view and filters that had."""
    _leave(run, scores)
    state.put(Key.EXPLAIN_VIEW, "look")
    state.put(Key.EXPLAIN_IMAGE, file)
    for name in FILTERS:
        state.drop(Key.EXPLAIN.of(name))
    layout.go("pages/explain.py")


def explain_case(run: Run, scores: Scores, case: Case) -> None:
    """Open the heat maps of a cell, or of a range of scores, on the Explain page."""
    _leave(run, scores)
    state.put(Key.EXPLAIN_VIEW, "errors")
    state.put(Key.EXPLAIN_CELL, str(case))
    against = scores.binary and len(run.classes) > 2
    state.put(Key.EXPLAIN_AGAINST, scores.positive if against else None)
    layout.go("pages/explain.py")


def link() -> None:
    """Draw the way back where one came from Evaluate; the address keeps what that needs."""
    came_from = state.choice(Key.BACK) or ""
    split, _, run_id = came_from.partition(".")
    if split not in state.SPLITS or not run_id:
        return
    state.show(Key.BACK, *EVALUATE)
    key = Key.EXPLAIN.of("back")
    if st.button("Back to Evaluate", icon=":material/arrow_back:", key=key, shortcut="B"):
        state.set_current_run_id(run_id)
        state.set_current_split(split)
        layout.go("pages/evaluate.py")


def forget() -> None:
    """Evaluate is on the screen: nothing to go back to, and the address says no more of it."""
    state.choose(Key.BACK, None)


def _leave(run: Run, scores: Scores) -> None:
    state.set_current_split(scores.split)
    state.put(Key.BACK, f"{scores.split}.{run.id}")
