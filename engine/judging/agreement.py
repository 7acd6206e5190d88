"""Where runs agree and where they do not, and what they are worth together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.judging.pairing import Aligned, align, check_classes
from engine.judging.scores import PREFIX, Scores, classes_of, splits_of
from engine.words.errors import CxrError

WAYS = {
    "mean": "The mean of the runs' probabilities; a threshold chosen on validation decides.",
    "vote": "Each run decides at its own threshold; the score is the share of votes for a class. "
    "Half of the votes are enough for the second class of two.",
}
MAJORITY = 0.5
ROWS = ("image_id", "file", "patient", "kind", "label")
Calls = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Agreement:
    """How often runs say the same of an image, for each two of them."""

    share: pd.DataFrame  # equal calls of all images, runs x runs
    kappa: pd.DataFrame  # Cohen's kappa; NaN where both say one and the same of every image
    images: int
    unanimous: int  # images that all runs call alike


def calls(aligned: Aligned, thresholds: Mapping[str, float]) -> dict[str, Calls]:
    """What each run says of each image (n,), at its own threshold where two classes have one."""
    return {
        name: scores.predicted(thresholds.get(name, MAJORITY))
        for name, scores in aligned.runs.items()
    }


def agreement(said: Mapping[str, Calls]) -> Agreement:
    """Compare every run's calls with every other's."""
    from sklearn.metrics import cohen_kappa_score  # slow to import

    names = list(said)
    share = pd.DataFrame(1.0, index=names, columns=names)
    kappa = share.copy()
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            a, b = said[first], said[second]
            share.loc[first, second] = share.loc[second, first] = float((a == b).mean())
            alike = len(np.union1d(a, b)) < 2  # kappa would divide by zero
            value = np.nan if alike else float(cohen_kappa_score(a, b))
            kappa.loc[first, second] = kappa.loc[second, first] = value
    table = np.stack(list(said.values()))
    same = int((table == table[0]).all(axis=0).sum())
    return Agreement(share, kappa, table.shape[1], same)


def disagreements(aligned: Aligned, said: Mapping[str, Calls]) -> pd.DataFrame:
    """The images that not all runs call alike, the furthest apart first.

    Columns: those of ROWS, `apart` (the largest difference of two runs in any class's probability)
    and for each run its call and its score, of the second class of two or of the called one.
    """
    table = np.stack(list(said.values()))
    places = np.flatnonzero((table != table[0]).any(axis=0))
    chances = np.stack([scores.probabilities[places] for scores in aligned.runs.values()])
    apart = (chances.max(axis=0) - chances.min(axis=0)).max(axis=1) if len(places) else []
    rows = aligned.first.rows.iloc[places]
    found = rows[[name for name in ROWS if name in rows.columns]].assign(apart=apart)
    classes = np.array(aligned.classes)
    for name, scores in aligned.runs.items():
        called = said[name][places]
        looked = np.ones_like(called) if scores.binary else called
        found[call_column(name)] = classes[called]
        found[score_column(name)] = scores.probabilities[places, looked]
    order = np.argsort(-np.asarray(apart), kind="stable")
    return found.iloc[order].reset_index(drop=True)


def call_column(name: str) -> str:
    """The column of `disagreements` with a run's call."""
    return f"{name} says"


def score_column(name: str) -> str:
    """The column of `disagreements` with a run's score."""
    return f"{name} score"


def together(
    predictions: Mapping[str, pd.DataFrame],
    classes: tuple[str, ...],
    how: str = "mean",
    thresholds: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """An ensemble's predictions, as a run stores them, of the images that all members judged.

    `how` is a key of WAYS; `thresholds` are the members' own, for the vote. Splits that the members
    do not share are left out; validation stays, so that a threshold can be chosen on it. Raises
    CxrError where members tell other classes apart or share no image at all.
    """
    if how not in WAYS:
        raise CxrError(f"There is no ensemble '{how}'. Choose one of: {', '.join(WAYS)}.")
    if len(predictions) < 2:
        raise CxrError(f"An ensemble needs two or more runs, got {len(predictions)}.")
    check_classes({name: classes_of(table) for name, table in predictions.items()})
    shared = set.intersection(*(set(splits_of(table)) for table in predictions.values()))
    parts, problem = [], CxrError("These runs have no split in common.")
    for split in sorted(shared):
        runs = {name: Scores.of(table, split, classes) for name, table in predictions.items()}
        try:
            parts.append(_split(align(runs), split, how, thresholds or {}))
        except CxrError as error:  # no image in common there; another split may have some
            problem = error
    if not parts:
        raise problem
    return pd.concat(parts, ignore_index=True)


def _split(aligned: Aligned, split: str, how: str, thresholds: Mapping[str, float]) -> pd.DataFrame:
    if how == "mean":
        scores = np.mean([entry.probabilities for entry in aligned.runs.values()], axis=0)
    else:
        said = calls(aligned, thresholds).values()
        scores = np.mean([np.eye(len(aligned.classes))[called] for called in said], axis=0)
    table = aligned.first.rows.assign(split=split)
    for index, name in enumerate(aligned.classes):
        table[PREFIX + name] = scores[:, index]
    return table
