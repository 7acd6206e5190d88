"""Which images lie in a cell of the confusion matrix or in a range of scores, in an order.

An address names a case: "1-0" is the cell of true class 1 called class 0, "0.4..0.6" the scores
from 0.4 to 0.6. Everything else here takes places, the row numbers of `Scores`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.judging.scores import Scores
from engine.judging.sentences import cut, word
from engine.words.errors import CxrError

Places = NDArray[np.intp]

ORDERS = {
    "sure": "Surest first, mistakes ahead",
    "close": "Closest calls first",
    "rising": "Lowest score first",
    "falling": "Highest score first",
}
BETWEEN = ".."


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix, by indices of classes."""

    true: int
    said: int

    def __str__(self) -> str:
        return f"{self.true}-{self.said}"


@dataclass(frozen=True)
class Span:
    """A range of scores, both ends included."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:.10g}{BETWEEN}{self.high:.10g}"


Case = Cell | Span


def parse(text: str | None, classes: int) -> Case | None:
    """Read a case from an address that anyone may have typed; None where it names none."""
    if not text:
        return None
    if BETWEEN in text:
        return _span(*text.split(BETWEEN, 1))
    parts = text.split("-")
    if len(parts) == 2 and all(part.isdecimal() and int(part) < classes for part in parts):
        return Cell(int(parts[0]), int(parts[1]))
    return None


def first(matrix: NDArray[np.int64]) -> Cell:
    """The cell to show where none was chosen: what was missed, else the most common mistake."""
    if len(matrix) == 2 and matrix[1, 0]:
        return Cell(1, 0)
    wrong = matrix - np.diag(np.diag(matrix))
    true, said = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return Cell(int(true), int(said)) if wrong.any() else Cell(len(matrix) - 1, len(matrix) - 1)


def places(
    scores: Scores, threshold: float | None, case: Case | None, order: str = "sure"
) -> Places:
    """The images of a case (None: all), the surest mistakes first unless another order is asked.

    How sure: the score's distance from the threshold, or the called class's score where the
    largest decides. Mistakes come before right calls, so they begin furthest on the wrong side.
    """
    called, values = scores.predicted(threshold or 0.0), shown_scores(scores, threshold)
    if isinstance(case, Cell):
        inside = (scores.truth == case.true) & (called == case.said)
    elif isinstance(case, Span):
        inside = (values >= case.low) & (values <= case.high)
    else:
        inside = np.ones(len(scores), dtype=bool)
    found = np.flatnonzero(inside)
    return ordered(scores, threshold, found, order)


def ordered(scores: Scores, threshold: float | None, found: Places, order: str = "sure") -> Places:
    """Sort places by one of ORDERS; equal ones keep their order. Raises CxrError."""
    values = shown_scores(scores, threshold)[found]
    sure = np.abs(values - (threshold or 0.0)) if scores.binary else values
    if order == "sure":
        right = scores.predicted(threshold or 0.0)[found] == scores.truth[found]
        return found[np.lexsort((-sure, right))]
    keys = {"close": sure, "rising": values, "falling": -values}
    if order not in keys:
        raise CxrError(f"There is no order '{order}'. Choose one of: {', '.join(ORDERS)}.")
    return found[np.argsort(keys[order], kind="stable")]


def shown_scores(scores: Scores, threshold: float | None) -> NDArray[np.float64]:
    """The score that stands under an X-ray (n,): the positive class's, or the called one's."""
    if scores.binary:
        return scores.scores
    called = scores.predicted(threshold or 0.0)
    return scores.probabilities[np.arange(len(scores)), called]


def table(scores: Scores, threshold: float | None, found: Places) -> pd.DataFrame:
    """The stored columns of these images with `place`, `true`, `predicted`, `right`, `score`."""
    names = np.array(scores.classes, dtype=object)
    called = scores.predicted(threshold or 0.0)[found]
    return scores.rows.iloc[found].assign(
        place=found,
        true=names[scores.truth[found]],
        predicted=names[called],
        right=called == scores.truth[found],
        score=shown_scores(scores, threshold)[found],
    )


def find(scores: Scores, image_id: str) -> Places:
    """Where an image is among the rows; twice where the data holds a copy, empty where nowhere."""
    return np.flatnonzero((scores.rows["image_id"] == image_id).to_numpy())


def neighbours(
    scores: Scores, image_id: str, k: int = 6, threshold: float | None = 0.5
) -> pd.DataFrame:
    """The k images whose scores are nearest to an image's, with their classes and `distance`.

    The distance is the positive score's difference, or the largest of any class's (three classes).
    Raises CxrError for an unknown image.
    """
    own = find(scores, image_id)
    if not len(own):
        raise CxrError(f"This run has no {scores.split} X-ray '{image_id}'. Choose another one.")
    difference = np.abs(scores.probabilities - scores.probabilities[own[0]])
    distance = difference[:, 1] if scores.binary else difference.max(axis=1)
    others = np.delete(np.arange(len(scores)), own)
    nearest = others[np.argsort(distance[others], kind="stable")[: max(k, 0)]]
    return table(scores, threshold, nearest).assign(distance=distance[nearest])


def describe(scores: Scores, threshold: float | None, case: Case) -> str:
    """What a case holds, in a sentence."""
    inside = places(scores, threshold, case)
    called = scores.predicted(threshold or 0.0)
    if isinstance(case, Cell):
        of = int((scores.truth == case.true).sum())
        right = "rightly" if case.true == case.said else "wrongly"
        names = word(scores.classes[case.true]), word(scores.classes[case.said])
        return f"{len(inside):,} of {of:,} {names[0]} X-rays are {right} called {names[1]}."
    parts = [
        f"{int((scores.truth[inside] == index).sum()):,} {word(name)}"
        for index, name in enumerate(scores.classes)
    ]
    wrong = int((called[inside] != scores.truth[inside]).sum())
    score = f"score {cut(case.low)} to {cut(case.high)}"
    if not scores.binary:
        score = f"have a largest score of {cut(case.low)} to {cut(case.high)}"
    return (
        f"{len(inside):,} of {len(scores):,} X-rays {score}: {', '.join(parts)}; "
        f"{wrong:,} called wrongly."
    )


def _span(low: str, high: str) -> Span | None:
    try:
        ends = float(low), float(high)
    except ValueError:
        return None
    inside = all(0 <= end <= 1 for end in ends)  # a NaN is not
    return Span(min(ends), max(ends)) if inside else None
