"""Where to draw the line: rules that choose a threshold on the validation images."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.judging.counts import Counts, FloatArray, Ranking
from engine.judging.measures import MEASURES
from engine.judging.scores import Scores
from engine.words import cutoffs
from engine.words.errors import CxrError
from engine.words.options import Choice

RULES = {name: row.help for name, row in cutoffs.RULES.items()}
TARGETS = {  # where none is given
    name: float(row.params["target"].default) for name, row in cutoffs.RULES.items() if row.params
}
RECALLS = (0.8, 0.85, 0.9, 0.95, 0.975, 0.99)
SPECIFICITIES = RECALLS
RATIOS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)  # cost of a false negative : of a false positive
DEFAULT = 0.5


@dataclass(frozen=True)
class Threshold:
    """A threshold, how it came about and on which images."""

    value: float
    rule: str  # a key of RULES, "default" or "hand"
    split: str = ""  # where it was chosen; empty where no images chose it
    of: int = 0  # images it was chosen on
    reached: float | None = None  # the rule's figure there; of cost, per 100 images
    note: str = ""
    target: float | None = None  # the rule's parameter: a recall, a specificity, a cost ratio


@dataclass(frozen=True, eq=False)
class _Cuts:
    """Every threshold that decides differently, rising, with its counts."""

    scores: Scores
    values: FloatArray
    counts: Counts

    @classmethod
    def of(cls, scores: Scores) -> "_Cuts":
        ranking = Ranking.of(scores)
        if not ranking.both:
            raise CxrError(
                f"The {scores.split} images are all of one class: no threshold can be chosen on "
                "them."
            )
        values = ranking.distinct
        if values[-1] < 1:  # above the highest score nothing is called positive
            values = np.append(values, 1.0)
        return cls(scores, values, ranking.counts(values))


def choose(scores: Scores, rule: str = "f1", target: float | None = None) -> Threshold:
    """Choose a threshold on these scores by a rule, with its target (by default that of TARGETS).

    Of thresholds that do equally well the lowest wins, for it misses fewest; of those that reach a
    recall the highest, for it alarms fewest. Raises CxrError where the images are of one class only
    or no threshold reaches a specificity.
    """
    if rule not in RULES:
        raise CxrError(f"There is no rule '{rule}'. Choose one of: {', '.join(RULES)}.")
    given = TARGETS.get(rule) if target is None or rule not in TARGETS else target
    _check(rule, given)
    cuts = _Cuts.of(scores)
    found = _chosen(cuts, rule, given)
    if found is None:
        raise CxrError(
            f"No threshold reaches a specificity of {given:g} on the {scores.split} images: some "
            f"{scores.negative} ones have a score of 1. Ask for a lower one."
        )
    return found


def snaps(scores: Scores, also: Choice = cutoffs.USUAL) -> tuple[Threshold, ...]:
    """Every rule's threshold at the usual targets, and `also` at its own; those that none reaches
    are left out.

    Raises CxrError where the images are of one class only.
    """
    cuts = _Cuts.of(scores)
    asked: list[tuple[str, float | None]] = [("f1", None), ("youden", None)]
    for rule, targets in (("recall", RECALLS), ("specificity", SPECIFICITIES), ("cost", RATIOS)):
        own = [target for name, target in [cutoffs.rule_of(also)] if name == rule]
        asked += [(rule, target) for target in sorted({*targets, *filter(None, own)})]
    found = (_chosen(cuts, rule, target) for rule, target in asked)
    return tuple(threshold for threshold in found if threshold is not None)


def run_threshold(
    predictions: pd.DataFrame,
    classes: tuple[str, ...],
    rule: Choice = cutoffs.USUAL,
    split: str = "validation",
    index: int | None = None,
) -> Threshold:
    """The threshold that a finished run decides by: its recipe's rule on its validation images.

    Another rule or split can be asked for, and class `index` against the rest where there are more
    than two. Where these images cannot choose it is 0.5, and the note says why.
    """
    fallback = Threshold(DEFAULT, "default")
    if len(classes) != 2 and index is None:
        return replace(fallback, note="With three classes the largest score decides.")
    try:
        scores = Scores.of(predictions, split, classes).against(1 if index is None else index)
        return choose(scores, *cutoffs.rule_of(rule))
    except CxrError as error:
        return replace(fallback, note=f"{error} So it is {DEFAULT}.")


def shortest(values: FloatArray, index: int) -> float:
    """The shortest decimal that decides as values[index] does.

    Any number above the next lower score and up to this one decides alike; the one nearest to the
    middle of that gap with the fewest digits can be read, typed and kept in an address.
    """
    high = float(values[index])
    low = float(values[index - 1]) if index else -1.0
    middle = (max(low, 0.0) + high) / 2
    for digits in range(2, 17):
        short = round(middle, digits)
        if low < short <= high:
            return short
    return high


def _chosen(cuts: _Cuts, rule: str, target: float | None) -> Threshold | None:
    place = _PICKS[rule](cuts.counts, 0.0 if target is None else target)
    if place is None:
        return None
    at = Counts(*(cell[place] for cell in cuts.counts.cells))
    reached = at.youden if rule == "youden" else MEASURES[rule].compute(at, target)
    note = "" if at.tp + at.fp else f"No X-ray is called {cuts.scores.positive} then."
    value, scores = shortest(cuts.values, place), cuts.scores
    return Threshold(value, rule, scores.split, len(scores), float(reached), note, target)


def _f1(counts: Counts, _: float) -> int:
    return int(np.argmax(counts.f1))


def _youden(counts: Counts, _: float) -> int:
    # Over a common denominator: whole numbers, of which equal ones are equal.
    return int(np.argmax(counts.tp * counts.negatives + counts.tn * counts.positives))


def _recall(counts: Counts, target: float) -> int:
    # It falls as the threshold rises, from 1 at the lowest: the last that reaches the target.
    return int(np.flatnonzero(counts.recall >= target)[-1])


def _specificity(counts: Counts, target: float) -> int | None:
    reaching = np.flatnonzero(counts.specificity >= target)
    return int(reaching[0]) if len(reaching) else None


def _cost(counts: Counts, ratio: float) -> int:
    return int(np.argmin(np.round(ratio * counts.fn + counts.fp, 9)))  # .1 + .2 costs as much as .3


_PICKS: dict[str, Callable[[Counts, float], int | None]] = {
    "f1": _f1,
    "youden": _youden,
    "recall": _recall,
    "specificity": _specificity,
    "cost": _cost,
}


def _check(rule: str, target: float | None) -> None:
    if target is None:
        return
    if rule == "cost":
        if not 0 < target < np.inf:
            raise CxrError(f"A cost ratio is a number above 0, got {target}.")
    elif not 0 < target <= 1:
        raise CxrError(f"A target {rule} lies above 0 and up to 1, got {target}.")
