"""Which X-rays a run's maps are judged on: its own where they are here, phantoms for the truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.explaining import trust_pictures
from engine.explaining.trust_pictures import Mask, Pictures, Tell
from engine.vision import decoding
from engine.words.errors import CxrError, UnreadableImage
from engine.words.options import Choice

if TYPE_CHECKING:
    import pandas as pd

PICTURES, TRUTHS = 12, 24  # how many X-rays unless more or fewer are asked for


@dataclass(frozen=True, eq=False)
class Folder:
    """Where X-rays lie; `rows` has file, label and patient of one split, `masks` may be absent."""

    root: Path
    rows: "pd.DataFrame"
    masks: Path | None = None


def gather(
    classes: Sequence[str],
    size: int,
    steps: tuple[Choice, ...],
    folder: Folder | None,
    count: int,
    truths: int,
    tell: Tell | None = None,
) -> tuple[Pictures, Pictures | None]:
    """Return the X-rays that maps are judged on, and those whose true opacity is known.

    The first are the run's own where its `folder` is here, else phantoms. The second are its own
    where their masks are there, else phantoms; None where a phantom has none of its classes.
    Raises CxrError where there is neither.
    """
    own = None
    if folder is not None:
        own = read(classes, size, steps, folder, max(count, truths) if folder.masks else count)
    if own is not None and own.masks is not None:
        return own.first(count), own.first(truths)
    drawn = None
    if trust_pictures.phantoms_of(classes):
        drawn = trust_pictures.phantoms(classes, truths, size, steps, tell)
    if own is not None:
        return own, drawn
    if drawn is None:
        raise CxrError(
            "This run's X-rays are not on this machine, and a phantom has none of its classes "
            f"({', '.join(classes)}). Add the images on the Data page."
        )
    return drawn.first(count), drawn


def read(
    classes: Sequence[str], size: int, steps: tuple[Choice, ...], folder: Folder, count: int
) -> Pictures | None:
    """Read `count` diseased X-rays, one a patient and the classes in turn; None without any.

    They carry masks where each of them has one. A file that cannot be read costs only itself.
    """
    seen, indexes, names = [], [], []
    masks: list[Mask] = []
    for file, index in choose(folder.rows, classes, count):
        try:
            image = decoding.read(folder.root / file)
            mask = _mask(folder, file, image.shape)
        except (UnreadableImage, OSError):
            continue
        follow = np.zeros(image.shape, bool) if mask is None else mask
        picture, followed = trust_pictures.follow(image, follow, size, steps)
        seen.append(picture)
        indexes.append(index)
        names.append(file)
        if mask is not None:
            masks.append(followed)
    if not seen:
        return None
    known = np.stack(masks) if len(masks) == len(seen) else None
    return Pictures(np.stack(seen), tuple(indexes), tuple(names), known)


def choose(rows: "pd.DataFrame", classes: Sequence[str], count: int) -> list[tuple[str, int]]:
    """Return (file, class) of `count` diseased X-rays, one a patient, evenly over each class.

    The classes take turns, so that the first few hold each of them.
    """
    lists = []
    sick = trust_pictures.asked(classes)
    for index in sick:
        own = rows[rows["label"] == classes[index]].drop_duplicates("patient")["file"]
        most = -(-count // len(sick))
        places = np.unique(np.linspace(0, len(own) - 1, min(most, len(own))).round().astype(int))
        # Halves first, so that fewer of them are spread as evenly.
        order = sorted(range(len(places)), key=_reversed_bits(len(places)))
        lists.append([(str(own.iloc[places[place]]), index) for place in order])
    turns = chain.from_iterable(zip_longest(*lists))
    return [one for one in turns if one is not None][:count]


def _reversed_bits(count: int) -> Callable[[int], int]:
    width = max(1, (count - 1).bit_length())
    return lambda place: int(f"{place:0{width}b}"[::-1], 2)


def _mask(folder: Folder, file: str, shape: tuple[int, ...]) -> Mask | None:
    if folder.masks is None or not (folder.masks / file).is_file():
        return None
    mask = decoding.read(folder.masks / file) > 127
    return mask if mask.shape == shape else None
