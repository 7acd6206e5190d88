"""What a test's figures mean where the disease is rarer or more common than in these images."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from engine.judging.calibration import logit
from engine.judging.counts import FloatArray, Ranking
from engine.judging.scores import Scores
from engine.words.errors import CxrError

LEAST, MOST = 0.001, 0.9  # the prevalences that a screen offers
GRID = tuple(round(step / 100, 2) for step in range(1, 100))  # threshold probabilities
Band = tuple[float, float]


@dataclass(frozen=True)
class People:
    """Natural frequencies: what becomes of so many people (Gigerenzer & Hoffrage 1995)."""

    found: int  # ill and alarmed
    missed: int  # ill and left alone
    alarmed: int  # healthy and alarmed
    left: int  # healthy and left alone

    @property
    def ill(self) -> int:
        """People with the disease."""
        return self.found + self.missed

    @property
    def healthy(self) -> int:
        """People without it."""
        return self.alarmed + self.left


@dataclass(frozen=True)
class Predictive:
    """PPV and NPV at one prevalence, None where nobody is called so, and 1,000 people."""

    prevalence: float
    ppv: float | None  # of those alarmed, the share that is ill
    npv: float | None  # of those left alone, the share that is healthy
    ppv_band: Band | None
    npv_band: Band | None
    people: People


def predictive(
    recall: float,
    specificity: float,
    prevalence: float,
    recall_band: Band | None = None,
    specificity_band: Band | None = None,
) -> Predictive:
    """Bayes' rule from recall and specificity; raises CxrError for a number outside 0..1.

    Both values rise with recall and with specificity, so the bands are those of the worst and the
    best corner of the two 95% intervals: rather too wide than too narrow.
    """
    for name, value in (
        ("recall", recall),
        ("specificity", specificity),
        ("prevalence", prevalence),
    ):
        if not 0 <= value <= 1:
            raise CxrError(f"Expected a {name} from 0 to 1, got {value}.")
    return Predictive(
        prevalence,
        ppv=_known(ppv(recall, specificity, prevalence)),
        npv=_known(npv(recall, specificity, prevalence)),
        ppv_band=_corners(ppv, prevalence, recall_band, specificity_band),
        npv_band=_corners(npv, prevalence, recall_band, specificity_band),
        people=people(recall, specificity, prevalence),
    )


def ppv(recall: ArrayLike, specificity: ArrayLike, prevalence: ArrayLike) -> FloatArray:
    """Positive predictive value at any prevalence; NaN where nobody would be alarmed."""
    found = np.multiply(recall, prevalence)
    return _share(found, found + np.subtract(1, specificity) * np.subtract(1, prevalence))


def npv(recall: ArrayLike, specificity: ArrayLike, prevalence: ArrayLike) -> FloatArray:
    """Negative predictive value at any prevalence; NaN where nobody would be left alone."""
    left = np.multiply(specificity, np.subtract(1, prevalence))
    return _share(left, left + np.subtract(1, recall) * np.asarray(prevalence))


def people(recall: float, specificity: float, prevalence: float, total: int = 1000) -> People:
    """Whole people, `total` together: the ill and the healthy first, then each group's two parts.

    Of two parts the one with the larger remainder gets the person that rounding leaves over.
    """
    ill = floor(prevalence * total + 0.5)
    found = floor(recall * ill + 0.5)
    left = floor(specificity * (total - ill) + 0.5)
    return People(found, ill - found, total - ill - left, left)


def decision_curve(
    scores: Scores, prevalence: float | None = None, thresholds: ArrayLike = GRID
) -> pd.DataFrame:
    """Net benefit of acting on the scores, on everybody and on nobody, by threshold probability.

    Columns threshold, model, all, none. Net benefit = tp/n - fp/n * t / (1 - t): true positives, a
    false alarm counting t : (1 - t) of one (Vickers & Elkin 2006, doi:10.1177/0272989X06295361).
    With `prevalence` tp/n = recall * prevalence and fp/n = (1 - specificity) * (1 - prevalence):
    the same decisions on other people. Raises CxrError where the images are of one class only.
    """
    cuts = np.asarray(thresholds, dtype=np.float64)
    if not ((cuts > 0) & (cuts < 1)).all():
        raise CxrError("A threshold probability lies between 0 and 1, both excluded.")
    ranking = Ranking.of(scores)
    if not ranking.both:
        raise CxrError(f"The {scores.split} images are all of one class: net benefit needs both.")
    share = float(scores.truth.mean()) if prevalence is None else prevalence
    counts, weight = ranking.counts(cuts), cuts / (1 - cuts)
    model = counts.recall * share - (1 - counts.specificity) * (1 - share) * weight
    everybody = share - (1 - share) * weight
    columns = {"threshold": cuts, "model": model, "all": everybody, "none": np.zeros_like(cuts)}
    return pd.DataFrame(columns)


def moved(scores: FloatArray, before: float, after: float) -> FloatArray:
    """Scores for another prevalence: their odds times the change of the prevalence's odds.

    Right where only the prevalence differs and the scores were calibrated before (Elkan 2001).
    """
    if not (0 < before < 1 and 0 < after < 1):
        raise CxrError("A prevalence lies between 0 and 1, both excluded.")
    change = float(np.log(after / (1 - after)) - np.log(before / (1 - before)))
    odds: FloatArray = logit(scores) + change
    return 1 / (1 + np.exp(-odds))


def _corners(
    rule: Callable[..., FloatArray],
    prevalence: float,
    recall: Band | None,
    specificity: Band | None,
) -> Band | None:
    if recall is None or specificity is None:
        return None
    low, high = (
        _known(rule(*corner, prevalence)) for corner in zip(recall, specificity, strict=True)
    )
    return None if low is None or high is None else (low, high)


def _known(value: FloatArray) -> float | None:
    return None if np.isnan(value) else float(value)


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    blank = np.full(np.shape(whole), np.nan)
    return np.divide(part, whole, out=blank, where=np.asarray(whole) > 0)
