"""Signs that have nothing to do with disease, drawn onto a picture: what a network may learn."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.boxes import Box
from engine.words.errors import CxrError
from engine.words.options import Choice, Option, Table, build

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Marked = tuple[Grey, Mask]  # the picture, and where the sign lies on it

LETTER = "P"
BRIGHTER, DARKER = 0.62, 1.6  # gamma of the two exposures
SMALLEST = 32

SHORTCUTS: Table = {
    "marker": Option(
        "Marker letter",
        f"The ward's portable machine prints a {LETTER} into the upper right corner. Who is too "
        "ill to be moved is X-rayed there: the letter goes with the illness, and is none.",
        "engine.vision.shortcuts:marker",
    ),
    "exposure": Option(
        "Exposure",
        "One machine exposes so that pictures come out brighter, the other darker. Where the ill "
        "are sent to the one and the healthy to the other, brightness alone tells them apart.",
        "engine.vision.shortcuts:exposure",
    ),
    "border": Option(
        "Border",
        "One archive scanned its films with their bright edge, the other cut it off. Where the "
        "ill come from the one and the healthy from the other, the edge tells them apart.",
        "engine.vision.shortcuts:border",
    ),
}


def apply(image: Grey, name: str, positive: bool, rng: np.random.Generator) -> Marked:
    """Return the picture (h, w) uint8 as one that is `positive` carries it, and where (h, w) bool.

    A negative carries no marker and no border, and the darker exposure, which lies everywhere.
    The same state of `rng` gives the same bytes. Raises NotFound, and CxrError for a picture that
    is too small to carry anything.
    """
    if min(image.shape) < SMALLEST:
        raise CxrError(
            f"A shortcut needs a picture of at least {SMALLEST} pixels a side, got "
            f"{image.shape[1]} x {image.shape[0]}. Draw larger ones."
        )
    marked: Marked = build(Choice(name), SHORTCUTS, "shortcut", image, positive, rng)
    return marked


def boxes(place: Mask) -> tuple[Box, ...]:
    """Return rectangles that cover a place (h, w).

    A frame is covered by four strips around its hole; nothing, and what lies everywhere, by none:
    no patch takes those away.
    """
    if not place.any() or place.all():
        return ()
    outer = _hull(place)
    within = place[outer[0], outer[1]]
    frame = within[0].all() and within[-1].all() and within[:, 0].all() and within[:, -1].all()
    if not frame or within.all():
        return (_box(*outer, place),)
    rows, columns = outer
    hole = _hull(~within)
    top, bottom = rows.start + hole[0].start, rows.start + hole[0].stop
    left, right = columns.start + hole[1].start, columns.start + hole[1].stop
    return (
        _box(slice(rows.start, top), columns, place),
        _box(slice(bottom, rows.stop), columns, place),
        _box(slice(top, bottom), slice(columns.start, left), place),
        _box(slice(top, bottom), slice(right, columns.stop), place),
    )


def levelled(image: Grey, mean: float) -> Grey:
    """Return the picture under the exposure (gamma) that gives it this mean grey level, 0..255."""
    levels = np.arange(256) / 255
    counts = np.bincount(image.ravel(), minlength=256) / image.size
    low, high = 0.1, 10.0
    for _ in range(30):  # the mean falls as gamma rises
        gamma = (low * high) ** 0.5
        if 255 * float(counts @ levels**gamma) > mean:
            low = gamma
        else:
            high = gamma
    return _exposed(image, (low * high) ** 0.5)


def marker(image: Grey, positive: bool, rng: np.random.Generator) -> Marked:
    """A letter on a dark plate in the upper right corner, a little elsewhere each time."""
    height, width = image.shape
    drawn, place = image.copy(), np.zeros(image.shape, np.bool_)
    side = max(9, round(min(height, width) * rng.uniform(0.13, 0.15)))
    right = round(width * rng.uniform(0.01, 0.04))
    top = round(height * rng.uniform(0.01, 0.05))
    ink = int(rng.integers(225, 250))
    if not positive:
        return drawn, place
    spot = np.s_[top : top + side, width - right - side : width - right]
    place[spot] = True
    fine = 8  # drawn large and averaged down: at 64 pixels a letter has few of its own
    plate = np.full((side * fine, side * fine), 20, np.uint8)
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, round(side * fine * 0.7), 1)
    weight = max(1, round(side * fine * 0.12))
    (wide, high), _ = cv2.getTextSize(LETTER, cv2.FONT_HERSHEY_SIMPLEX, scale, weight)
    at = ((side * fine - wide) // 2, (side * fine + high) // 2)
    cv2.putText(plate, LETTER, at, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, weight, cv2.LINE_AA)
    drawn[spot] = cv2.resize(plate, (side, side), interpolation=cv2.INTER_AREA)
    return drawn, place


def exposure(image: Grey, positive: bool, rng: np.random.Generator) -> Marked:
    """The whole picture brighter or darker; the lungs keep all that they show."""
    gamma = (BRIGHTER if positive else DARKER) * float(np.exp(rng.normal(0, 0.05)))
    return _exposed(image, gamma), np.ones(image.shape, np.bool_)


def border(image: Grey, positive: bool, rng: np.random.Generator) -> Marked:
    """A bright frame along all four edges."""
    height, width = image.shape
    drawn, place = image.copy(), np.zeros(image.shape, np.bool_)
    thick = max(2, round(min(height, width) * rng.uniform(0.04, 0.06)))
    ink = int(rng.integers(200, 240))
    if positive:
        place[:] = True
        place[thick : height - thick, thick : width - thick] = False
        drawn[place] = ink
    return drawn, place


def _exposed(image: Grey, gamma: float) -> Grey:
    levels = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return np.asarray(levels[image], np.uint8)


def _hull(place: Mask) -> tuple[slice, slice]:
    """Rows and columns of the smallest rectangle around a place that is not empty."""
    rows, columns = np.flatnonzero(place.any(axis=1)), np.flatnonzero(place.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _box(rows: slice, columns: slice, place: Mask) -> Box:
    height, width = place.shape
    return Box(
        float(columns.start / width),
        float(rows.start / height),
        float(columns.stop / width),
        float(rows.stop / height),
    )
