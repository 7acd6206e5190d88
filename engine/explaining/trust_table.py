"""The figures of trust as a table: each with its interval, beside what knows nothing."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.explaining.trust import BLOB, Measured, Trust
from engine.explaining.trust_baselines import label

LOWER, HIGHER = "lower", "higher"
RESAMPLES = 2000
Z = 1.959964  # of 95%
SURVIVES, CHANGES = 0.6, 0.3  # of likeness after random weights; cut points of this lab, no norm


@dataclass(frozen=True)
class Figure:
    """A column: what it is called, in one sentence, which way is better, where it comes from."""

    label: str
    help: str
    better: str
    source: str


FIGURES = {
    "deletion": Figure(
        "Deletion",
        "Mean score while the hottest pixels are taken away first. A map that found what counts "
        "makes the score fall early.",
        LOWER,
        "Petsiuk et al. 2018, arXiv 1806.07421",
    ),
    "insertion": Figure(
        "Insertion",
        "Mean score while the hottest pixels are put in first. A map that found what counts makes "
        "the score rise early.",
        HIGHER,
        "Petsiuk et al. 2018, arXiv 1806.07421",
    ),
    "rank": Figure(
        "Random weights",
        "How like the map of the learned network is to the map of the same network with all "
        "weights drawn anew (rank correlation, its sign left out). Near 1 the map does not show "
        "what was learned.",
        LOWER,
        "Adebayo et al. 2018, arXiv 1810.03292",
    ),
    "lungs": Figure(
        "In the lungs",
        "Share of the heat inside the box around both lungs. Pneumonia is in the lungs; a wide "
        "box makes a high share easy, as the baselines show.",
        HIGHER,
        "energy inside, Wang et al. 2020, arXiv 1910.01279",
    ),
    "pointing": Figure(
        "Points at it",
        "Pointing game: share of phantoms whose hottest point lies in the true opacity, or at "
        "most 7% of the side beside it.",
        HIGHER,
        "Zhang et al. 2016, arXiv 1608.00507",
    ),
    "inside": Figure(
        "Heat in it",
        "Share of the heat inside the true opacity.",
        HIGHER,
        "Wang et al. 2020, arXiv 1910.01279",
    ),
    "overlap": Figure(
        "Overlap",
        "Of the hottest pixels, as many as the opacity has, and the opacity: what both share over "
        "what either has (IoU).",
        HIGHER,
        "Jaccard 1912, at the area of the truth",
    ),
}


@dataclass(frozen=True)
class Value:
    """A mean over `n` X-rays with its 95% interval; `n` 0 where no X-ray has the figure."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def text(self) -> str:
        """Such as "0.58 (0.39 to 0.76)"."""
        if not self.n:
            return "\N{EN DASH}"
        if np.isnan(self.low):
            return _number(self.mean)
        return f"{_number(self.mean)} ({_number(self.low)} to {_number(self.high)})"

    @property
    def short(self) -> str:
        """Such as "0.58 (.39 to .76)" with a dash, for narrow columns."""
        if not self.n or np.isnan(self.low):
            return self.text
        low, high = (_number(end).replace("0.", ".", 1) for end in (self.low, self.high))
        return f"{_number(self.mean)} ({low}\N{EN DASH}{high})"


def value(row: Measured, figure: str) -> Value:
    """Return a row's mean over its X-rays, 95% interval by resampling them.

    Hits and misses get Wilson's interval (1927), which stays honest where all or none hit.
    """
    given = row.figure(figure)
    given = given[np.isfinite(given)]
    if not len(given):
        return Value(float("nan"), float("nan"), float("nan"), 0)
    if figure == "pointing" and not (given % 1).any():  # else means over many random maps
        return Value(float(given.mean()), *wilson(float(given.mean()), len(given)), len(given))
    return Value(float(given.mean()), *resampled(given), len(given))


def resampled(given: NDArray[np.float64]) -> tuple[float, float]:
    """95% percentile bootstrap interval of a mean; nan under two values."""
    if len(given) < 2:
        return float("nan"), float("nan")
    low, high = np.quantile(_draws(len(given)) @ given, (0.025, 0.975))
    return float(low), float(high)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share of `n`."""
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    reach = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return float(max(middle - reach, 0)), float(min(middle + reach, 1))


def gain(row: Measured, other: Measured, figure: str) -> Value:
    """How much better a row is than another on the same X-rays: positive is better."""
    sign = 1 if FIGURES[figure].better == HIGHER else -1
    given = sign * (row.figure(figure) - other.figure(figure))
    given = given[np.isfinite(given)]
    if not len(given):
        return Value(float("nan"), float("nan"), float("nan"), 0)
    return Value(float(given.mean()), *resampled(given), len(given))


def beats(found: Trust, row: Measured, figure: str) -> bool:
    """Whether a method is better than the random map and the blob, beyond the X-rays' chance.

    Of random weights there is nothing to beat: there it is whether the map changes.
    """
    if figure == "rank":
        mean = value(row, figure)
        return bool(mean.n and mean.mean < CHANGES) or forgets(row)
    rivals = [found.row(row.against), found.row(BLOB)]
    return all(gain(row, rival, figure).low > 0 for rival in rivals)


def forgets(row: Measured) -> bool:
    """Whether all maps of random weights are empty: as different as can be, without a figure."""
    return not np.isfinite(row.figure("rank")).any() and bool(row.arrays["maps"][0].any())


def columns(found: Trust) -> list[str]:
    """The figures that this network and these X-rays have."""
    there = ("deletion", "insertion", "rank")
    lungs = any(np.isfinite(row.figure("lungs")).any() for row in found.rows)
    truth = () if found.truth is None else ("pointing", "inside", "overlap")
    return [*there, *(("lungs",) if lungs else ()), *truth]


def table(found: Trust) -> pd.DataFrame:
    """One row a method or baseline and figure: method, figure, mean, low, high, n, beats."""
    return pd.DataFrame(
        [
            {
                "method": row.method,
                "figure": name,
                **vars(value(row, name)),
                "beats": not row.is_baseline and beats(found, row, name),
            }
            for row in found.rows
            for name in columns(found)
        ]
    )


def counts(found: Trust, figure: str) -> str:
    """How many X-rays stand behind a column, such as "12" or "10 to 12"."""
    numbers = [value(row, figure).n for row in found.rows]
    low, high = min(numbers), max(numbers)
    return f"{low}" if low == high else f"{low} to {high}"


@lru_cache(maxsize=64)
def _draws(count: int) -> NDArray[np.float64]:
    """What each of `count` values weighs in each resample: (RESAMPLES, count)."""
    drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return np.asarray(drawn / count, np.float64)


def _number(given: float) -> str:
    return f"{given:.2f}".replace("-", "\N{MINUS SIGN}")


def shown(found: Trust, short: bool = False) -> pd.DataFrame:
    """The table for people: a row a method, a column a figure, each with its interval."""
    names = columns(found)

    def cell(row: Measured, name: str) -> str:
        given = value(row, name)
        mark = " \N{BLACK CIRCLE}" if _marked(found, row, name) else ""
        return (given.short if short else given.text) + mark

    rows = {label(row.method): [cell(row, name) for name in names] for row in found.rows}
    heads = [f"{FIGURES[name].label}, n {counts(found, name)}" for name in names]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


def _marked(found: Trust, row: Measured, name: str) -> bool:
    return not row.is_baseline and beats(found, row, name)
