"""Runs brought together image by image: row i of every run is the same X-ray."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.judging.scores import Scores
from engine.words.errors import CxrError

KEY = ["image_id", "label", "copy"]  # a file may be there twice: the first copy meets the first


@dataclass(frozen=True, eq=False)
class Aligned:
    """Several runs' scores of the images that all of them judged, in one order."""

    runs: dict[str, Scores]
    left_out: dict[str, int]  # images of each run that another one did not judge

    @property
    def first(self) -> Scores:
        """The scores whose truth and rows hold for all."""
        return next(iter(self.runs.values()))

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that all runs tell apart."""
        return self.first.classes

    @property
    def sentence(self) -> str:
        """Which images count, and what is left out."""
        split, images = self.first.split, len(self.first)
        if not any(self.left_out.values()):
            return f"All were judged on the same {images:,} {split} X-rays."
        parts = [f"{count:,} of {name}" for name, count in self.left_out.items() if count]
        return (
            f"Only the {images:,} {split} X-rays that every run judged count here; left out are "
            f"{', '.join(parts)}. They were split differently, and the split is part of the result."
        )

    def against(self, index: int) -> "Aligned":
        """One class against all others, in every run."""
        runs = {name: scores.against(index) for name, scores in self.runs.items()}
        return Aligned(runs, self.left_out)


@dataclass(frozen=True, eq=False)
class Pair:
    """Two runs' scores of the same images."""

    a: Scores
    b: Scores
    left_out: tuple[int, int]  # images that only a, only b judged

    def __len__(self) -> int:
        return len(self.a)


def align(runs: Mapping[str, Scores]) -> Aligned:
    """Bring runs together on the images that all judged.

    Raises CxrError where they tell other classes apart or share no image.
    """
    if not runs:
        raise CxrError("Expected at least one run to compare, got none.")
    check_classes({name: scores.classes for name, scores in runs.items()})
    keys = {name: _keys(scores) for name, scores in runs.items()}
    common = next(iter(keys.values()))
    for index in keys.values():
        common = common[common.isin(index)]
    if common.empty:
        split = next(iter(runs.values())).split
        raise CxrError(
            f"These runs have no {split} X-ray in common ({', '.join(runs)}), so they cannot be "
            "compared image by image. Choose runs that were trained on the same data and split."
        )
    taken = {name: _take(scores, keys[name].get_indexer(common)) for name, scores in runs.items()}
    left_out = {name: len(scores) - len(common) for name, scores in runs.items()}
    return Aligned(taken, left_out)


def paired(a: Scores, b: Scores) -> Pair:
    """Bring two runs together on the images that both judged; raises CxrError as `align`."""
    both = align({"a": a, "b": b})
    return Pair(both.runs["a"], both.runs["b"], (both.left_out["a"], both.left_out["b"]))


def check_classes(classes: Mapping[str, tuple[str, ...]]) -> None:
    """Raise CxrError, with what each run tells apart, where they are not alike."""
    if len(set(classes.values())) < 2:
        return
    parts = [f"{name} tells {', '.join(entry)} apart" for name, entry in classes.items()]
    raise CxrError(
        f"Only runs with the same classes can be compared: {'; '.join(parts)}. Choose runs of one "
        "kind."
    )


def _keys(scores: Scores) -> pd.MultiIndex:
    rows = scores.rows[["image_id", "label"]]
    copy = rows.groupby(["image_id", "label"], sort=False).cumcount()
    return pd.MultiIndex.from_frame(rows.assign(copy=copy), names=KEY)


def _take(scores: Scores, places: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Scores:
    if len(places) == len(scores) and (places == np.arange(len(scores))).all():
        return scores
    rows = scores.rows.iloc[places].reset_index(drop=True)
    return Scores(
        scores.split, scores.classes, scores.truth[places], scores.probabilities[places], rows
    )
