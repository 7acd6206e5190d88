"""Which images teach (train), which choose (validation) and which judge (test)."""

import numpy as np
import pandas as pd

from engine.words.errors import CxrError
from engine.words.recipe import Split

TRAIN, VALIDATION, TEST = PARTS = ("train", "validation", "test")
MIN_VALIDATION = 20  # images; Kermany's own 16 say nothing


def assign(
    images: pd.DataFrame, target: "pd.Series[str]", split: Split, seed: int
) -> "pd.Series[str]":
    """Return each image's part; the same seed gives the same parts.

    `target` holds the class of each row. Raises CxrError where a part would lack a class.
    """
    classes = target.astype(str)
    if split.kind == "official":
        parts = _official(images, classes, split, seed)
    elif split.k:
        parts = _one_fold(images, classes, split, seed)
    else:
        groups = _groups(images) if split.kind == "patient" else _each(images)
        everything = np.ones(len(images), dtype=bool)
        parts = pd.Series(TRAIN, index=images.index)
        test = _draw(classes, groups, everything, split.test, seed)
        parts[test] = TEST
        parts[_draw(classes, groups, ~test, split.validation, seed + 1)] = VALIDATION
    _check(parts, classes)
    return parts


def _official(
    images: pd.DataFrame, classes: "pd.Series[str]", split: Split, seed: int
) -> "pd.Series[str]":
    parts = images["split"].copy()
    if not {TRAIN, TEST} <= set(parts):
        raise CxrError(
            "The official split needs folders train and test; this data has "
            f"{', '.join(sorted(set(parts) - {''})) or 'none'}. Choose the split 'patient'."
        )
    if (parts == "").any():
        first = images.loc[parts == "", "file"].iloc[0]
        raise CxrError(
            f"The official split needs each image under train, val or test; {first} is not. "
            "Move it, or choose the split 'patient'."
        )
    own = parts == VALIDATION
    if own.sum() >= MIN_VALIDATION and set(classes[own]) == set(classes):
        return parts
    parts[own] = TRAIN
    open_ = (parts == TRAIN).to_numpy()
    parts[_draw(classes, _groups(images), open_, split.validation, seed)] = VALIDATION
    return parts


def folds(
    images: pd.DataFrame, target: "pd.Series[str]", split: Split, seed: int
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return the fold (1..k) in which each image judges; the seed alone decides.

    By scikit-learn's StratifiedGroupKFold (a patient's images, and copies of one image, stay
    together) or StratifiedKFold. Raises CxrError where a class is too small for k folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    classes = target.astype(str).to_numpy(dtype=object)
    grouped = split.kind == "patient_folds"
    groups = _groups(images) if grouped else _each(images)
    _check_folds(classes, groups, split)
    make = StratifiedGroupKFold if grouped else StratifiedKFold
    divide = make(split.k, shuffle=True, random_state=seed).split
    rows = np.zeros(len(images))
    found = np.zeros(len(images), dtype=np.int64)
    parts = divide(rows, classes, groups) if grouped else divide(rows, classes)
    for number, (_, judged) in enumerate(parts, 1):
        found[judged] = number
    return found


def _one_fold(
    images: pd.DataFrame, classes: "pd.Series[str]", split: Split, seed: int
) -> "pd.Series[str]":
    check_fold(split)
    test = folds(images, classes, split, seed) == split.fold
    groups = _groups(images) if split.kind == "patient_folds" else _each(images)
    parts = pd.Series(TRAIN, index=images.index)
    parts[test] = TEST
    parts[_draw(classes, groups, ~test, split.validation, seed + 1)] = VALIDATION
    return parts


def check_fold(split: Split) -> None:
    """Raise CxrError where a split stands for k networks and so divides for none of them."""
    if split.every_fold:
        raise CxrError(
            f"Fold 0 stands for all {split.k} networks together and cannot be trained. Choose a "
            f"fold from 1 to {split.k}, or start a study of all folds."
        )


def _check_folds(
    classes: "np.ndarray[tuple[int], np.dtype[np.object_]]",
    groups: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    split: Split,
) -> None:
    for name in sorted(set(classes)):
        there = len(np.unique(groups[classes == name]))
        if there < split.k:
            what = "patients" if split.kind == "patient_folds" else "images"
            raise CxrError(
                f"{split.k} folds need at least {split.k} {what} of each class; {name} has "
                f"{there}. Choose fewer folds or add images."
            )


def _each(images: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.arange(len(images))


def _groups(images: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Number the images that must stay together: one patient's, and copies of one image."""
    groups = pd.factorize(images["patient"])[0].astype(np.int64)
    while True:  # a copy under another patient's name joins the two patients
        joined = pd.Series(groups).groupby(images["image_id"].to_numpy()).transform("min")
        merged = joined.groupby(groups).transform("min").to_numpy()
        if (merged == groups).all():
            return groups
        groups = merged


def _draw(
    classes: "pd.Series[str]",
    groups: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    open_: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    share: float,
    seed: int,
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Draw whole groups from the open rows until each class has its share; return the rows.

    Groups come in random order; one is taken while it brings the counts nearer to the wanted
    ones, so that class shares come out within a few images.
    """
    table = pd.crosstab(groups[open_], classes.to_numpy()[open_])
    counts = table.to_numpy().astype(float)
    wanted = counts.sum(axis=0) * share
    scale = np.maximum(wanted, 1.0)
    order = np.random.default_rng(seed).permutation(len(counts))
    have = np.zeros_like(wanted)
    taken = []
    for row in order:
        with_it = have + counts[row]
        if _distance(with_it, wanted, scale) < _distance(have, wanted, scale):
            have = with_it
            taken.append(row)
    chosen = table.index.to_numpy()[taken]
    return open_ & np.isin(groups, chosen)


def _distance(
    have: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    wanted: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    scale: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> float:
    return float((((have - wanted) / scale) ** 2).sum())


def _check(parts: "pd.Series[str]", classes: "pd.Series[str]") -> None:
    every = sorted(set(classes))
    if len(every) < 2:
        raise CxrError(f"A split needs images of at least two classes; got only {every[0]}.")
    for part in PARTS:
        missing = sorted(set(every) - set(classes[parts == part]))
        if missing:
            raise CxrError(
                f"The {part} part has no image of class {', '.join(missing)}: there are too few "
                "images or patients for this split. Raise its share, add images or choose "
                "another split."
            )
