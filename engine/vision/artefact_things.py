"""Small bright things with edges sharper than any bone's: letters, frames, metal."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.artefact_grain import grain_of
from engine.vision.artefact_view import Field
from engine.vision.evidence import Box

WIDEST = 19  # pixels of 256: what is broader in every direction is anatomy
CONTRAST, CONTRAST_ON_WHITE = 35.0, 15.0  # grey levels above what lies around
SHARP = 0.35  # rise in one pixel, as a share of the contrast; of 20 ribs' edges one has more
STEEPER, STEEPEST = 21.0, 34.0  # grey levels from one pixel to the next; the latter is enough
HALF = 0.45
STEEP = 18.0  # grey levels from one pixel to the next
REACH = 7  # pixels around a steep edge that may belong to a thing
BRIGHTEST = 98  # percentile: what anatomy reaches
LEAST = 8  # pixels
MOST = 300  # components looked at, the largest first
RAMP = 5  # pixels
BLACK = 35.0  # rows and columns that are darker throughout are no part of the exposure


@dataclass(frozen=True)
class Thing:
    """One bright component; x, y, width, height and stroke in pixels of the 256 px picture."""

    x: int
    y: int
    width: int
    height: int
    area: int
    stroke: float  # the widest line in it
    contrast: float
    slope: float  # of its edge, grey levels a pixel
    white: float  # its brightest part, in grey levels over the picture's brightest anatomy
    sharp: float  # that slope as a share of the contrast
    on_rim: float  # share of its pixels near its box's border: 1 for a frame
    round: float  # 1 where its outline is the same when turned and mirrored, as a disc's is

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.width, self.height)

    @property
    def filled(self) -> float:
        """The share of its box."""
        return self.area / (self.width * self.height)

    def box(self, shape: tuple[int, ...]) -> Box:
        """In shares of a picture of this shape, with a small margin."""
        high, wide = shape
        left, top = max(0, self.x - 2), max(0, self.y - 2)
        right = min(wide, self.x + self.width + 2)
        bottom = min(high, self.y + self.height + 2)
        return left / wide, top / high, (right - left) / wide, (bottom - top) / high


def things(field: Field) -> list[Thing]:
    """Return the sharp bright components of a picture whose longer side is 256 pixels."""
    rows, columns = _exposed(field)
    above = _above(field, rows, columns)
    slope, grain = _slope(field), grain_of(field[rows, columns])
    steep = cv2.dilate((slope > STEEP + 2 * grain).astype(np.uint8), _disc(REACH))
    # Half of the highest nearby cuts a button off the rib that it lies on.
    highest = cv2.dilate(above, _disc(WIDEST))
    bright = float(np.percentile(field[rows, columns], BRIGHTEST))
    least = np.where(field > bright, CONTRAST_ON_WHITE, CONTRAST) + 3 * grain
    mask = steep * (above > np.maximum(least, HALF * highest)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:MOST] + 1
    large = [index for index in order if stats[index, cv2.CC_STAT_AREA] >= LEAST]
    seen = _Seen(field, above, slope, labels, bright)
    found = [_thing(seen, int(index), stats[index]) for index in large]
    return [thing for thing in found if _is_sharp(thing)]


def _above(field: Field, rows: slice, columns: slice) -> Field:
    """Brightness above what is broad; the exposed field and the black around it apart.

    The collimator's edge would else make a thin bright rim of whatever is lit.
    """
    disc = _disc(WIDEST)
    border = field.copy()
    high, wide = field.shape
    border[_moved(rows, high, RAMP), _moved(columns, wide, RAMP)] = 0
    above = border - cv2.morphologyEx(border, cv2.MORPH_OPEN, disc)
    inside = _moved(rows, high, -RAMP), _moved(columns, wide, -RAMP)
    lit = field[inside]
    above[inside] = lit - cv2.morphologyEx(lit, cv2.MORPH_OPEN, disc)
    return np.asarray(above, np.float32)


def _is_sharp(thing: Thing) -> bool:
    return thing.slope > STEEPEST or (thing.slope > STEEPER and thing.sharp > SHARP)


def _moved(part: slice, length: int, by: int) -> slice:
    """A part's ends moved outwards, but not an end that is the picture's own."""
    start = max(0, part.start - by) if part.start > 0 else 0
    stop = min(length, part.stop + by) if part.stop < length else length
    return slice(start, stop)


def _exposed(field: Field) -> tuple[slice, slice]:
    """Rows and columns inside the collimation's black border, which may hold letters."""
    rows = np.flatnonzero(np.percentile(field, 90, axis=1) > BLACK)
    columns = np.flatnonzero(np.percentile(field, 90, axis=0) > BLACK)
    if not rows.size or min(np.ptp(rows), np.ptp(columns)) < 4 * RAMP:
        return slice(0, field.shape[0]), slice(0, field.shape[1])
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


@dataclass(frozen=True, eq=False)
class _Seen:
    field: Field
    above: Field
    slope: Field
    labels: NDArray[np.int32]
    bright: float


def _thing(seen: _Seen, index: int, stats: NDArray[np.int32]) -> Thing:
    field, slope, labels = seen.field, seen.slope, seen.labels
    x, y, width, height, area = (int(value) for value in stats)
    near = np.s_[max(0, y - 1) : y + height + 1, max(0, x - 1) : x + width + 1]
    mask = labels[near] == index
    padded = np.pad(mask, 1).astype(np.uint8)
    edge = cv2.dilate(padded, np.ones((3, 3), np.uint8))[1:-1, 1:-1] > 0
    contrast = float(seen.above[near][mask].mean())
    rows, columns = np.nonzero(labels[y : y + height, x : x + width] == index)
    inside = np.minimum.reduce([rows, height - 1 - rows, columns, width - 1 - columns])
    return Thing(
        x=x,
        y=y,
        width=width,
        height=height,
        area=area,
        stroke=2 * float(cv2.distanceTransform(padded, cv2.DIST_L2, 3).max()),
        contrast=contrast,
        slope=float(np.percentile(slope[near][edge], 85)),
        white=float(np.percentile(field[near][mask], 90)) - seen.bright,
        sharp=float(np.percentile(slope[near][edge], 75)) / contrast,
        on_rim=float((inside < 4).mean()),
        round=_round(labels[y : y + height, x : x + width] == index),
    )


def _round(mask: NDArray[np.bool_]) -> float:
    """Overlap of the filled outline with itself, mirrored either way and turned by 90 degrees."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros(mask.shape, np.uint8), contours, -1, 1, -1)
    side = max(mask.shape)
    high, wide = side - mask.shape[0], side - mask.shape[1]
    pads = ((high // 2, high - high // 2), (wide // 2, wide - wide // 2))
    square = np.pad(filled, pads) > 0
    others = (square[:, ::-1], square[::-1], square.T)
    return min(float((square & other).sum() / (square | other).sum()) for other in others)


def _slope(field: Field) -> Field:
    across = cv2.Sobel(field, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = cv2.Sobel(field, cv2.CV_32F, 0, 1, ksize=3) / 8
    return np.asarray(np.hypot(across, down), np.float32)


def _disc(side: int) -> NDArray[np.uint8]:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side | 1, side | 1))
    return np.asarray(disc, np.uint8)
