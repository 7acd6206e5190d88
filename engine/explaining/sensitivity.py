"""Occlusion sensitivity: a patch slides over the picture, and the score is asked at each place.

Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks (arXiv 1311.2901).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.explaining.covering import Predict, Scores, View, ask
from engine.explaining.occlusion import DEFAULT, Box, Grey
from engine.words.files import digest, digest_json
from engine.words.options import Param

Tell = Callable[[int, int, str], None]  # done, total, what; it may raise Cancelled

AREA, VERSION = "views", 1  # the caches' folder; raise it when the meaning of what is kept changes
PATCH = Param(
    0.2,
    "Side of the patch as a share of the picture's side: a large one hides enough to matter, a "
    "small one tells places apart.",
    0.1,
    0.5,
)
CELLS = 64  # a side of the map
CHUNK = 32  # places between two reports
FAINT = 0.01  # a score that moves less is not worth a colour


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Scores (rows, columns, classes) with the patch at each place, and `plain` (classes,)."""

    plain: Scores
    covered: Scores
    patch: float

    def drops(self, index: int) -> NDArray[np.float32]:
        """How much the score of a class falls at each place (rows, columns); below 0: it rises."""
        return np.asarray(self.plain[index] - self.covered[..., index], np.float32)

    def spread(self, index: int) -> NDArray[np.float32]:
        """The mean drop of the patches that cover each cell of the picture, (CELLS, CELLS)."""
        drops = self.drops(index)
        total, count = np.zeros((CELLS, CELLS)), np.zeros((CELLS, CELLS))
        places = windows(self.patch)
        for drop, box in zip(drops.ravel(), places, strict=True):
            inside = box.pixels(CELLS, CELLS)
            total[inside] += drop
            count[inside] += 1
        return (total / count).astype(np.float32)


def windows(patch: float) -> list[Box]:
    """Return the places of the sliding patch, row by row: each overlaps the next by half."""
    count = int(np.ceil((1 - patch) / (patch / 2) - 1e-9)) + 1
    starts = np.linspace(0, 1 - patch, count)
    whole = Box(0, 0, patch, patch)
    return [whole.at(float(left), float(top)) for top in starts for left in starts]


def sensitivity(
    predict: Predict,
    image: Grey,
    view: View,
    how: str = DEFAULT,
    patch: float = 0.2,
    tell: Tell | None = None,
) -> Sensitivity:
    """Slide a patch over a picture (h, w) uint8 before its preprocessing; ask in batches.

    A patch of 0.1 has the most places, 361. `tell` may raise Cancelled. Raises CxrError on a patch
    out of bounds.
    """
    patch = float(PATCH.check(patch, "The sliding patch's side"))
    covers = [[], *([box] for box in windows(patch))]
    parts = []
    for start in range(0, len(covers), CHUNK):
        if tell:
            tell(start, len(covers), "Sliding the patch")
        parts.append(ask(predict, image, view, covers[start : start + CHUNK], how))
    given = np.concatenate(parts)
    side = round(len(covers[1:]) ** 0.5)
    return Sensitivity(given[0], given[1:].reshape(side, side, -1), patch)


def kept(
    key: str,
    predict: Predict,
    image: Grey,
    view: View,
    steps: object,
    how: str = DEFAULT,
    patch: float = 0.2,
    tell: Tell | None = None,
) -> Sensitivity:
    """The same, kept on disk under the model's content hash `key`, the pixels and `steps` (JSON).

    `steps` is what `view` does; the map of each class comes from the same scores.
    """
    name = name_of(key, image, steps, how, patch)

    def make(path: Path) -> None:
        found = sensitivity(predict, image, view, how, patch, tell)
        np.savez_compressed(path, plain=found.plain, covered=found.covered)

    with np.load(cache.fetch(AREA, name, ".npz", make)) as stored:
        return Sensitivity(stored["plain"], stored["covered"], patch)


def name_of(key: str, image: Grey, steps: object, how: str, patch: float) -> str:
    """Return what a map is kept under: a hash of everything that determines it."""
    pixels = digest(np.ascontiguousarray(image).tobytes())
    return digest_json(["occlusion", VERSION, key, pixels, list(image.shape), steps, how, patch])
