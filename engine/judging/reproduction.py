"""A run's figures as they stand beside a report's: at 0.5 and at validation's own threshold."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.judging import bootstrap, several
from engine.judging.bootstrap import Interval
from engine.judging.curves import auc
from engine.judging.figures import Judgement, class_figures, judge
from engine.judging.scores import Scores
from engine.judging.thresholds import DEFAULT, Threshold, run_threshold
from engine.words.cutoffs import USUAL
from engine.words.options import Choice

NAMES = ("accuracy", "precision", "recall", "f1")
GRID = np.arange(2, 19) / 20  # .1, .15 ... .9: where report D looked


@dataclass(frozen=True, eq=False)
class Column:
    """The figures at one threshold, with their 95% intervals over patients."""

    threshold: Threshold | None  # None: the largest score decides
    judged: Judgement
    figures: Mapping[str, float]  # NAMES, one that does not exist is left out
    intervals: Mapping[str, Interval]
    of_class: Mapping[str, Mapping[str, float]]  # class -> precision, recall, f1


@dataclass(frozen=True, eq=False)
class Reproduction:
    """What a run found on its test images."""

    images: int
    auc: float | None
    auc_interval: Interval | None  # of two classes
    half: Column  # at 0.5, or by the largest score
    own: Column | None  # at the threshold that validation chose; None for more than two classes
    best_f1: tuple[float, float] | None  # the best F1 on GRID and its threshold, on test itself


def reproduce(
    predictions: pd.DataFrame, classes: tuple[str, ...], rule: Choice = USUAL
) -> Reproduction:
    """Judge a run's test images, also at its rule's threshold; raise CxrError where it has none."""
    scores = Scores.of(predictions, "test", classes)
    if not scores.binary:
        return Reproduction(len(scores), auc(scores), None, _largest(scores), None, None)
    half = _at(scores, Threshold(DEFAULT, "default"))
    own = _at(scores, run_threshold(predictions, classes, rule))
    area = auc(scores)
    spread = bootstrap.bands(scores).auc if area is not None else None
    return Reproduction(len(scores), area, spread, half, own, _best_f1(scores))


def sentence(reported: float, found: float, spread: Interval | None, comparable: bool) -> str:
    """Say how an accuracy of ours stands to the reported one.

    `comparable` tells whether both were scored on the same kind of split of real images.
    """
    if not comparable:
        return (
            f"The report says {reported:.2f} and ours {found:.2f}, on other images: the two "
            "answer different questions."
        )
    if spread is None or np.isnan(spread).any():
        return f"The report says {reported:.2f}, ours says {found:.2f}."
    low, high = spread
    if low <= reported <= high:
        return (
            f"The report's {reported:.2f} lies within our interval, {low:.2f} to {high:.2f}: "
            "chance over patients alone could make the difference."
        )
    where = "above" if reported > high else "below"
    return (
        f"The report's {reported:.2f} lies {where} our interval, {low:.2f} to {high:.2f}: more "
        "than chance over patients divides the two."
    )


def _at(scores: Scores, threshold: Threshold) -> Column:
    judged = judge(scores, threshold.value)
    found = bootstrap.intervals(scores, threshold.value, keys=NAMES)
    parts = {name: _of_class(judged, index) for index, name in enumerate(judged.classes)}
    return Column(threshold, judged, _known(judged), found, parts)


def _largest(scores: Scores) -> Column:
    """Return the means weighted by the classes' sizes, as reports print them; of accuracy alone
    there is an interval."""
    judged = judge(scores)
    table = several.report(judged)
    means = table[table["class"] == several.WEIGHTED][list(several.COLUMNS)].iloc[0].dropna()
    figures = {"accuracy": _known(judged)["accuracy"]}
    figures |= {str(name): float(value) for name, value in means.items()}
    spread = {"accuracy": several.intervals(scores)["accuracy"]}
    parts = {name: _of_class(judged, index) for index, name in enumerate(judged.classes)}
    return Column(None, judged, figures, spread, parts)


def _known(judged: Judgement) -> dict[str, float]:
    values = {name: judged.figures[name].value for name in NAMES}
    return {name: value for name, value in values.items() if value is not None}


def _of_class(judged: Judgement, index: int) -> dict[str, float]:
    figures = class_figures(judged.matrix, index, judged.classes)
    values = {name: figures[name].value for name in several.COLUMNS}
    return {name: value for name, value in values.items() if value is not None}


def _best_f1(scores: Scores) -> tuple[float, float] | None:
    values = [(judge(scores, cut).figures["f1"].value, float(cut)) for cut in GRID]
    known = [(f1, cut) for f1, cut in values if f1 is not None]
    return max(known, key=lambda pair: pair[0]) if known else None
