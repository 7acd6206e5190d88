"""What a cover does to a score beside what the same cover does at other places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.explaining.occlusion import HOW, Box, Grey, cover
from engine.explaining.overlay import stretch
from engine.vision.boxes import mask

Scores = NDArray[np.float32]  # (classes,), or (n, classes)
Heat = NDArray[np.float32]  # over the picture, any size
Predict = Callable[[NDArray[np.uint8]], Scores]  # (n, s, s) -> (n, classes)
View = Callable[[Grey], Grey]  # the run's preprocessing: (h, w) -> (s, s)

PLACES = 12  # at random: enough for a median and a range
GRID = 128  # cells a side in which the hottest place is looked for
CHUNK = 32  # pictures asked about together: memory stays small


@dataclass(frozen=True, eq=False)
class Baseline:
    """Scores of the same patches at `places` at random (n, classes), and at the hottest place.

    `hottest` and its scores (classes,) are none where the heat map is empty.
    """

    places: tuple[tuple[Box, ...], ...]
    random: Scores
    hottest: tuple[Box, ...] = ()
    hot: Scores | None = None


def ask(
    predict: Predict, image: Grey, view: View, covers: Sequence[Sequence[Box]], how: str
) -> Scores:
    """Return scores (n, classes) of a picture (h, w) under each of n covers; none is it as it is.

    The cover lies on the picture as it came, before the run's preprocessing.
    """
    parts = []
    for start in range(0, len(covers), CHUNK):
        chunk = [view(cover(image, boxes, how)) for boxes in covers[start : start + CHUNK]]
        parts.append(predict(np.stack(chunk)))
    return np.concatenate(parts)


def baseline(
    predict: Predict,
    image: Grey,
    view: View,
    boxes: Sequence[Box],
    how: str,
    heat: Heat | None = None,
    places: int = PLACES,
) -> Baseline:
    """Cover as much elsewhere: at random places and, with a heat map, where it is hottest.

    It depends on the sizes of `boxes` alone, not on where they are.
    """
    random = elsewhere(boxes, places)
    hot = hottest(heat, boxes) if heat is not None else ()
    given = ask(predict, image, view, [*random, *([hot] if hot else [])], how)
    return Baseline(random, given[:places], hot, given[places] if hot else None)


def each_way(predict: Predict, image: Grey, view: View, boxes: Sequence[Box]) -> dict[str, Scores]:
    """Return the scores (classes,) under the same boxes for each row of HOW."""
    squares = np.stack([view(cover(image, boxes, how)) for how in HOW])
    return dict(zip(HOW, predict(squares), strict=True))


def elsewhere(boxes: Sequence[Box], count: int, seed: int = 0) -> tuple[tuple[Box, ...], ...]:
    """Return boxes of the same sizes at `count` random places; the same ones for the same sizes."""
    random = np.random.default_rng(seed)
    shares = random.random((count, len(boxes), 2))
    return tuple(
        tuple(
            box.at(float(x) * (1 - box.width), float(y) * (1 - box.height))
            for box, (x, y) in zip(boxes, drawn, strict=True)
        )
        for drawn in shares
    )


def hottest(heat: Heat, boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Return boxes of the same sizes where a map (over the picture) holds the most heat.

    The largest takes its place first, and what lies under it counts no more. Empty map: none.
    """
    left = stretch(np.maximum(heat, 0), GRID, GRID)
    if not left.any():
        return ()
    found: dict[int, Box] = {}
    for index in sorted(range(len(boxes)), key=lambda at: -boxes[at].width * boxes[at].height):
        found[index] = _hottest(left, boxes[index])
        left = np.where(mask([found[index]], GRID, GRID), np.float32(0), left)
    return tuple(found[index] for index in range(len(boxes)))


def _hottest(heat: Heat, box: Box) -> Box:
    wide = max(1, min(GRID, round(box.width * GRID)))
    high = max(1, min(GRID, round(box.height * GRID)))
    sums = cv2.integral(heat.astype(np.float64))
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    # Of many equal places the middle one: the first would lean to the upper left.
    rows, columns = np.nonzero(inside >= inside.max() * (1 - 1e-9))
    middle = np.argmin(np.hypot(rows - rows.mean(), columns - columns.mean()))
    return box.at(float(columns[middle]) / GRID, float(rows[middle]) / GRID)
