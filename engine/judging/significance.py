"""Could the difference between two runs be chance? Tests on the same images, and Holm's rule."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.judging.pairing import Pair
from engine.judging.scores import Scores
from engine.words.errors import CxrError

LEVEL = 0.05  # a difference that chance gives less often than this is called distinguishable
FloatArray = NDArray[np.float64]
Calls = NDArray[np.intp]


@dataclass(frozen=True)
class McNemar:
    """Two runs' right and wrong answers on the same images, with McNemar's exact test."""

    both: int  # images that both get right
    only_a: int
    only_b: int
    neither: int
    p: float  # exact, two-sided
    low: float  # 95% interval of the difference in accuracy, a - b
    high: float

    @property
    def of(self) -> int:
        """Images."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def difference(self) -> float:
        """Accuracy of a less that of b."""
        return (self.only_a - self.only_b) / self.of


@dataclass(frozen=True)
class DeLong:
    """Two correlated areas under the ROC, with DeLong's test of their difference."""

    auc_a: float
    auc_b: float
    low: float  # 95% interval of the difference
    high: float
    z: float
    p: float
    of: int  # images

    @property
    def difference(self) -> float:
        """The area of a less that of b."""
        return self.auc_a - self.auc_b


def mcnemar(truth: Calls, a: Calls, b: Calls) -> McNemar:
    """Compare two runs' decisions (n,) with the true classes (n,).

    The test is the binomial one on the images that one run gets right and the other wrong; the
    interval is Clopper and Pearson's of that share, times the images it is of, so that it leaves
    out 0 exactly where p is below 0.05 (Fay 2010, R Journal 2(1), 53-58).
    """
    right_a, right_b = a == truth, b == truth
    both, neither = int((right_a & right_b).sum()), int((~right_a & ~right_b).sum())
    only_a, only_b = int((right_a & ~right_b).sum()), int((~right_a & right_b).sum())
    p, low, high = _exact(only_a, only_b)
    spread = (only_a + only_b) / len(truth)
    interval = ((2 * low - 1) * spread, (2 * high - 1) * spread)
    return McNemar(both, only_a, only_b, neither, p, *interval)


def delong(pair: Pair) -> DeLong:
    """Compare the areas under two ROCs on the same images (two classes).

    DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44, 837-845, by midranks (Sun and Xu 2014,
    IEEE Signal Processing Letters 21, 1389-1393). Raises CxrError without two images a class.
    """
    from scipy.stats import norm  # comes with scikit-learn; slow to import

    parts = [_placements(scores) for scores in (pair.a, pair.b)]
    positive, negative = (np.stack(rows) for rows in zip(*parts, strict=True))
    areas = positive.mean(axis=1)
    spread = np.cov(positive) / positive.shape[1] + np.cov(negative) / negative.shape[1]
    variance = spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]
    difference = float(areas[0] - areas[1])
    error = float(np.sqrt(max(variance, 0.0)))
    if error < 1e-12:  # the same ranking of every pair, or two rankings without any spread
        z = 0.0 if abs(difference) < 1e-12 else float(np.copysign(np.inf, difference))
    else:
        z = difference / error
    reach = float(norm.ppf(0.975)) * error
    return DeLong(
        float(areas[0]),
        float(areas[1]),
        difference - reach,
        difference + reach,
        z,
        float(2 * norm.sf(abs(z))),
        len(pair),
    )


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """Correct p values of several comparisons (Holm 1979): the chance of any false alarm stays."""
    corrected: dict[str, float] = {}
    least = 0.0
    for place, name in enumerate(sorted(values, key=lambda entry: values[entry])):
        least = max(least, min(1.0, (len(values) - place) * values[name]))
        corrected[name] = least
    return {name: corrected[name] for name in values}


def _exact(only_a: int, only_b: int) -> tuple[float, float, float]:
    """The two-sided binomial p of equal shares, and the interval of a's share."""
    from scipy.stats import binomtest

    if only_a + only_b == 0:
        return 1.0, 0.5, 0.5
    test = binomtest(only_a, only_a + only_b, 0.5)
    share = test.proportion_ci(0.95, "exact")
    return float(test.pvalue), float(share.low), float(share.high)


def _placements(scores: Scores) -> tuple[FloatArray, FloatArray]:
    """For each positive image the share of negatives it beats, and the other way round."""
    from scipy.stats import rankdata

    sick = scores.truth == 1
    values = scores.scores
    m, n = int(sick.sum()), int((~sick).sum())
    if min(m, n) < 2:
        raise CxrError(
            f"Two areas under the ROC can be compared with at least two images of each class; the "
            f"{scores.split} images have {m} {scores.positive} and {n} {scores.negative}."
        )
    ranks = rankdata(values)
    positive = (ranks[sick] - rankdata(values[sick])) / n
    negative = 1 - (ranks[~sick] - rankdata(values[~sick])) / m
    return positive, negative
