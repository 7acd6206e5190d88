"""Flaws that give a class away: a picture's own quality can be a shortcut for a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from engine.judging.contrasts import newcombe, share
from engine.judging.counts import FloatArray
from engine.judging.figures import proportion
from engine.judging.slices import LEVEL, wilson
from engine.words.errors import CxrError

FLAGGED = 0.5  # severity from which a flaw counts
CLEAR = 0.1  # a difference of shares from which a flaw gives a class away rather than hints at it


@dataclass(frozen=True)
class Apart:
    """How much commoner a flaw is in one class than in the others."""

    flaw: str
    label: str
    there: tuple[int, int]  # flagged images of the class, of how many
    elsewhere: tuple[int, int]
    difference: float  # of the two shares
    low: float  # its interval, allowing for as many looks as there were
    high: float
    looks: int = 1

    @property
    def more_than_chance(self) -> bool:
        """Whether the interval leaves no difference out."""
        return self.low > 0


def by_class(found: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a row a flaw and class: flaw, label, images, flagged, share, low, high (Wilson).

    `found` has a column label and a severity 0..1 a flaw; `names` says what each is called.
    """
    rows = []
    for column, flaw in names.items():
        for label, part in found.groupby("label", sort=True):
            flagged = int((part[column] >= FLAGGED).sum())
            found_in = proportion("share", flagged, len(part), "")
            ends = (found_in.value, found_in.low, found_in.high)
            rows.append((flaw, str(label), len(part), flagged, *ends))
    columns = ["flaw", "label", "images", "flagged", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def apart(found: pd.DataFrame, names: Mapping[str, str]) -> list[Apart]:
    """Say of each flaw in which class it is commonest, the largest difference first.

    Intervals of the difference are Newcombe's (1998), corrected for the flaws and classes looked at
    (Bonferroni). Empty where there is one class only.
    """
    labels = sorted(set(found["label"]))
    if len(labels) < 2:
        return []
    looks = len(names) * (len(labels) if len(labels) > 2 else 1)
    level = 1 - (1 - LEVEL) / looks
    best = []
    for column, flaw in names.items():
        flagged = found[column] >= FLAGGED
        sides = [_apart(flagged, found["label"] == label, (flaw, label), level) for label in labels]
        best.append(replace(max(sides, key=lambda side: side.difference), looks=looks))
    return sorted(best, key=lambda entry: -entry.difference)


def apart_sentence(found: Sequence[Apart], images: int) -> str:
    """Name the flaw that goes with a class most, and say what that is worth."""
    if not found:
        return "All X-rays are of one class: no flaw can give a class away."
    worst = found[0]
    if not any(entry.there[0] + entry.elsewhere[0] for entry in found):
        return f"None of {images:,} X-rays has a flaw that the detectors find."
    if not worst.more_than_chance:
        return (
            f"No flaw goes with a class by more than chance: {worst.looks} differences were looked "
            f"at in {images:,} X-rays."
        )
    said = (
        f"{worst.flaw} goes with {worst.label}: found in {share(*worst.there)} of its images and "
        f"in {share(*worst.elsewhere)} of the others."
    )
    if worst.difference < CLEAR:
        return f"{said} That is a hint that a model may pick up, and a weak one."
    return f"{said} A model can use it as a shortcut without having learned a disease."


def tells(found: pd.DataFrame, column: str, label: str) -> float:
    """Return the AUC of a flaw's severity for a class against the rest, equal ones half."""
    own = (found["label"] == label).to_numpy()
    values: FloatArray = found[column].to_numpy(dtype=np.float64)
    high, low = values[own], np.sort(values[~own])
    if not len(high) or not len(low):
        raise CxrError(f"An AUC needs images of {label} and of others.")
    below = np.searchsorted(low, high, side="left") + np.searchsorted(low, high, side="right")
    return float(below.mean() / (2 * len(low)))


def _apart(
    flagged: "pd.Series[bool]", own: "pd.Series[bool]", names: tuple[str, str], level: float
) -> Apart:
    z = NormalDist().inv_cdf(0.5 + level / 2)
    there = int((flagged & own).sum()), int(own.sum())
    elsewhere = int((flagged & ~own).sum()), int((~own).sum())
    shares = there[0] / there[1], elsewhere[0] / elsewhere[1]
    ends = wilson(shares[0], there[1], z), wilson(shares[1], elsewhere[1], z)
    difference, low, high = newcombe(shares[0], ends[0], shares[1], ends[1])
    return Apart(*names, there, elsewhere, difference, low, high)
