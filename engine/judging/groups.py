"""The groups of images that a confusion matrix makes: its true classes, its cells, in words."""

from dataclasses import dataclass

import numpy as np

from engine.judging.cases import Case, Cell, Places, Span, places
from engine.judging.scores import Scores
from engine.judging.sentences import cut, word

ALL = "all"  # before a class: its images, whatever they were called
NAMES = (("left alone", "false alarm"), ("missed", "found"))  # (true, called) of two classes


@dataclass(frozen=True, eq=False)
class Group:
    """Images of one kind, as places in the scores."""

    key: str
    title: str
    places: Places
    case: Case | None = None  # None: a class
    true: int | None = None

    @property
    def right(self) -> bool:
        """Whether nothing in it is a mistake by itself."""
        return not isinstance(self.case, Cell) or self.case.true == self.case.said


def groups(scores: Scores, threshold: float | None, case: Case | None = None) -> dict[str, Group]:
    """Return each class followed by its cells, then `case` where that is a range of scores."""
    found = []
    for true, name in enumerate(scores.classes):
        inside = np.flatnonzero(scores.truth == true)
        found.append(Group(f"{ALL}{true}", f"all {word(name)}", inside, None, true))
        for said in range(len(scores.classes)):
            cell = Cell(true, said)
            own = places(scores, threshold, cell)
            found.append(Group(str(cell), named(scores, cell), own, cell, true))
    if isinstance(case, Span):
        title = f"scores {cut(case.low)} to {cut(case.high)}"
        found.append(Group(str(case), title, places(scores, threshold, case), case))
    return {group.key: group for group in found}


def named(scores: Scores, cell: Cell) -> str:
    """Return a cell in words: "normal called pneumonia (false alarm)"."""
    said = f"{word(scores.classes[cell.true])} called {word(scores.classes[cell.said])}"
    return f"{said} ({NAMES[cell.true][cell.said]})" if scores.binary else said


def beside(found: dict[str, Group], case: Case) -> str:
    """The group to compare with: for a mistake what is called rightly of that class, and back."""
    if not isinstance(case, Cell):
        return f"{ALL}0"
    if case.true != case.said:
        return str(Cell(case.true, case.true))
    row = [group for group in found.values() if group.true == case.true and not group.right]
    return max(row, key=lambda group: len(group.places)).key
