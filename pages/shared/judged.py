"""What Evaluate draws of a judgement: tiles, charts with their sentences, the cell's gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.judging import curves as tables
from engine.judging import sentences
from engine.judging.counts import Ranking
from engine.judging.figures import HELP, Judgement, written
from engine.judging.scores import Scores
from pages.shared import cached, charts, gallery, state
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


def matrix(judged: Judgement) -> None:
    """The confusion matrix; a pressed cell is kept in the address."""
    confusion(
        judged,
        "{}-{}".format(*current_cell(judged)),
        lambda cell: state.choose(Key.EVALUATE_CELL, cell),
        Key.EVALUATE.of("matrix"),
    )
    if judged.threshold is not None:  # without one the page's headline says it already
        st.caption(sentences.confusion(judged))


def histogram(scores: Scores, threshold: float | None, index: int = 1) -> None:
    """Scores by true class, with the line where one is drawn."""
    name = scores.classes[index]
    order = (*(entry for entry in scores.classes if entry != name), name)
    figure = charts.histogram(tables.histogram(scores, index), order, threshold)
    _draw("Scores", figure, sentences.histogram(scores, threshold, index), "histogram")


def precision_recall(scores: Scores, curves: Curves, judged: Judgement) -> None:
    """Precision against recall, with report D's marked thresholds where a line is drawn."""
    title = "Precision against recall"
    if judged.threshold is None:
        figure, said = charts.precision_recall(curves), sentences.average_precision(curves)
        _draw(title, figure, said, "pr")
        return
    grid = tables.threshold_grid(Ranking.of(scores))
    recall, precision = (judged.figures[name].value for name in ("recall", "precision"))
    exists = recall is not None and precision is not None
    now = (recall, precision, judged.threshold) if exists else None
    figure = charts.precision_recall(curves, grid, now)
    _draw(title, figure, sentences.precision_recall(judged, grid), "pr")
    with st.expander("The marked thresholds as a table"):
        st.markdown(_grid_text(grid, len(scores)))


def roc(scores: Scores, curves: Curves, judged: Judgement) -> None:
    """Recall against false alarms."""
    recall, specificity = (judged.figures[name].value for name in ("recall", "specificity"))
    exists = judged.threshold is not None and None not in (recall, specificity)
    now = (1 - specificity, recall, judged.threshold) if exists else None
    said = sentences.roc(curves, len(scores), judged)
    _draw("Recall against false alarms (ROC)", charts.roc(curves, now), said, "roc")


def cell_gallery(run: Run, scores: Scores, judged: Judgement) -> None:
    """The X-rays of the chosen cell, the ones furthest on the wrong side first."""
    true, said = current_cell(judged)
    rows = cell_rows(scores, judged.threshold, true, said)
    st.subheader(sentences.cell(judged, true, said), anchor=False)
    if rows.empty:
        st.caption("Choose another cell of the confusion matrix to see its X-rays.")
        return
    root = cached.folder_of(run.recipe.data)
    if root is None:
        gallery.missing(run, len(rows))
        with st.expander(f"The {len(rows):,} files and their scores"):
            st.dataframe(rows[["file", "patient", "score"]], hide_index=True)
        return
    names = sentences.word(scores.classes[true]), sentences.word(scores.classes[said])
    call = "" if true == said else f", called {names[1]}"
    gallery.show(
        rows,
        root,
        lambda row: f"**{names[0]}**{call} · {row.score:.3f} · {row.patient}",
        f"{run.id}_{scores.split}_{true}{said}",
    )


def cell_rows(scores: Scores, threshold: float | None, true: int, said: int) -> pd.DataFrame:
    """The rows of one cell with `score`: the positive class's, or the called class's of many."""
    chosen = (scores.truth == true) & (scores.predicted(threshold or 0.0) == said)
    values = scores.scores if scores.binary else scores.probabilities[:, said]
    places = np.flatnonzero(chosen)
    rising = true == 1 if scores.binary else true == said
    order = np.argsort(values[places] if rising else -values[places], kind="stable")
    rows = scores.rows.iloc[places[order]]
    return rows.assign(score=values[places[order]])


def current_cell(judged: Judgement) -> tuple[int, int]:
    """Return the chosen (true, predicted); where none was chosen the missed, else a mistake."""
    size = len(judged.classes)
    parts = (state.choice(Key.EVALUATE_CELL) or "").split("-")
    if len(parts) == 2 and all(part.isdigit() and int(part) < size for part in parts):
        return int(parts[0]), int(parts[1])
    if size == 2 and judged.matrix[1, 0]:
        return 1, 0
    wrong = judged.matrix - np.diag(np.diag(judged.matrix))
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return int(row), int(column)


def _grid_text(grid: pd.DataFrame, images: int) -> str:
    """The marked thresholds as Markdown: a data grid would cost as much as a chart each time."""
    lines = ["| threshold | precision | recall | F1 |", "|--:|--:|--:|--:|"]
    for row in grid.itertuples():
        values = (None if np.isnan(v) else v for v in (row.precision, row.recall, row.f1))
        precision, recall, f1 = (written(value, images) for value in values)
        mark = f"**{f1}, best**" if row.best else f1
        lines.append(f"| {row.threshold:.2f} | {precision} | {recall} | {mark} |")
    return "\n".join(lines)


def _draw(title: str, figure: object, sentence: str, key: str) -> None:
    st.markdown(f"**{title}**")
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.EVALUATE.of(key), alt=sentence)
    st.caption(sentence)
