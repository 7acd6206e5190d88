"""What a run says of the images of one split: the true class beside a probability per class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.words.errors import CxrError

PREFIX = "score_"
REST = "not "  # one class against all others: ("not VIRAL", "VIRAL")
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Scores:
    """True classes and probabilities of one split; row i of every field is the same image."""

    split: str
    classes: tuple[str, ...]  # of two, the second is the positive one
    truth: NDArray[np.intp]  # (n,) index into classes
    probabilities: NDArray[np.float64]  # (n, classes), each in 0..1
    rows: pd.DataFrame  # image_id, file, label, patient, kind ... as stored

    @classmethod
    def of(cls, predictions: pd.DataFrame, split: str, classes: Sequence[str] = ()) -> Self:
        """Read stored predictions (columns split, label, score_<CLASS>).

        Without `classes` the order of the score columns counts. Raises CxrError where the split is
        empty, a class is unknown or a score is no probability.
        """
        names = tuple(classes) or classes_of(predictions)
        check_columns(predictions, names)
        rows = predictions[predictions["split"] == split].reset_index(drop=True)
        if rows.empty:
            there = ", ".join(splits_of(predictions)) or "none"
            raise CxrError(f"This run has no predictions for '{split}'. It has: {there}.")
        truth = pd.Index(names).get_indexer(pd.Index(rows["label"]))
        if (truth < 0).any():
            strange = rows["label"][truth < 0].iloc[0]
            raise CxrError(f"Expected the classes {', '.join(names)}; '{strange}' came.")
        values = rows[[PREFIX + name for name in names]].to_numpy(dtype=np.float64)
        check_probabilities(values, rows)
        about = rows[[name for name in rows.columns if not str(name).startswith(PREFIX)]]
        # Plain Python strings: taking rows of them is ten times as fast as of Arrow's.
        return cls(split, names, truth.astype(np.intp), values, about.astype(object))

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def binary(self) -> bool:
        """Whether a threshold decides (two classes) rather than the largest score."""
        return len(self.classes) == 2

    @property
    def positive(self) -> str:
        """The class that a threshold looks for; raises CxrError for more than two classes."""
        self._need_two()
        return self.classes[1]

    @property
    def negative(self) -> str:
        """The other one of two classes."""
        self._need_two()
        return self.classes[0]

    @property
    def scores(self) -> NDArray[np.float64]:
        """The positive class's probability, (n,)."""
        self._need_two()
        return self.probabilities[:, 1]

    def predicted(self, threshold: float = 0.5) -> NDArray[np.intp]:
        """Class indices (n,): score >= threshold for two classes, the largest score for more."""
        if self.binary:
            return (self.scores >= threshold).astype(np.intp)
        return self.probabilities.argmax(axis=1)

    def against(self, index: int) -> Self:
        """One class against all others, as two classes; class 1 of two is that already."""
        if not 0 <= index < len(self.classes):
            raise CxrError(f"Expected a class from 0 to {len(self.classes) - 1}, got {index}.")
        if self.binary and index == 1:
            return self
        name = self.classes[index]
        other = self.classes[1] if self.binary else REST + name
        score = self.probabilities[:, index]
        probabilities = np.stack([1 - score, score], axis=1)
        truth = (self.truth == index).astype(np.intp)
        return type(self)(self.split, (other, name), truth, probabilities, self.rows)

    def counts_by_class(self) -> dict[str, int]:
        """How many images each true class has."""
        counts = np.bincount(self.truth, minlength=len(self.classes))
        return dict(zip(self.classes, map(int, counts), strict=True))

    def _need_two(self) -> None:
        if not self.binary:
            raise CxrError(f"A threshold needs two classes; this run has {len(self.classes)}.")


def classes_of(predictions: pd.DataFrame) -> tuple[str, ...]:
    """The classes that the score columns name, in their order."""
    return tuple(
        str(name).removeprefix(PREFIX)
        for name in predictions.columns
        if str(name).startswith(PREFIX)
    )


def splits_of(predictions: pd.DataFrame) -> tuple[str, ...]:
    """The splits that have predictions, in the order train, validation, test."""
    there = set(predictions["split"])
    return tuple(name for name in SPLITS if name in there)


def check_columns(predictions: pd.DataFrame, classes: Sequence[str]) -> None:
    """Raise CxrError where a column that judging needs is missing."""
    if len(classes) < 2:
        raise CxrError(f"Expected the scores of two or more classes, got {len(classes)}.")
    for name in ("split", "label", *(PREFIX + entry for entry in classes)):
        if name not in predictions.columns:
            raise CxrError(f"The predictions have no column '{name}'. Train the run again.")


def check_probabilities(values: NDArray[np.float64], rows: pd.DataFrame) -> None:
    """Raise CxrError, with the first file, where a score is missing or outside 0..1."""
    bad = ~((values >= 0) & (values <= 1)).all(axis=1)  # a NaN fails both comparisons
    if bad.any():
        first = rows.iloc[int(np.flatnonzero(bad)[0])]
        name = first["file"] if "file" in rows.columns else "the first of them"
        raise CxrError(
            f"Scores must be numbers from 0 to 1; {int(bad.sum())} of {len(rows)} images have "
            f"another one (such as {name}). The training went wrong: train the run again with a "
            "smaller learning rate."
        )
