"""How far the maps of a network may be trusted: every way of explaining it, measured alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.explaining import trust_parts
from engine.explaining.trust_asking import Asked
from engine.explaining.trust_baselines import CENTRE, RANDOM, label, name_of, split_name
from engine.explaining.trust_parts import Arrays, Plan
from engine.explaining.trust_pictures import Pictures
from engine.words.errors import CxrError

Tell = Callable[[int, int, str], None]  # done, total, what; it may raise Cancelled

BLOB = name_of(CENTRE, (33, 33))  # odd, so that one cell is the middle


@dataclass(frozen=True, eq=False)
class Measured:
    """What one way of explaining, or a baseline, was found to do; see trust_parts for the arrays.

    A baseline in `against` is the random map of the same grid, which the method has to beat.
    """

    method: str
    arrays: Arrays
    against: str = ""

    @property
    def is_baseline(self) -> bool:
        """Whether it knows nothing of the network."""
        return split_name(self.method) is not None

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of its maps."""
        rows, columns = self.arrays["cells"]
        return int(rows), int(columns)

    @property
    def seconds(self) -> float:
        """How long it took to measure, when it was."""
        parts = [name for name in self.arrays if name.startswith(trust_parts.SECONDS)]
        return float(sum(self.arrays[name] for name in parts))

    def figure(self, name: str) -> NDArray[np.float64]:
        """Return a figure of FIGURES (trust_table) for each X-ray, nan where there is none."""
        if name in ("deletion", "insertion"):
            scores = self.arrays[name]
            areas = np.trapezoid(scores, axis=1) / (scores.shape[1] - 1)
            return np.where(self.arrays["empty"] > 0, np.nan, areas)
        if name in ("rank", "ssim"):
            return np.asarray(self.arrays[name][-1], np.float64)
        return self.arrays.get(name, np.empty(0))


@dataclass(frozen=True, eq=False)
class Trust:
    """Methods first, then the baselines, all on the same X-rays.

    `truth` are X-rays whose true opacity is known; None where this network knows no pneumonia.
    """

    rows: tuple[Measured, ...]
    pictures: Pictures
    truth: Pictures | None
    plan: Plan

    def row(self, method: str) -> Measured:
        """Return the row of a method or baseline."""
        return next(row for row in self.rows if row.method == method)

    @property
    def methods(self) -> tuple[Measured, ...]:
        """The rows that are no baselines."""
        return tuple(row for row in self.rows if not row.is_baseline)


def judge(
    asked: Asked,
    methods: Sequence[str],
    pictures: Pictures,
    truth: Pictures | None = None,
    plan: Plan | None = None,
    tell: Tell | None = None,
) -> Trust:
    """Measure every method and the baselines; what was measured before is read from disk.

    Raises CxrError where there is no X-ray or no method, Cancelled where `tell` does; what is
    ready by then is kept.
    """
    if not len(pictures) or not methods:
        raise CxrError("Choose at least one method and one X-ray: there is nothing to measure.")
    work = _Work(asked, pictures, truth, plan or Plan(), tell)
    work.plan_for(methods)
    found = [work.measure(method) for method in methods]
    grids = list(dict.fromkeys(row.cells for row in found))
    work.total = work.done + work.passes * (len(grids) + 1)
    names = [name_of(RANDOM, grid) for grid in grids]
    baselines = [work.measure(name) for name in (*names, BLOB)]
    rows = [
        Measured(row.method, row.arrays, name_of(RANDOM, row.cells)) if not row.is_baseline else row
        for row in (*found, *baselines)
    ]
    return Trust(tuple(rows), pictures, truth, work.plan)


def is_kept(
    key: str,
    methods: Sequence[str],
    pictures: Pictures,
    truth: Pictures | None = None,
    plan: Plan | None = None,
) -> bool:
    """Say at once whether all of the methods were measured before on these X-rays."""
    return all(
        trust_parts.is_kept(part, key, method, over, plan or Plan())
        for method in methods
        for part, over in _parts(pictures, truth)
    )


def _parts(pictures: Pictures, truth: Pictures | None) -> list[tuple[str, Pictures]]:
    parts = [("curves", pictures), ("weights", pictures), ("lungs", pictures)]
    return parts if truth is None else [*parts, ("truth", truth)]


class _Work:
    """Measuring one after another, and telling how far it is, in X-rays that were asked about."""

    def __init__(
        self,
        asked: Asked,
        pictures: Pictures,
        truth: Pictures | None,
        plan: Plan,
        tell: Tell | None,
    ) -> None:
        self.plan = plan
        self.done = self.total = 0
        self._asked, self._parts, self._tell = asked, _parts(pictures, truth), tell
        self.passes = len(pictures)  # of a baseline, which asks for no maps

    def plan_for(self, methods: Sequence[str]) -> None:
        """Count what is to do, the baselines as for one grid."""
        missing = [
            self._steps(part, over)
            for method in methods
            for part, over in self._parts
            if not trust_parts.is_kept(part, self._asked.key, method, over, self.plan)
        ]
        self.total = sum(missing) + 2 * self.passes

    def _steps(self, part: str, over: Pictures) -> int:
        """How many times a part tells of an X-ray."""
        if part == "weights":
            return min(self.plan.checked, len(over)) * (1 + self._asked.stages[1])
        return (2 if part == "curves" else 1) * len(over)

    def measure(self, method: str) -> Measured:
        """Return one row, computing what is missing."""
        arrays: Arrays = {}
        for part, over in self._parts:

            def step(part: str = part) -> None:
                self.done += 1
                if self._tell:
                    what = f"{label(method)}: {DOING[part]}"
                    self._tell(self.done, max(self.done, self.total), what)

            arrays |= trust_parts.kept(part, self._asked, method, over, self.plan, step)
        return Measured(method, arrays)


DOING = {
    "curves": "taking pixels away",
    "weights": "random weights",
    "lungs": "share in the lungs",
    "truth": "against the true opacity",
}
