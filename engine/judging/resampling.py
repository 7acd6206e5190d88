"""Differences between runs under other patients: the same patients are drawn for every run.

The paired percentile bootstrap over patients (see `bootstrap`): a run's figure and another's come
from the same draw, so that what makes a draw hard for both cancels out of their difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from engine.judging.bootstrap import RESAMPLES, interval, patient_groups, weights
from engine.judging.counts import Counts, FloatArray, IntArray
from engine.judging.measures import MEASURES, named
from engine.judging.pairing import Aligned
from engine.judging.scores import Scores
from engine.judging.significance import Calls
from engine.words.errors import CxrError

AUC = "auc"
MACRO = ("accuracy", "balanced_accuracy", "precision", "recall", "specificity", "f1")
MANY = 20_000  # images from which fewer resamples do
FEWER = 200


@dataclass(frozen=True)
class Estimate:
    """A figure, or a difference of two, with its 95% interval."""

    value: float  # NaN where it does not exist
    low: float
    high: float
    p: float = np.nan  # of a difference: two-sided, from the same draws


@dataclass(frozen=True, eq=False)
class Resampled:
    """Several runs' decisions and areas on the images as they are and on each draw of patients."""

    classes: tuple[str, ...]
    cells: dict[str, FloatArray]  # (1 + resamples, classes, classes): row 0 as they are
    areas: dict[str, FloatArray]  # (1 + resamples,) mean area of one class against the rest
    images: int
    patients: int
    resamples: int

    def values(self, name: str, measure: str) -> FloatArray:
        """A run's figure on the images as they are, then on each draw; NaN where undefined."""
        if measure == AUC:
            return self.areas[name]
        return figure(self.cells[name], measure)

    def estimate(self, name: str, measure: str) -> Estimate:
        """A run's figure with its interval."""
        return self._of(self.values(name, measure))

    def difference(self, a: str, b: str, measure: str) -> Estimate:
        """The figure of `a` less that of `b`, with interval and p."""
        values = self.values(a, measure) - self.values(b, measure)
        found = self._of(values)
        draws = values[1:][~np.isnan(values[1:])]
        if np.isnan(found.low):
            return found
        tail = min((draws <= 0).sum(), (draws >= 0).sum())
        return Estimate(
            found.value, found.low, found.high, float(min(1, 2 * (tail + 1) / (len(draws) + 1)))
        )

    def _of(self, values: FloatArray) -> Estimate:
        low, high = interval(values[1:, None], self.patients)[0]
        return Estimate(float(values[0]), float(low), float(high))


def resample(
    aligned: Aligned, said: Mapping[str, Calls], resamples: int | None = None, seed: int = 0
) -> Resampled:
    """Draw patients again and again and judge every run's calls on each draw."""
    groups = patient_groups(aligned.first.rows)
    images = len(aligned.first)
    times = resamples or (RESAMPLES if images < MANY else FEWER)
    patients = int(groups.max()) + 1
    counters = {
        name: _Counter.of(scores, said[name], groups) for name, scores in aligned.runs.items()
    }
    parts: dict[str, list[tuple[FloatArray, FloatArray]]] = {name: [] for name in counters}
    for drawn in chain([np.ones((1, patients))], weights(groups, times, seed)):
        for name, counter in counters.items():
            parts[name].append((counter.cells(drawn), counter.area(drawn)))
    cells, areas = (
        {name: np.concatenate([part[place] for part in parts[name]]) for name in parts}
        for place in (0, 1)
    )
    return Resampled(aligned.classes, cells, areas, images, patients, times)


def figure(cells: FloatArray, measure: str) -> FloatArray:
    """A measure of confusion matrices (n, true, predicted): (n,).

    For more than two classes the mean over them of one against the rest, as scikit-learn's "macro",
    and for accuracy the share of all images.
    """
    size = cells.shape[1]
    if size == 2:
        return named(measure).compute(_counts(cells, 1))
    if measure not in MACRO:
        raise CxrError(
            f"'{measure}' is of two classes. For {size} choose one of: {', '.join(MACRO)}."
        )
    right = np.trace(cells, axis1=1, axis2=2)
    if measure == "accuracy":
        return np.asarray(right / cells.sum(axis=(1, 2)))
    rule = MEASURES["recall" if measure == "balanced_accuracy" else measure]
    each = [rule.compute(_counts(cells, index)) for index in range(size)]
    return np.asarray(np.mean(each, axis=0))


def _counts(cells: FloatArray, index: int) -> Counts:
    tp = cells[:, index, index]
    fn, fp = cells[:, index].sum(axis=1) - tp, cells[:, :, index].sum(axis=1) - tp
    return Counts(cells.sum(axis=(1, 2)) - tp - fn - fp, fp, fn, tp)


@dataclass(frozen=True, eq=False)
class _Counter:
    """One run's calls by patient and its scores sorted once, for any number of draws."""

    held: FloatArray  # (patients, classes * classes)
    size: int
    rankings: tuple["_Ranked", ...]

    @classmethod
    def of(cls, scores: Scores, said: Calls, groups: IntArray) -> "_Counter":
        size, patients = len(scores.classes), int(groups.max()) + 1
        place = groups * size**2 + scores.truth * size + said
        held = np.bincount(place, minlength=patients * size**2).reshape(patients, -1)
        looked = [1] if scores.binary else range(size)
        ranked = tuple(_Ranked.of(scores.against(index), groups) for index in looked)
        return cls(held.astype(np.float64), size, ranked)

    def cells(self, drawn: FloatArray) -> FloatArray:
        return (drawn @ self.held).reshape(-1, self.size, self.size)

    def area(self, drawn: FloatArray) -> FloatArray:
        return np.asarray(np.mean([ranked.area(drawn) for ranked in self.rankings], axis=0))


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Two classes' images by rising score."""

    groups: IntArray
    sick: FloatArray
    starts: NDArray[np.intp]  # the first image of each distinct score

    @classmethod
    def of(cls, scores: Scores, groups: IntArray) -> "_Ranked":
        order = np.argsort(scores.scores, kind="stable")
        values = scores.scores[order]
        starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
        return cls(groups[order], (scores.truth[order] == 1).astype(np.float64), starts)

    def area(self, drawn: FloatArray) -> FloatArray:
        """The area under the ROC in each draw (Mann and Whitney, ties half)."""
        each = np.take(drawn, self.groups, axis=1)
        positive = np.add.reduceat(each * self.sick, self.starts, axis=1)
        negative = np.add.reduceat(each, self.starts, axis=1) - positive
        below = np.cumsum(negative, axis=1) - negative / 2
        pairs = positive.sum(axis=1) * negative.sum(axis=1)
        won = np.einsum("ij,ij->i", positive, below)
        return np.divide(won, pairs, out=np.full(len(drawn), np.nan), where=pairs > 0)
