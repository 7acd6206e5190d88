"""The measures of a decision: what each is called, its formula, and its value on any counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.judging.counts import Counts, FloatArray, Tally, ratio
from engine.words.errors import CxrError

Rule = Callable[[Counts, float], FloatArray]
Test = Callable[[Counts], bool]


@dataclass(frozen=True)
class Measure:
    """One measure of a confusion matrix, for scalars and arrays of counts alike."""

    name: str
    label: str
    formula: str  # in tp, fp, fn, tn
    help: str
    rule: Rule
    missing: tuple[tuple[Test, str], ...]  # when it has no value, and what to say then
    parameter: float | None = None  # beta of fbeta, false negative : false positive of cost

    def compute(self, counts: Counts, parameter: float | None = None) -> FloatArray:
        """Its value at each threshold; NaN where it is undefined, `reason` says why."""
        given = self.parameter if parameter is None else parameter
        return self.rule(counts, 0.0 if given is None else given)

    def reason(self, counts: Counts, positive: str = "positive", negative: str = "negative") -> str:
        """Why these counts (scalars) give no value; empty where they do."""
        text = next((text for test, text in self.missing if test(counts)), "")
        return text.format(positive=positive, negative=negative)


def named(key: str) -> Measure:
    """Look a measure up, its parameter behind the name where it has one: "fbeta_0.5", "cost_10"."""
    if key in MEASURES:
        return MEASURES[key]
    name, _, text = key.rpartition("_")
    try:
        value, plain = float(text), MEASURES[name]
        if plain.parameter is None or not 0 < value < np.inf:
            raise KeyError(key)
    except (KeyError, ValueError):
        raise CxrError(
            f"There is no measure '{key}'. Choose one of: {', '.join(MEASURES)}; "
            "fbeta and cost take a number above 0, such as fbeta_2 or cost_10."
        ) from None
    label = f"F{text}" if name == "fbeta" else f"Cost at {text} : 1"
    return replace(plain, name=key, label=label, parameter=value)


def _balanced(counts: Counts, _: float) -> FloatArray:
    return (counts.recall + counts.specificity) / 2


def _accuracy(counts: Counts, _: float) -> FloatArray:
    return ratio(counts.tp + counts.tn, counts.images)


def _npv(counts: Counts, _: float) -> FloatArray:
    return ratio(counts.tn, counts.tn + counts.fn)


def _fbeta(counts: Counts, beta: float) -> FloatArray:
    weight = 1 + beta**2
    return ratio(weight * counts.tp, weight * counts.tp + beta**2 * counts.fn + counts.fp)


def _mcc(counts: Counts, _: float) -> FloatArray:
    tn, fp, fn, tp = (np.asarray(cell, dtype=float) for cell in counts.cells)
    said = np.sqrt(tp + fp) * np.sqrt(tn + fn)
    true = np.sqrt(tp + fn) * np.sqrt(tn + fp)
    # Where all are called alike the value is 0: the limit, as scikit-learn has it.
    value = np.divide(
        tp * tn - fp * fn, said * true, out=np.zeros_like(said), where=said * true > 0
    )
    return np.where(true > 0, value, np.nan)


def _lr_plus(counts: Counts, _: float) -> FloatArray:
    return ratio(counts.tp * counts.negatives, counts.fp * counts.positives)


def _lr_minus(counts: Counts, _: float) -> FloatArray:
    return ratio(counts.fn * counts.negatives, counts.tn * counts.positives)


def _cost(counts: Counts, weight: float) -> FloatArray:
    return ratio(100 * (weight * counts.fn + counts.fp), counts.images)


def _none(cells: Callable[[Counts], Tally]) -> Test:
    return lambda counts: bool(cells(counts) == 0)


NO_IMAGE = (_none(lambda counts: counts.images), "There is no image.")
NO_POSITIVE = (_none(lambda counts: counts.positives), "No image is {positive}.")
NO_NEGATIVE = (_none(lambda counts: counts.negatives), "Every image is {positive}.")
NONE_CALLED = (_none(lambda counts: counts.tp + counts.fp), "No image is called {positive}.")
ALL_CALLED = (_none(lambda counts: counts.tn + counts.fn), "Every image is called {positive}.")
NOT_INVOLVED = (
    _none(lambda counts: counts.tp + counts.fp + counts.fn),
    "No image is or is called {positive}.",
)
NO_ALARM = (_none(lambda counts: counts.fp), "No {negative} image is alarmed: it has no upper end.")
ALL_ALARMED = (_none(lambda counts: counts.tn), "Every {negative} image is alarmed.")
BOTH = (NO_IMAGE, NO_POSITIVE, NO_NEGATIVE)

_TABLE = (
    Measure(
        "accuracy",
        "Accuracy",
        "(tp + tn) / (tp + fp + fn + tn)",
        "Share of all images that get the right class.",
        _accuracy,
        (NO_IMAGE,),
    ),
    Measure(
        "balanced_accuracy",
        "Balanced accuracy",
        "(tp / (tp + fn) + tn / (tn + fp)) / 2",
        "Mean of the recalls of all classes: blind to how many images each has.",
        _balanced,
        BOTH,
    ),
    Measure(
        "precision",
        "Precision",
        "tp / (tp + fp)",
        "Of the images called positive, the share that is.",
        lambda counts, _: counts.precision,
        (NONE_CALLED,),
    ),
    Measure(
        "recall",
        "Recall",
        "tp / (tp + fn)",
        "Of the positive images, the share that is found. Also called sensitivity.",
        lambda counts, _: counts.recall,
        (NO_POSITIVE,),
    ),
    Measure(
        "specificity",
        "Specificity",
        "tn / (tn + fp)",
        "Of the negative images, the share that is left alone.",
        lambda counts, _: counts.specificity,
        (NO_NEGATIVE,),
    ),
    Measure(
        "npv",
        "NPV",
        "tn / (tn + fn)",
        "Of the images called negative, the share that is: negative predictive value.",
        _npv,
        (ALL_CALLED,),
    ),
    Measure(
        "f1",
        "F1",
        "2 tp / (2 tp + fp + fn)",
        "Harmonic mean of precision and recall: high only when both are.",
        lambda counts, _: counts.f1,
        (NOT_INVOLVED,),
    ),
    Measure(
        "fbeta",
        "F-beta",
        "(1 + beta²) tp / ((1 + beta²) tp + beta² fn + fp)",
        "F1 with recall counted beta times as much as precision.",
        _fbeta,
        (NOT_INVOLVED,),
        2.0,
    ),
    Measure(
        "mcc",
        "MCC",
        "(tp tn - fp fn) / √((tp + fp) (tp + fn) (tn + fp) (tn + fn))",
        "Correlation of truth and decision (Matthews): 1 is perfect, 0 is guessing.",
        _mcc,
        BOTH,
    ),
    Measure(
        "lr_plus",
        "LR+",
        "(tp / (tp + fn)) / (fp / (tn + fp))",
        "How many times likelier an alarm is for a positive image than for a negative one.",
        _lr_plus,
        (*BOTH, NONE_CALLED, NO_ALARM),
    ),
    Measure(
        "lr_minus",
        "LR−",
        "(fn / (tp + fn)) / (tn / (tn + fp))",
        "How likely silence is for a positive image, measured by a negative one: the lower the "
        "better.",
        _lr_minus,
        (*BOTH, ALL_ALARMED),
    ),
    Measure(
        "cost",
        "Cost",
        "100 (ratio fn + fp) / (tp + fp + fn + tn)",
        "Cost of the mistakes per 100 images: a missed one counts ratio times a false alarm.",
        _cost,
        (NO_IMAGE,),
        1.0,
    ),
)
MEASURES = {measure.name: measure for measure in _TABLE}
