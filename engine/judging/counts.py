"""Confusion counts at any number of thresholds from scores that are sorted once."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.judging.scores import Scores

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Tally = NDArray[Any]  # whole numbers, or sums of weights as resampling gives them


@dataclass(frozen=True, eq=False)
class Counts:
    """Confusion counts; scalars, or arrays with one entry a threshold."""

    tn: Tally
    fp: Tally
    fn: Tally
    tp: Tally

    @property
    def cells(self) -> tuple[Tally, Tally, Tally, Tally]:
        """tn, fp, fn, tp: scikit-learn's order."""
        return self.tn, self.fp, self.fn, self.tp

    @property
    def positives(self) -> Tally:
        """Images that are positive."""
        return self.tp + self.fn

    @property
    def negatives(self) -> Tally:
        """Images that are negative."""
        return self.tn + self.fp

    @property
    def images(self) -> Tally:
        """All images."""
        return self.positives + self.negatives

    @property
    def recall(self) -> FloatArray:
        """True positives over all positives; NaN without positives."""
        return ratio(self.tp, self.positives)

    @property
    def specificity(self) -> FloatArray:
        """True negatives over all negatives; NaN without negatives."""
        return ratio(self.tn, self.negatives)

    @property
    def precision(self) -> FloatArray:
        """True positives over all called positive; NaN where none is."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def f1(self) -> FloatArray:
        """Harmonic mean of precision and recall; NaN where nothing is or is called positive."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def youden(self) -> FloatArray:
        """Recall + specificity - 1 (Youden 1950); NaN without both classes."""
        return self.recall + self.specificity - 1


@dataclass(frozen=True, eq=False)
class Ranking:
    """The scores of the two true classes, each sorted: counting is then a binary search."""

    negatives: FloatArray
    positives: FloatArray

    @classmethod
    def of(cls, scores: Scores) -> Self:
        """Sort a binary run's scores; raises CxrError for more than two classes."""
        values, sick = scores.scores, scores.truth == 1
        return cls(np.sort(values[~sick]), np.sort(values[sick]))

    @property
    def both(self) -> bool:
        """Whether both classes have images."""
        return len(self.negatives) > 0 and len(self.positives) > 0

    @property
    def distinct(self) -> FloatArray:
        """Every score that occurs, rising: the thresholds at which anything changes."""
        return np.unique(np.concatenate([self.negatives, self.positives]))

    def counts(self, thresholds: ArrayLike) -> Counts:
        """Count at each threshold; a score equal to the threshold is called positive."""
        tn = np.asarray(np.searchsorted(self.negatives, thresholds), dtype=np.int64)
        fn = np.asarray(np.searchsorted(self.positives, thresholds), dtype=np.int64)
        return Counts(tn, len(self.negatives) - tn, fn, len(self.positives) - fn)


def ratio(above: Tally, below: Tally) -> FloatArray:
    """Divide; NaN where nothing is below the line."""
    blank = np.full(np.shape(below), np.nan)
    return np.divide(above, below, out=blank, where=np.asarray(below) > 0)
