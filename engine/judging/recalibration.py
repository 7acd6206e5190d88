"""Scores put right: temperature, Platt and isotonic, fitted on the validation images only."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.judging.calibration import logit
from engine.judging.counts import FloatArray, Ranking
from engine.judging.scores import Scores
from engine.words.errors import CxrError

LEAST = 10  # images of each class, below which nothing is fitted
FEW = 50  # of each class, below which the fit is called shaky
FEW_FOR_STEPS = 1000  # images; below it scikit-learn's guide warns of isotonic overfitting
Apply = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Method:
    """A way to put scores right."""

    name: str
    label: str
    formula: str
    help: str
    fit: Callable[[Scores], tuple[dict[str, float], Apply]]


@dataclass(frozen=True, eq=False)
class Recalibration:
    """A fitted method: apply it to any scores of the same run and class."""

    method: Method
    split: str  # where it was fitted
    of: int  # images it was fitted on
    fewest: int  # of them in the rarer class
    prevalence: float  # share of them that is of the class looked for
    parameters: dict[str, float]
    notes: tuple[str, ...]
    rule: Apply

    def apply(self, probabilities: FloatArray) -> FloatArray:
        """Recalibrated probabilities of the class that is looked for, same shape."""
        return self.rule(np.asarray(probabilities, dtype=np.float64))

    def scores(self, scores: Scores) -> Scores:
        """The same images with recalibrated scores; raises CxrError for more than two classes."""
        after = self.apply(scores.scores)
        return replace(scores, probabilities=np.stack([1 - after, after], axis=1))


def fit(scores: Scores, method: str) -> Recalibration:
    """Fit a method on a binary run's scores (the caller passes the validation images).

    Raises CxrError where these images cannot carry a fit: one class only, fewer than LEAST of
    either, or parted so well that no best fit exists.
    """
    if method not in METHODS:
        raise CxrError(f"There is no method '{method}'. Choose one of: {', '.join(METHODS)}.")
    counts = scores.counts_by_class()
    fewest = min(counts.values())
    if not Ranking.of(scores).both:
        only = next(name for name, number in counts.items() if number)
        raise CxrError(
            f"Recalibration needs {scores.split} images of both classes; all {len(scores)} are "
            f"{only}. Train the run with a split that has both."
        )
    if fewest < LEAST:
        there = " and ".join(f"{number} {name}" for name, number in counts.items())
        raise CxrError(
            f"Only {len(scores)} {scores.split} images ({there}) are there to fit on: a curve "
            f"through so few repeats their accidents. {LEAST} of each class are the least; train "
            "the run with a larger validation share."
        )
    chosen = METHODS[method]
    parameters, rule = chosen.fit(scores)
    notes = _notes(method, len(scores), fewest, scores.split, parameters)
    share = float(scores.truth.mean())
    return Recalibration(chosen, scores.split, len(scores), fewest, share, parameters, notes, rule)


def _notes(
    method: str, images: int, fewest: int, split: str, parameters: dict[str, float]
) -> tuple[str, ...]:
    found = []
    if fewest < FEW:
        found.append(
            f"Only {fewest} of the {images} {split} images are of the rarer class: another sample "
            "would give another fit."
        )
    if method == "isotonic" and images < FEW_FOR_STEPS:
        found.append(
            f"Isotonic steps follow the accidents of {images} images; scikit-learn's guide advises "
            f"{FEW_FOR_STEPS:,} or more."
        )
    if parameters.get("slope", 1.0) < 0:
        found.append("The fitted slope is negative: high scores go with the other class.")
    return tuple(found)


def _temperature(scores: Scores) -> tuple[dict[str, float], Apply]:
    """Guo et al. 2017: the one number that the logits are divided by to fit best."""
    from scipy.optimize import brentq
    from scipy.special import expit

    odds = logit(scores.scores)
    margins = np.where(scores.truth == 1, odds, -odds)  # how far on the right side of 0.5

    def slope(sharpness: float) -> float:
        return float(-(margins * expit(-sharpness * margins)).mean())

    if margins.mean() <= 0:
        raise CxrError(
            f"On the {scores.split} images these scores are on the wrong side of 0.5 more than on "
            "the right one: no temperature helps. Choose Platt."
        )
    if margins.min() >= 0:
        raise _too_good(scores)
    highest = 1.0
    while slope(highest) < 0:
        highest *= 2
    sharpness = float(brentq(slope, 0.0, highest, xtol=1e-14, rtol=1e-12))

    def rule(values: FloatArray) -> FloatArray:
        return np.asarray(expit(sharpness * logit(values)))

    return {"temperature": 1 / sharpness}, rule


def _platt(scores: Scores) -> tuple[dict[str, float], Apply]:
    """Platt 1999: slope and shift of the logits, by logistic regression without a penalty."""
    from scipy.special import expit
    from sklearn.linear_model import LogisticRegression

    low, high = Ranking.of(scores).negatives, Ranking.of(scores).positives
    if low[0] == low[-1] == high[0] == high[-1]:
        raise CxrError(f"All {scores.split} images have the same score: nothing can be fitted.")
    if low[-1] <= high[0] or high[-1] <= low[0]:
        raise _too_good(scores)
    odds = logit(scores.scores)
    scale = float(np.abs(odds).max()) or 1.0  # for the solver only
    model: Any = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10, max_iter=500)
    model.fit((odds / scale)[:, None], scores.truth)
    slope, shift = float(model.coef_[0, 0]) / scale, float(model.intercept_[0])

    def rule(values: FloatArray) -> FloatArray:
        return np.asarray(expit(slope * logit(values) + shift))

    return {"slope": slope, "shift": shift}, rule


def _isotonic(scores: Scores) -> tuple[dict[str, float], Apply]:
    """Zadrozny & Elkan 2002: the rising curve nearest to the truth, straight between its steps."""
    from sklearn.isotonic import IsotonicRegression

    model: Any = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(scores.scores, scores.truth)
    levels = len(np.unique(model.y_thresholds_))

    def rule(values: FloatArray) -> FloatArray:
        flat = model.predict(np.ravel(values))
        return np.asarray(flat, dtype=np.float64).reshape(np.shape(values))

    return {"levels": float(levels)}, rule


def _too_good(scores: Scores) -> CxrError:
    return CxrError(
        f"The scores part the {len(scores)} {scores.split} images without an overlap, so the "
        "best curve would be infinitely steep. Choose isotonic, or fit on more images."
    )


_TABLE = (
    Method(
        "temperature",
        "Temperature",
        "p' = 1 / (1 + exp(-logit(p) / T))",
        "One number makes all scores bolder (T below 1) or more modest (T above 1). The ranking, "
        "and what 0.5 decides, stay.",
        _temperature,
    ),
    Method(
        "platt",
        "Platt",
        "p' = 1 / (1 + exp(-(a logit(p) + b)))",
        "Two numbers: how bold the scores are, and a shift that raises or lowers them all. The "
        "ranking stays.",
        _platt,
    ),
    Method(
        "isotonic",
        "Isotonic",
        "p' = the rising curve with the smallest squared distance to the truth",
        "Any rising curve: fits most, and needs most images. Images on one step become equal.",
        _isotonic,
    ),
)
METHODS = {method.name: method for method in _TABLE}
