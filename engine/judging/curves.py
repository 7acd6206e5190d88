"""Threshold curves: tables first; scikit-learn computes them, plots are drawn elsewhere."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.judging.counts import Ranking
from engine.judging.scores import Scores


@dataclass(frozen=True, eq=False)
class Curves:
    """One class against the rest over all thresholds."""

    name: str  # the class that is looked for
    roc: pd.DataFrame  # threshold, false_alarms, recall
    pr: pd.DataFrame  # threshold, recall, precision
    auc: float | None  # area under the ROC; None with a reason
    average_precision: float | None
    prevalence: float
    reason: str = ""


def curves(scores: Scores, index: int = 1) -> Curves:
    """ROC and precision-recall curve of class `index` against all others.

    Where the split has one class only there are no curves: empty tables and a reason.
    """
    truth = (scores.truth == index).astype(int)
    name, share = scores.classes[index], float(truth.mean())
    if truth.min() == truth.max():
        blank = pd.DataFrame({"threshold": [], "recall": []}, dtype=float)
        reason = f"The {scores.split} images are all {'' if share else 'not '}{name}: "
        reason += "a curve needs both."
        roc, pr = blank.assign(false_alarms=[]), blank.assign(precision=[])
        return Curves(name, roc, pr, None, None, share, reason)
    return _both(name, truth, scores.probabilities[:, index], share)


def _both(name: str, truth: NDArray[np.int_], values: NDArray[np.float64], share: float) -> Curves:
    from sklearn import metrics  # over a second to import: only when a curve is asked for

    alarms, recall, cuts = metrics.roc_curve(truth, values, drop_intermediate=False)
    roc = pd.DataFrame({"threshold": cuts, "false_alarms": alarms, "recall": recall})
    precision, recall, cuts = metrics.precision_recall_curve(truth, values)
    # sklearn closes the curve with a point (recall 0, precision 1) that no threshold gives.
    pr = pd.DataFrame({"threshold": cuts, "recall": recall[:-1], "precision": precision[:-1]})
    area = float(metrics.roc_auc_score(truth, values))
    average = float(metrics.average_precision_score(truth, values))
    return Curves(name, roc, pr, area, average, share)


def auc(scores: Scores) -> float | None:
    """Area under the ROC; for more classes the mean of one against the rest; None without both."""
    looked = [1] if scores.binary else range(len(scores.classes))
    areas = [_area(Ranking.of(scores.against(index))) for index in looked]
    known = [area for area in areas if area is not None]
    return float(np.mean(known)) if len(known) == len(areas) else None


def _area(ranking: Ranking) -> float | None:
    """Share of pairs in which the positive image scores higher, ties half (Mann and Whitney).

    The same number as scikit-learn's without drawing a curve: a list of runs asks for a hundred.
    """
    if not ranking.both:
        return None
    below = np.searchsorted(ranking.negatives, ranking.positives)
    below += np.searchsorted(ranking.negatives, ranking.positives, side="right")
    return float(below.mean() / (2 * len(ranking.negatives)))


def thinned(table: pd.DataFrame, points: int = 400) -> pd.DataFrame:
    """At most about `points` rows, first and last kept: a path on a screen needs no more."""
    if len(table) <= points:
        return table
    keep = np.unique(np.linspace(0, len(table) - 1, points).round().astype(int))
    return table.iloc[keep]
