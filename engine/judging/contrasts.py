"""The model on X-rays with a flaw beside those without: do its errors go with the quality?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from statistics import NormalDist

import pandas as pd

from engine.judging.figures import written
from engine.judging.scores import Scores
from engine.judging.slices import LEAST, LEVEL, Slice, slices
from engine.judging.slicing import Groups, flawed
from engine.words.errors import CxrError

MEASURES = {"accuracy": "Errors", "auc": "AUC"}  # that flaws are weighed by


@dataclass(frozen=True, eq=False)
class Contrast:
    """The model on images with a flaw beside those without."""

    flaw: str
    flagged: Slice
    clean: Slice

    def difference(self, measure: str, level: float = LEVEL) -> tuple[float, float, float] | None:
        """Return how much higher the measure is without the flaw, with its interval.

        Newcombe's for shares, from both standard errors for the AUC; None where there is none, or
        fewer than LEAST images behind it on a side.
        """
        if min(self.clean.evidence[measure], self.flagged.evidence[measure]) < LEAST:
            return None
        one, other = self.clean.figures[measure].value, self.flagged.figures[measure].value
        ends = self.clean.interval(measure, level), self.flagged.interval(measure, level)
        if one is None or other is None or ends[0] is None or ends[1] is None:
            return None
        if measure == "auc":
            z = NormalDist().inv_cdf(0.5 + level / 2)
            reach = z * hypot(self.clean.errors["auc"], self.flagged.errors["auc"])
            return one - other, one - other - reach, one - other + reach
        return newcombe(one, ends[0], other, ends[1])


def contrasts(scores: Scores, threshold: float, images: pd.DataFrame) -> list[Contrast]:
    """Judge the model with and without each flaw, at a threshold.

    `images` has FLAW columns, a row for each of the scores. Flaws are left out that fewer than
    LEAST images have, or fewer than LEAST lack.
    """
    groups = flawed(images)
    whole = slices(scores, threshold, Groups(tuple(groups), {}), least=1)
    known = {entry.group.key: entry for entry in (*whole.judged, *whole.undefined)}
    pairs = zip(groups[::2], groups[1::2], strict=True)
    return [
        Contrast(one.name, known[one.key], known[other.key])
        for one, other in pairs
        if min(len(one), len(other)) >= LEAST
    ]


def ranked(found: Sequence[Contrast], measure: str) -> list[Contrast]:
    """Order contrasts by how much the flaw costs; those without such a figure come last."""

    def cost(entry: Contrast) -> float:
        differs = entry.difference(measure)
        return float("-inf") if differs is None else differs[0]

    return sorted(found, key=cost, reverse=True)


def contrast_sentence(found: Sequence[Contrast], measure: str) -> str:
    """Name the flaw that costs most, and say whether that is more than chance."""
    if measure not in MEASURES:
        raise CxrError(f"Flaws are weighed by accuracy or auc; got '{measure}'.")
    known = [entry for entry in ranked(found, measure) if entry.difference(measure)]
    if not known:
        return "No flaw is in enough X-rays to compare the model with and without it."
    worst, looks = known[0], len(known)
    level = 1 - (1 - LEVEL) / looks
    differs = worst.difference(measure, level)
    assert differs is not None
    if differs[0] <= 0:
        return f"The model does no worse with any of these flaws. {_costs(worst, measure)}"
    gap, low, high = (_points(value, measure) for value in differs)
    unit = " points" if measure == "accuracy" else ""
    said = (
        f"{_costs(worst, measure)} The difference, {gap}{unit}, has a 95% interval of {low} to "
        f"{high}{unit}"
    )
    said += f", allowing for {looks} looks" if looks > 1 else ""
    if differs[1] > 0:
        return f"{said}: more than chance."
    return f"{said}: that may well be chance."


def newcombe(
    one: float, ends: tuple[float, float], other: float, others: tuple[float, float]
) -> tuple[float, float, float]:
    """Return the difference of two shares with its interval, from their Wilson intervals.

    Newcombe 1998, "Interval estimation for the difference between independent proportions",
    method 10.
    """
    difference = one - other
    below = hypot(one - ends[0], others[1] - other)
    above = hypot(ends[1] - one, other - others[0])
    return difference, difference - below, difference + above


def share(part: int, whole: int) -> str:
    """Return 12 of 48 (25%)."""
    return f"{part:,} of {whole:,} ({part / whole:.0%})"


def errors(side: Slice) -> tuple[int, int]:
    """Return how many images a slice has wrong, and how many it has."""
    right = side.figures["accuracy"].value or 0.0
    return len(side.group) - round(right * len(side.group)), len(side.group)


def _costs(entry: Contrast, measure: str) -> str:
    sides = (entry.flagged, entry.clean)
    if measure == "auc":
        with_it, without = (side.figures["auc"].text for side in sides)
        counts = [f"{len(side.group):,}" for side in sides]
        return (
            f"The AUC is {with_it} on the {counts[0]} X-rays with {entry.flaw}, {without} on the "
            f"{counts[1]} without."
        )
    wrong = [share(*errors(side)) for side in sides]
    return (
        f"Of the X-rays with {entry.flaw} the model calls {wrong[0]} wrongly, of those without "
        f"{wrong[1]}."
    )


def _points(value: float, measure: str) -> str:
    if measure == "auc":
        return written(value, 1000)
    return f"{100 * value:.0f}"
