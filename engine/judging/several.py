"""Three and more classes: every class beside the means, what is mixed up, and how sure that is."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.judging.bootstrap import RESAMPLES, Interval, interval, patient_groups, resampled_cells
from engine.judging.counts import FloatArray, ratio
from engine.judging.figures import Judgement, class_counts
from engine.judging.scores import Scores
from engine.judging.sentences import cell
from engine.words.errors import CxrError

MACRO, WEIGHTED = "macro average", "weighted average"
COLUMNS = ("precision", "recall", "f1")
SHARES = {  # how a matrix is shared out, and how to read it then
    "counts": "Each row is what an X-ray is, each column what it is called.",
    "row": "Each row adds up to 1: of the X-rays that are a class, the share called each.",
    "column": "Each column adds up to 1: of the X-rays called a class, the share that is each.",
    "total": "All cells add up to 1: shares of all X-rays.",
}


def report(judged: Judgement) -> pd.DataFrame:
    """One row a class, then MACRO and WEIGHTED: class, precision, recall, f1, images.

    As scikit-learn's classification_report with zero_division=nan: a figure that a class does not
    have is NaN, and the means are of the other classes.
    """
    size = len(judged.classes)
    parts = [class_counts(judged.matrix, index) for index in range(size)]
    table = pd.DataFrame({"class": judged.classes})
    for name in COLUMNS:
        table[name] = [float(getattr(counts, name)) for counts in parts]
    table["images"] = judged.matrix.sum(axis=1)
    macro = {name: table[name].mean() for name in COLUMNS}
    weighted = {name: _weighted(table[name], table["images"]) for name in COLUMNS}
    means = [
        {"class": label, **values, "images": int(table["images"].sum())}
        for label, values in ((MACRO, macro), (WEIGHTED, weighted))
    ]
    return pd.concat([table, pd.DataFrame(means)], ignore_index=True)


def normalised(matrix: NDArray[np.int64], by: str = "row") -> FloatArray:
    """A confusion matrix (true, predicted) as shares, `by` a key of SHARES; NaN of no X-ray."""
    if by not in SHARES:
        raise CxrError(f"A matrix is shared out by one of {', '.join(SHARES)}; got '{by}'.")
    if by == "counts":
        return matrix.astype(np.float64)
    axis = {"row": 1, "column": 0, "total": None}[by]
    return ratio(matrix, np.broadcast_to(matrix.sum(axis=axis, keepdims=True), matrix.shape))


def mixups(judged: Judgement) -> pd.DataFrame:
    """Every kind of mistake that happened, the most common first.

    Columns true, said (classes), count, of (X-rays of the true class), share of these, sentence.
    """
    rows = [
        {
            "true": judged.classes[true],
            "said": judged.classes[said],
            "count": int(judged.matrix[true, said]),
            "of": int(judged.matrix[true].sum()),
            "share": judged.matrix[true, said] / judged.matrix[true].sum(),
            "sentence": cell(judged, int(true), int(said)),
        }
        for true, said in np.argwhere(judged.matrix)
        if true != said
    ]
    columns = ["true", "said", "count", "of", "share", "sentence"]
    order = ["count", "share"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def intervals(
    scores: Scores, threshold: float = 0.5, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Interval]:
    """95% intervals of accuracy, balanced accuracy and the macro precision, recall and F1.

    Patients are resampled. With more than two classes the largest score decides. A mean is NaN in a
    resample in which a class has no such figure; see engine.judging.bootstrap for what follows.
    """
    size, groups = len(scores.classes), patient_groups(scores.rows)
    cells = scores.truth * size + scores.predicted(threshold)
    drawn = resampled_cells(groups, cells, size * size, resamples, seed)
    matrices = drawn.reshape(-1, size, size)
    parts = [class_counts(matrices, index) for index in range(size)]
    values = {name: np.mean([getattr(part, name) for part in parts], axis=0) for name in COLUMNS}
    values["balanced_accuracy"] = values["recall"]
    right = np.trace(matrices, axis1=1, axis2=2)
    values["accuracy"] = ratio(right, matrices.sum(axis=(1, 2)))
    patients = int(groups.max()) + 1
    found = {name: interval(column[:, None], patients)[0] for name, column in values.items()}
    return {name: (float(low), float(high)) for name, (low, high) in found.items()}


def _weighted(values: pd.Series, images: pd.Series) -> float:
    there = values.notna() & (images > 0)
    return float(np.average(values[there], weights=images[there])) if there.any() else np.nan
