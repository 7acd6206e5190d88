"""Explain's view of the errors: the heat maps of a cell's X-rays, one by one and on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.explaining.methods import METHODS
from engine.judging import cases
from engine.judging.figures import judge
from engine.judging.sentences import cut as cut_text
from engine.judging.sentences import word
from engine.judging.thresholds import Threshold
from pages.shared import (
    cached,
    cached_judging,
    cutoff,
    errors_each,
    errors_mean,
    explain_choices,
    gallery,
    picking,
    state,
    views,
)
from pages.shared.components.confusion import confusion
from pages.shared.errors_asked import CALLED, Asked
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.scores import Scores
    from engine.runs.run import Run

SHOWS = {"each": "Each X-ray", "mean": "On average"}
DRAW = {"each": errors_each.show, "mean": errors_mean.show}
LARGEST = "largest"
AGAINST = Key.EXPLAIN.of("who")


def show(run: Run) -> None:
    """Draw the confusion matrix, and the heat maps of the cell that is chosen in it."""
    state.show(Key.EXPLAIN_CELL, Key.EXPLAIN_AGAINST, Key.EXPLAIN_ERRORS)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        split = picking.choose_split(cached.predictions(run.id))
        scores, threshold = decide(run, split)
        how = views.choose("Show", SHOWS, Key.EXPLAIN_ERRORS, Key.EXPLAIN.of("errors"))
        heat, method = choose_heat(run, scores), choose_method()
    cut = threshold.value if threshold else None
    judged = judge(scores, cut or 0.0)
    chosen = cases.parse(state.choice(Key.EXPLAIN_CELL), len(scores.classes))
    case = chosen or cases.first(judged.matrix)
    st.markdown(f"#### {cases.describe(scores, cut, case)}")
    left, right = st.columns([3, 8], gap="medium")
    with left:
        confusion(
            judged,
            str(case),
            lambda cell: state.choose(Key.EXPLAIN_CELL, cell),
            Key.EXPLAIN.of("matrix", len(scores.classes)),
        )
        if threshold:
            st.caption(f"Threshold {cut_text(threshold.value)}.")
            cutoff.badge(threshold, split)
    with right:
        root = gallery.folder(run)
        if root is None or not root.is_dir():  # gone since it was found
            gallery.missing(run, len(scores))
            return
        if run.recipe.split.every_fold:
            st.caption("Each X-ray is asked of the fold's network that had not seen it.")
        DRAW[how](Asked(run, root, scores, cut, case, heat, method))


def decide(run: Run, split: str) -> tuple[Scores, Threshold | None]:
    """Return the scores and the threshold that decides; None where the largest score does."""
    if len(run.classes) == 2:
        return cached.scores(run.id, split), cutoff.current(run.id)
    name = choose_against(run)
    if name == LARGEST:
        return cached.scores(run.id, split), None
    index = run.classes.index(name)
    scores = cached_judging.against(run.id, split, index)
    if state.choice(Key.EVALUATE_CLASS) == name:
        return scores, cutoff.current(run.id, index)
    rule = cutoff.current_rule()  # one that was set by hand belongs to another class
    target = cutoff.current_target(rule)
    return scores, cached_judging.threshold(run.id, rule, target, cutoff.current_on(), index)


def choose_against(run: Run) -> str:
    """Let the visitor choose who decides among several classes; another one has other cells."""
    options, current = [LARGEST, *run.classes], state.choice(Key.EXPLAIN_AGAINST)
    state.put(AGAINST, current if current in options else LARGEST)

    def chosen() -> None:
        name = str(state.get(AGAINST))
        state.choose(Key.EXPLAIN_AGAINST, None if name == LARGEST else name)
        state.choose(Key.EXPLAIN_CELL, None)

    name = st.segmented_control(
        "Who decides",
        options,
        required=True,
        format_func=lambda name: "Largest score" if name == LARGEST else word(name),
        key=AGAINST,
        on_change=chosen,
    )
    return str(name)


def choose_heat(run: Run, scores: Scores) -> str:
    """Let the visitor choose whose heat is shown: of two classes the one that is looked for."""
    options = [CALLED, *run.classes]
    if scores.binary:
        options = [scores.positive, *(name for name in run.classes if name != scores.positive)]
        options += [CALLED] if scores.classes == run.classes else []
    name = st.selectbox(
        "Heat for",
        options,
        format_func=lambda name: "the class it was called" if name == CALLED else word(name),
        key=Key.EXPLAIN.of("heat", run.id, scores.classes[-1], len(scores.classes)),
        persist_state="session",
        help="The map shows what raised this class's score before softmax or sigmoid. One class "
        "for all cells lets their maps be compared.",
        width=190,
    )
    return str(name)


def choose_method() -> str:
    """Let the visitor choose how heat is computed, as in the view of one X-ray."""
    widget = Key.EXPLAIN_METHOD.of("errors")
    state.put(widget, explain_choices.methods()[0])
    method = st.selectbox(
        "Method",
        list(METHODS),
        format_func=lambda name: METHODS[name].label,
        key=widget,
        on_change=lambda: state.choose(Key.EXPLAIN_METHOD, str(state.get(widget))),
        help="  \n".join(f"{entry.label}: {entry.help}" for entry in METHODS.values()),
        width=190,
    )
    return str(method)
