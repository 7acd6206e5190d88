"""What Evaluate draws of a judgement: tiles, charts with their sentences, the cell's gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import sentences
from engine.judging.figures import HELP, Judgement
from engine.judging.scores import Scores
from pages.shared import cases, charts, drawings, state
from pages.shared.components.confusion import confusion
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.curves import Curves
    from engine.runs.run import Run


def tiles(judged: Judgement) -> None:
    """One tile a figure; its help has the definition, the interval or why there is none."""
    with st.container(horizontal=True, gap="xsmall"):
        for figure in judged.figures.values():
            notes = [HELP[figure.name], figure.reason]
            if figure.interval:
                notes.append(f"Of {figure.of:,} images: 95% interval {figure.interval}.")
            st.metric(
                figure.label,
                figure.text,
                help=" ".join(note for note in notes if note),
                width=134,
            )
    for figure in judged.figures.values():
        if figure.value is None:
            st.caption(f"{figure.label} does not exist here. {figure.reason}")


def vote(run: Run, scores: Scores) -> None:
    """For an ensemble: what its majority gets right, beside the mean that all else is drawn of."""
    name = f"{scores.split}_vote_accuracy"
    share = run.metrics.get(name)
    if share is None:
        return
    members = int(run.recipe.imbalance.kwargs.get("members", 0))
    mean = int((scores.probabilities.argmax(axis=1) == scores.truth).sum())
    st.caption(
        f":material/how_to_vote: The majority vote of its {members} networks gets "
        f"{round(share * len(scores)):,} of {len(scores):,} X-rays right; their mean probability, "
        f"which this page shows, {mean:,} (the larger one decides)."
    )


def matrix(judged: Judgement) -> None:
    """The confusion matrix; a pressed cell is kept in the address."""
    confusion(
        judged,
        cases.current_cell(judged),
        lambda cell: state.choose(Key.EVALUATE_CELL, cell),
        Key.EVALUATE.of("matrix"),
    )
    if judged.threshold is not None:  # without one the page's headline says it already
        st.caption(sentences.confusion(judged))


def histogram(scores: Scores, threshold: float | None, index: int = 1) -> None:
    """Scores by true class, with the line where one is drawn."""
    _draw("Scores", drawings.histogram(scores, threshold, index), "histogram")


def precision_recall(scores: Scores, curves: Curves, threshold: float | None) -> None:
    """Precision against recall, and the marked thresholds as a table too."""
    drawn = drawings.precision_recall(scores, curves, threshold)
    _draw("Precision against recall", drawn, "pr")
    if threshold is not None:
        with st.expander("The marked thresholds as a table"):
            st.markdown(drawings.grid_text(scores))


def roc(scores: Scores, curves: Curves, threshold: float | None) -> None:
    """Recall against false alarms."""
    _draw("Recall against false alarms (ROC)", drawings.roc(scores, curves, threshold), "roc")


def _draw(title: str, drawn: drawings.Drawn, key: str) -> None:
    figure, sentence = drawn
    st.markdown(f"**{title}**")
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.EVALUATE.of(key), alt=sentence)
    st.caption(sentence)
