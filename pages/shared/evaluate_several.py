"""Evaluate's view of three and more classes: the largest score decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import sentences, sentences_several, several
from engine.judging.figures import judge
from pages.shared import cached, cached_judging, cases, judged, layout, numbers, state
from pages.shared.components.confusion import confusion
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.judging.figures import Judgement
    from engine.judging.scores import Scores
    from engine.runs.run import Run

BY = Key.EVALUATE.of("by")
WAYS = {"row": "True class", "column": "Called class", "total": "All X-rays"}


@st.fragment
@layout.errors_as_message()
def show(run: Run, split: str) -> None:
    """Draw matrix, mix-ups and every class's figures, then the X-rays of the chosen cell."""
    scores = cached.scores(run.id, split)
    result = judge(scores)
    st.markdown(f"#### {sentences.line(result)}")
    judged.vote(run, scores)
    left, right = st.columns([5, 6], gap="large")
    with left:
        matrix(result, scores)
    with right:
        figures(run, split, result)
    cases.gallery(run, scores, None, state.choice(Key.EVALUATE_CELL))


def matrix(result: Judgement, scores: Scores) -> None:
    """The confusion matrix with its shares; a pressed cell is kept in the address."""
    by = st.segmented_control(
        "Shares of", list(WAYS), default="row", required=True, format_func=WAYS.get, key=BY
    )
    case = cases.current(scores, None, state.choice(Key.EVALUATE_CELL))
    confusion(
        result,
        str(case),
        lambda cell: state.choose(Key.EVALUATE_CELL, cell),
        Key.EVALUATE.of("matrix"),
        str(by),
    )
    st.caption(several.SHARES[str(by)])


def figures(run: Run, split: str, result: Judgement) -> None:
    """What is mixed up, and the figures of each class with their means."""
    table = several.report(result)
    st.markdown(sentences_several.mixed(result))
    st.dataframe(in_words(table, result), hide_index=True, alt="Figures of each class")
    found = cached_judging.intervals(run.id, split)
    for said in (
        sentences_several.averages(table),
        sentences_several.undefined(table),
        sentences_several.sure(found, result),
    ):
        if said:
            st.caption(said)
    with st.expander("Every mix-up, the most common first"):
        for sentence in several.mixups(result)["sentence"]:
            st.markdown(f"- {sentence}")
    st.caption("One class against the rest, with a threshold of its own: choose a class above.")


def in_words(table: pd.DataFrame, result: Judgement) -> pd.DataFrame:
    """Return the report in the visitor's language of numbers; F1 and the means have no counts."""
    images, right = int(result.matrix.sum()), result.matrix.diagonal()
    wholes = {"precision": result.matrix.sum(axis=0), "recall": result.matrix.sum(axis=1)}
    words = table.assign(**{"class": table["class"].map(sentences.word)})
    for name in several.COLUMNS:
        whole = wholes.get(name)
        pairs = [] if whole is None else list(zip(right.tolist(), whole.tolist(), strict=True))
        words[name] = [
            numbers.written(value, images, pairs[row] if row < len(pairs) else None)
            for row, value in enumerate(table[name])
        ]
    return words.rename(columns={"f1": "F1"})
