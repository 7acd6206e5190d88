"""Evaluate: what a run's stored scores are worth, and where to draw the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import sentences
from engine.judging.figures import judge
from engine.judging.scores import Scores, splits_of
from pages.shared import cached, cached_judging, chosen, cutoff, judged, layout, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

SPLIT = Key.EVALUATE.of("split")


def page() -> None:
    """Draw the page."""
    layout.header("Where does the model draw the line?", ":material/rule:")
    state.show(Key.THRESHOLD, Key.THRESHOLD_RULE, Key.TARGET_RECALL, Key.EVALUATE_CELL)
    with layout.errors_as_message():
        run = chosen.run()
        there = splits_of(cached.predictions(run.id))
        split = usable_split(there)
        if len(run.classes) == 2:
            two_classes(run, split, there)
        else:
            many_classes(run, split, there)


def usable_split(there: tuple[str, ...]) -> str:
    """Return the current split, or the first that the run has scores for."""
    current = state.current_split()
    return current if current in there else next(name for name in state.SPLITS if name in there)


@st.fragment
@layout.errors_as_message()
def two_classes(run: Run, split: str, there: tuple[str, ...]) -> None:
    """All that depends on the threshold: a change reruns this and nothing else."""
    scores = cached.scores(run.id, split)
    left, middle, right = st.columns([2, 4, 5], gap="medium")
    with left:
        choose_split(split, there)
    with middle:
        threshold = cutoff.slider(run)
    with right:
        cutoff.rules(threshold)
    cutoff.badge(threshold, split)
    result = judge(scores, threshold.value)
    st.markdown(f"#### {sentences.line(result)}")
    judged.vote(run, scores)
    left, middle, right = st.columns([10, 10, 11], gap="medium")
    with left:
        judged.matrix(result)
    with middle:
        judged.histogram(scores, threshold.value)
    with right:
        judged.tiles(result)
    curve_row(run, scores, threshold.value)
    judged.cell_gallery(run, scores, result)


@st.fragment
@layout.errors_as_message()
def many_classes(run: Run, split: str, there: tuple[str, ...]) -> None:
    """Three classes: the largest score decides, the curves take one class against the rest."""
    scores = cached.scores(run.id, split)
    left, right = st.columns([2, 9], gap="medium")
    with left:
        choose_split(split, there)
    with right:
        index = choose_class(run.classes)
    result = judge(scores)
    st.markdown(f"#### {sentences.line(result)}")
    judged.vote(run, scores)
    left, middle, right = st.columns([10, 10, 11], gap="medium")
    with left:
        judged.matrix(result)
    with middle:
        judged.histogram(scores, None, index)
    with right:
        judged.tiles(result)
    st.caption(
        "The largest score decides: there is no threshold to move. Precision, recall, specificity "
        "and F1 above are means over the classes; here is each class against the others."
    )
    st.dataframe(result.table().round(2), hide_index=True)
    curve_row(run, scores, None, index)
    judged.cell_gallery(run, scores, result)


def curve_row(run: Run, scores: Scores, threshold: float | None, index: int = 1) -> None:
    """The two curves side by side."""
    curves = cached_judging.curves(run.id, scores.split, index)
    left, right = st.columns(2, gap="medium")
    with left:
        judged.precision_recall(scores, curves, threshold)
    with right:
        judged.roc(scores, curves, threshold)


def choose_split(split: str, there: tuple[str, ...]) -> None:
    """Let the visitor choose the images to judge on, of those that the run has scores for."""
    now = usable_split(there)
    state.put(SPLIT, now)
    st.selectbox(
        "Judge on",
        [name for name in state.SPLITS if name in there],
        key=SPLIT,
        on_change=lambda: state.set_current_split(str(state.get(SPLIT))),
    )
    if now != split:
        st.rerun()  # the header shows it too


def choose_class(classes: tuple[str, ...]) -> int:
    """Let the visitor choose the class that the curves look for."""
    name = st.segmented_control(
        "Curves of the class",
        classes,
        default=classes[1],
        required=True,
        format_func=sentences.word,
        key=Key.EVALUATE_CLASS,
    )
    return classes.index(str(name))


page()
