"""Evaluate's figures with their sentences, kept for the thresholds that were asked for lately.

A slider has a hundred places and a class of sixty visits the same ones: a figure is put together
and checked once for all of them. Scores and curves are shared objects of `cached.py`, so they
serve as keys by identity; nobody may change a figure that is handed out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.judging import curves as tables
from engine.judging import sentences
from engine.judging.counts import Ranking
from engine.judging.curves import Curves
from engine.judging.figures import judge, written
from engine.judging.scores import Scores
from pages.shared import charts

if TYPE_CHECKING:
    import plotly.graph_objects as go

Drawn = tuple["go.Figure", str]
KEPT = 256  # some 50 KB each


@lru_cache(maxsize=KEPT)
def histogram(scores: Scores, threshold: float | None, index: int = 1) -> Drawn:
    """Scores by true class, with the line where one is drawn."""
    name = scores.classes[index]
    order = (*(entry for entry in scores.classes if entry != name), name)
    figure = charts.histogram(tables.histogram(scores, index), order, threshold)
    return figure, sentences.histogram(scores, threshold, index)


@lru_cache(maxsize=KEPT)
def precision_recall(scores: Scores, curves: Curves, threshold: float | None) -> Drawn:
    """Precision against recall, with report D's marked thresholds where a line is drawn."""
    if threshold is None:
        return charts.precision_recall(curves), sentences.average_precision(curves)
    judged = judge(scores, threshold)
    recall, precision = (judged.figures[name].value for name in ("recall", "precision"))
    now = None if recall is None or precision is None else (recall, precision, threshold)
    table = grid(scores)
    said = sentences.precision_recall(judged, table)
    return charts.precision_recall(curves, table, now), said


@lru_cache(maxsize=KEPT)
def roc(scores: Scores, curves: Curves, threshold: float | None) -> Drawn:
    """Recall against false alarms."""
    if threshold is None:
        return charts.roc(curves), sentences.roc(curves, len(scores))
    judged = judge(scores, threshold)
    recall, specificity = (judged.figures[name].value for name in ("recall", "specificity"))
    now = None if recall is None or specificity is None else (1 - specificity, recall, threshold)
    return charts.roc(curves, now), sentences.roc(curves, len(scores), judged)


@lru_cache(maxsize=32)
def grid(scores: Scores) -> pd.DataFrame:
    """Report D's marked thresholds."""
    return tables.threshold_grid(Ranking.of(scores))


@lru_cache(maxsize=32)
def grid_text(scores: Scores) -> str:
    """The marked thresholds as Markdown: a data grid would cost as much as a chart each time."""
    lines = ["| threshold | precision | recall | F1 |", "|--:|--:|--:|--:|"]
    for row in grid(scores).itertuples():
        values = (None if np.isnan(v) else v for v in (row.precision, row.recall, row.f1))
        precision, recall, f1 = (written(value, len(scores)) for value in values)
        mark = f"**{f1}, best**" if row.best else f1
        lines.append(f"| {row.threshold:.2f} | {precision} | {recall} | {mark} |")
    return "\n".join(lines)
