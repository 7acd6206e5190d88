"""The groups of X-rays whose mean heat maps are drawn: cells, true classes, a range of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.explaining.averages import drawn
from engine.judging import cases
from engine.judging.cases import Case, Cell, Places, Span
from engine.judging.sentences import cut, word
from pages.shared.cached_errors import Wanted
from pages.shared.errors_asked import Asked, named

ALL = "all"  # before a class: its X-rays, whatever they were called


@dataclass(frozen=True, eq=False)
class Group:
    """X-rays of one kind, as places in the scores."""

    key: str
    title: str
    places: Places
    case: Case | None = None  # None: a class
    true: int | None = None

    @property
    def right(self) -> bool:
        """Whether nothing in it is a mistake by itself."""
        return not isinstance(self.case, Cell) or self.case.true == self.case.said


def groups(asked: Asked) -> dict[str, Group]:
    """Return each class followed by its cells, then the range of scores where one is chosen."""
    scores, threshold = asked.scores, asked.threshold
    found = []
    for true, name in enumerate(scores.classes):
        inside = np.flatnonzero(scores.truth == true)
        found.append(Group(f"{ALL}{true}", f"all {word(name)}", inside, None, true))
        for said in range(len(scores.classes)):
            cell = Cell(true, said)
            places = cases.places(scores, threshold, cell)
            found.append(Group(str(cell), named(scores, cell), places, cell, true))
    if isinstance(asked.case, Span):
        title = f"scores {cut(asked.case.low)} to {cut(asked.case.high)}"
        places = cases.places(scores, threshold, asked.case)
        found.append(Group(str(asked.case), title, places, asked.case))
    return {group.key: group for group in found}


def beside(asked: Asked, found: Mapping[str, Group]) -> str:
    """The group to compare with: for a mistake what is called rightly of that class, and back."""
    case = asked.case
    if not isinstance(case, Cell):
        return f"{ALL}0"
    if case.true != case.said:
        return str(Cell(case.true, case.true))
    row = [group for group in found.values() if group.true == case.true and not group.right]
    return max(row, key=lambda group: len(group.places)).key


def sampled(
    asked: Asked, found: Mapping[str, Group], most: int
) -> tuple[Wanted, dict[str, tuple[int, ...]]]:
    """Draw at most so many X-rays of each group; return all of them, and whose is which.

    Those drawn of a class lie among those drawn of its cells, so that it costs no more maps.
    """
    names = asked.scores.rows["image_id"].to_numpy()
    own = {
        key: group.places[drawn(names[group.places], most)]
        for key, group in found.items()
        if len(group.places)
    }
    union = np.unique(np.concatenate(list(own.values())))
    members = {key: np.searchsorted(union, np.sort(places)) for key, places in own.items()}
    return asked.wanted(union), {key: tuple(map(int, places)) for key, places in members.items()}
