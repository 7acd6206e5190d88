"""ROC and precision-recall curve of images that count several times: a row a resample."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.judging.counts import FloatArray, IntArray
from engine.judging.scores import Scores

RATES = np.arange(101) / 100
POINTS = 4096
NEAR = 1e-9  # .29 * 100 is less than 29
Followed = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class Paths:
    """Images in falling order of their score: a path takes in one distinct score after another.

    Beyond `POINTS` distinct scores a step takes in several of them, about equally many images, and
    never one across a threshold: counts at the thresholds stay exact, and an area moves by about
    a hundredth of its interval at most.
    """

    groups: IntArray  # (n,) each image's patient
    starts: IntArray  # the first image of each part: a step's negatives, a step's positives
    parts: IntArray  # the number of each part: 2 * step, + 1 for the positives
    steps: int
    stops: IntArray  # the different numbers of steps that the thresholds reach
    columns: NDArray[np.intp]  # each threshold's entry of `stops`

    @classmethod
    def of(
        cls, scores: Scores, groups: IntArray, thresholds: FloatArray, points: int = POINTS
    ) -> Self:
        """Sort two classes' scores once."""
        falling = -np.sort(-scores.scores)
        last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))  # of equal scores
        called = np.searchsorted(-falling, -thresholds, side="right")  # by each threshold
        if len(last) > points:
            even = last[np.linspace(0, len(last) - 1, points).round().astype(np.intp)]
            last = np.unique(np.concatenate([even, called[called > 0] - 1]))
        step = np.searchsorted(-falling[last], -scores.scores)
        part = 2 * step + (scores.truth == 1)
        order = np.argsort(part, kind="stable")
        parts, starts = np.unique(part[order], return_index=True)
        stops, columns = np.unique(np.searchsorted(last, called), return_inverse=True)
        return cls(groups[order], starts, parts, len(last), stops, columns)

    def follow(self, drawn: FloatArray) -> Followed:
        """Walk each resample's path; `drawn` (resamples, patients) says how often each counts.

        Returns false and true positives at each stop, the last column being all; recall at each
        false-alarm rate; precision at each recall; AUC and average precision. The last three are
        NaN where a resample has one class only.
        """
        fp, tp = self._walk(drawn)
        called = fp + tp
        positives, negatives = tp[:, -1:], fp[:, -1:]
        blank = np.where((positives > 0) & (negatives > 0), 0.0, np.nan)
        stops = np.append(self.stops, -1)
        areas = np.hstack([_auc(fp, tp), _average_precision(called, tp)])
        return (
            fp[:, stops],
            tp[:, stops],
            _roc(fp, tp, RATES) + blank,
            _pr(called, tp, RATES) + blank,
            areas + blank,
        )

    def _walk(self, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
        each = np.take(drawn, self.groups, axis=1)
        held = np.zeros((len(each), 2 * self.steps))
        held[:, self.parts] = np.add.reduceat(each, self.starts, axis=1)
        fp, tp = np.zeros((2, len(each), self.steps + 1))
        np.cumsum(held[:, ::2], axis=1, out=fp[:, 1:])
        np.cumsum(held[:, 1::2], axis=1, out=tp[:, 1:])
        return fp, tp


def _auc(fp: FloatArray, tp: FloatArray) -> FloatArray:
    """Share of pairs in which the positive image scores higher, ties half (Mann and Whitney)."""
    pairs = np.einsum("ij,ij->i", np.diff(fp), tp[:, 1:] + tp[:, :-1])[:, None] / 2
    return pairs / np.maximum(fp[:, -1:] * tp[:, -1:], 1)


def _average_precision(called: FloatArray, tp: FloatArray) -> FloatArray:
    """Precision at each distinct score, weighted by the recall that it adds."""
    precision = tp[:, 1:] / np.maximum(called[:, 1:], 1)
    total = np.einsum("ij,ij->i", np.diff(tp), precision)[:, None]
    return total / np.maximum(tp[:, -1:], 1)


def _roc(fp: FloatArray, tp: FloatArray, rates: FloatArray) -> FloatArray:
    """Recall at each false-alarm rate: the top of a step, a straight line across tied scores."""
    wanted = rates * fp[:, -1:] + NEAR
    left = np.stack([row.searchsorted(at, "right") for row, at in zip(fp, wanted, strict=True)]) - 1
    right = np.minimum(left + 1, fp.shape[1] - 1)
    x, y = (np.take_along_axis(table, left, axis=1) for table in (fp, tp))
    beyond, above = (np.take_along_axis(table, right, axis=1) for table in (fp, tp))
    share = np.clip((wanted - NEAR - x) / np.maximum(beyond - x, 1), 0, 1)
    return (y + share * (above - y)) / np.maximum(tp[:, -1:], 1)


def _pr(called: FloatArray, tp: FloatArray, rates: FloatArray) -> FloatArray:
    """Precision at the highest threshold that reaches each recall; recall 0: the first found."""
    wanted = np.maximum(rates * tp[:, -1:] - NEAR, NEAR)
    place = np.stack([row.searchsorted(at) for row, at in zip(tp, wanted, strict=True)])
    place = np.minimum(place, tp.shape[1] - 1)
    found, all_called = (np.take_along_axis(table, place, axis=1) for table in (tp, called))
    return found / np.maximum(all_called, 1)
