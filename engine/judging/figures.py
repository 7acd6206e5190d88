"""Accuracy, precision, recall and their kin, each with what it is of, or why there is none."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.judging.counts import Counts, Tally
from engine.judging.measures import MEASURES
from engine.judging.scores import Scores
from engine.words.errors import CxrError

FIGURES = ("accuracy", "precision", "recall", "specificity", "f1", "balanced_accuracy")
HELP = {name: MEASURES[name].help for name in FIGURES}
LABELS = {name: MEASURES[name].label for name in FIGURES}


@dataclass(frozen=True)
class Figure:
    """One number with its sample, its 95% interval where one exists, or the reason for none."""

    name: str
    value: float | None
    of: int  # images behind it
    reason: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def label(self) -> str:
        """The name for the screen."""
        return LABELS.get(self.name, self.name)

    @property
    def text(self) -> str:
        """The value with the digits that its sample allows, a dash for none."""
        return written(self.value, self.of)

    @property
    def interval(self) -> str:
        """The 95% interval in words, empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{written(self.low, self.of)} to {written(self.high, self.of)}"


@dataclass(frozen=True, eq=False)
class Judgement:
    """What the decisions are worth: the confusion matrix and the figures that follow from it."""

    classes: tuple[str, ...]
    matrix: NDArray[np.int64]  # (true, predicted)
    threshold: float | None  # None: the largest score decides
    figures: dict[str, Figure]  # of the positive class; for three classes means over classes

    def table(self) -> pd.DataFrame:
        """One row a class: images, precision, recall, specificity, f1 against all the others."""
        rows = []
        for index, name in enumerate(self.classes):
            figures = class_figures(self.matrix, index, self.classes)
            values = {key: figures[key].value for key in PER_CLASS}
            rows.append({"class": name, "images": int(self.matrix[index].sum()), **values})
        return pd.DataFrame(rows)


PER_CLASS = ("precision", "recall", "specificity", "f1")


def judge(scores: Scores, threshold: float = 0.5) -> Judgement:
    """Judge the decisions at a threshold (two classes) or by the largest score (more)."""
    size = len(scores.classes)
    cells = scores.truth * size + scores.predicted(threshold)
    matrix = np.bincount(cells, minlength=size * size).reshape(size, size).astype(np.int64)
    return judge_matrix(matrix, scores.classes, threshold if scores.binary else None)


def judge_matrix(
    matrix: NDArray[np.int64], classes: tuple[str, ...], threshold: float | None = None
) -> Judgement:
    """Compute the figures of a confusion matrix (true, predicted)."""
    if matrix.shape != (len(classes), len(classes)):
        raise CxrError(f"Expected one row and column a class ({len(classes)}), got {matrix.shape}.")
    if len(classes) == 2:
        figures = class_figures(matrix, 1, classes)
    else:
        figures = _mean_figures(matrix, classes)
    correct, total = int(np.trace(matrix)), int(matrix.sum())
    figures["accuracy"] = proportion("accuracy", correct, total, "There is no image.")
    figures["balanced_accuracy"] = _balanced(matrix, classes)
    return Judgement(classes, matrix, threshold, {name: figures[name] for name in FIGURES})


def class_figures(
    matrix: NDArray[np.int64], index: int, classes: tuple[str, ...]
) -> dict[str, Figure]:
    """Precision, recall, specificity and F1 of one class against all others."""
    counts = class_counts(matrix, index)
    tn, fp, fn, tp = map(int, counts.cells)
    reasons = {name: MEASURES[name].reason(counts, classes[index]) for name in PER_CLASS}
    involved = tp + fp + fn
    f1 = float(counts.f1) if involved else None
    return {
        "precision": proportion("precision", tp, tp + fp, reasons["precision"]),
        "recall": proportion("recall", tp, tp + fn, reasons["recall"]),
        "specificity": proportion("specificity", tn, tn + fp, reasons["specificity"]),
        "f1": Figure("f1", f1, involved, reasons["f1"]),
    }


def class_counts(matrix: Tally, index: int) -> Counts:
    """Counts of one class against all others, of a matrix (..., true, predicted) or of many."""
    tp = matrix[..., index, index]
    fn, fp = matrix[..., index, :].sum(axis=-1) - tp, matrix[..., index].sum(axis=-1) - tp
    return Counts(matrix.sum(axis=(-2, -1)) - tp - fn - fp, fp, fn, tp)


def proportion(name: str, part: int, whole: int, reason: str) -> Figure:
    """A share with its 95% interval after Wilson (1927), or the reason why there is none."""
    if whole == 0:
        return Figure(name, None, 0, reason)
    share, z2 = part / whole, 1.959964**2
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    spread = sqrt(z2 * (share * (1 - share) + z2 / (4 * whole)) / whole) / (1 + z2 / whole)
    return Figure(name, share, whole, "", max(centre - spread, 0.0), min(centre + spread, 1.0))


def written(value: float | None, of: int) -> str:
    """A share of `of` images with the digits that they allow: two up to 10,000, then three."""
    if value is None:
        return "–"
    if 0 < of < 20:
        return f"{value:.1f}"
    return f"{value:.2f}" if of < 10_000 else f"{value:.3f}"


def _mean_figures(matrix: NDArray[np.int64], classes: tuple[str, ...]) -> dict[str, Figure]:
    parts = [class_figures(matrix, index, classes) for index in range(len(classes))]
    return {name: _mean(name, [part[name] for part in parts], matrix) for name in PER_CLASS}


def _balanced(matrix: NDArray[np.int64], classes: tuple[str, ...]) -> Figure:
    recalls = [class_figures(matrix, index, classes)["recall"] for index in range(len(classes))]
    return _mean("balanced_accuracy", recalls, matrix)


def _mean(name: str, figures: list[Figure], matrix: NDArray[np.int64]) -> Figure:
    missing = next((figure for figure in figures if figure.value is None), None)
    if missing:
        return Figure(name, None, 0, missing.reason)
    values = [figure.value for figure in figures if figure.value is not None]
    return Figure(name, float(np.mean(values)), int(matrix.sum()))
