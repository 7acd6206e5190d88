"""Runs that differ in one thing: the seed, the price, the strategy against imbalance."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.thresholds import DEFAULT
from engine.words.errors import CxrError
from engine.words.files import digest_json
from engine.words.recipe import Recipe

SPREAD = ("auc", "accuracy", "balanced_accuracy", "precision", "recall", "specificity", "f1")
PRICES = {"seconds": "Seconds of training", "parameters": "Parameters"}
NO_STRATEGY = "none"  # of the recipe's imbalance
WORTH = 0.005  # a gain below this is too small to be shared out
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Strategy:
    """A network under one strategy against imbalance, at 0.5 and at its own threshold."""

    run: str
    strategy: str  # a name of the recipe's imbalance
    threshold: float  # its own, chosen on validation
    at_half: float | None
    at_own: float | None
    gain_at_half: float | None = None  # over the same network without a strategy at 0.5
    gain_at_own: float | None = None  # over that network at its own threshold

    @property
    def remains(self) -> float | None:
        """Share of the gain at 0.5 that is left at own thresholds; None without a gain."""
        if self.gain_at_half is None or self.gain_at_own is None or self.gain_at_half < WORTH:
            return None
        return self.gain_at_own / self.gain_at_half


def siblings(recipes: Mapping[K, Recipe], but: Sequence[str] = ("seed",)) -> list[list[K]]:
    """Groups of two or more whose recipes are equal but for these keys, the largest first."""
    groups: dict[str, list[K]] = {}
    for key, recipe in recipes.items():
        value: dict[str, Any] = recipe.to_json()
        for name in ("preset", *but):  # the preset is a label
            del value[name]
        groups.setdefault(digest_json(value), []).append(key)
    found = [group for group in groups.values() if len(group) > 1]
    return sorted(found, key=len, reverse=True)


def spread(summaries: Iterable[Mapping[str, Any]], names: Sequence[str] = SPREAD) -> pd.DataFrame:
    """Mean, standard deviation (n - 1), least and most of each figure over several runs.

    `summaries` are those of `comparison.summary`; a figure that a run lacks is left out.
    """
    rows = []
    summaries = list(summaries)
    for name in names:
        values = np.array([entry[name] for entry in summaries if entry[name] is not None])
        if len(values) == 0:
            continue
        deviation = float(values.std(ddof=1)) if len(values) > 1 else np.nan
        rows.append(
            {
                "measure": name,
                "runs": len(values),
                "mean": float(values.mean()),
                "deviation": deviation,
                "least": float(values.min()),
                "most": float(values.max()),
            }
        )
    return pd.DataFrame(
        rows, columns=["measure", "runs", "mean", "deviation", "least", "most"]
    ).set_index("measure")


def by_luck(deviation: float) -> float:
    """How far two runs that differ in luck alone stay apart in 95 of 100 pairs."""
    return float(1.959964 * np.sqrt(2) * deviation)


def front(table: pd.DataFrame, price: str, gain: str = "f1") -> pd.DataFrame:
    """The runs by rising price with `best`: whether nothing as cheap or cheaper is as good.

    Runs without the figure are left out.
    """
    order = table.dropna(subset=[price, gain]).sort_values(
        [price, gain], ascending=[True, False], kind="stable"
    )
    before = order[gain].cummax().shift(fill_value=-np.inf)
    return order.assign(best=order[gain] > before)


def strategies(
    runs: Sequence[tuple[str, str, Scores, float]], measure: str = "f1"
) -> list[Strategy]:
    """Judge runs (name, strategy, scores, own threshold) that differ in their strategy alone.

    The first run without a strategy is what the others gain over; without such a run there are no
    gains. Raises CxrError for more than two classes, which no threshold decides.
    """
    for name, _, scores, _ in runs:
        if not scores.binary:
            raise CxrError(
                f"{name} tells {len(scores.classes)} classes apart: the largest score decides, and "
                "there is no threshold that a strategy could have shifted. Choose runs of two "
                "classes."
            )
    found = [
        Strategy(
            name,
            strategy,
            threshold,
            judge(scores, DEFAULT).figures[measure].value,
            judge(scores, threshold).figures[measure].value,
        )
        for name, strategy, scores, threshold in runs
    ]
    base = next((entry for entry in found if entry.strategy == NO_STRATEGY), None)
    return [_gaining(entry, base) for entry in found]


def _gaining(entry: Strategy, base: Strategy | None) -> Strategy:
    if base is None or entry is base:
        return entry
    return Strategy(
        entry.run,
        entry.strategy,
        entry.threshold,
        entry.at_half,
        entry.at_own,
        _less(entry.at_half, base.at_half),
        _less(entry.at_own, base.at_own),
    )


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other
