"""Finds the box around both lungs without a network: two dark, tall areas beside each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # x, y, width, height in pixels

SIDE = 128  # pixels of the longer side on which is searched
SMOOTH = 2.5  # pixels: ribs go, lungs stay
# of the pixels, called dark in turn
SHARES = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55)
LOWEST = 0.95  # of its width: a lower box has missed the upper lungs and is raised
SMALLEST = 0.25  # share of the picture that a box covers: a smaller one is no chest
LEAST = 0.5  # how good a pair has to be, 0..1


@dataclass(frozen=True)
class Area:
    """A dark area: its box, its pixels and its centre, in shares of the picture."""

    left: float
    top: float
    right: float
    bottom: float
    size: float
    x: float
    y: float


def lung_field(image: Grey) -> Box:
    """Return the box (x, y, width, height) around both lungs; the whole picture where unsure."""
    height, width = image.shape
    likeness, pair = max(_pairs(image), key=lambda found: found[0], default=(0.0, None))
    if pair is None or likeness < LEAST:
        return 0, 0, width, height
    one, other = pair
    left, right = min(one.left, other.left), max(one.right, other.right)
    top, bottom = min(one.top, other.top), max(one.bottom, other.bottom)
    top = max(0.0, min(top, bottom - LOWEST * (right - left) * width / height))
    if (right - left) * (bottom - top) < SMALLEST:
        return 0, 0, width, height
    x, y = round(left * width), round(top * height)
    return x, y, round(right * width) - x, round(bottom * height) - y


def crop(image: Grey, margin: float) -> Grey:
    """Cut to the lung field and `margin` of its size around it."""
    return image[window(image, margin)]


def window(image: Grey, margin: float) -> tuple[slice, slice]:
    """Return the rows and columns that `crop` keeps."""
    x, y, width, height = lung_field(image)
    across, along = round(margin * width), round(margin * height)
    top, left = max(0, y - along), max(0, x - across)
    return slice(top, y + height + along), slice(left, x + width + across)


def _pairs(image: Grey) -> Iterator[tuple[float, tuple[Area, Area]]]:
    """Yield what could be two lungs, each with how much it looks so."""
    flat = _flat(image)
    height, width = flat.shape
    middle = flat[height // 8 : -height // 8, width // 8 : -width // 8]
    for share in SHARES:
        areas = _areas(flat < np.quantile(middle, share))
        for one, other in combinations(areas, 2):
            pair = (one, other) if one.x < other.x else (other, one)
            yield _likeness(*pair), pair


def _flat(image: Grey) -> NDArray[np.float32]:
    """Return it small, each place against its surroundings, so that exposure does not matter."""
    scale = SIDE / max(image.shape)
    size = [max(8, round(side * scale)) for side in image.shape[::-1]]
    shrunk = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(shrunk, (0, 0), SMOOTH)
    return np.asarray(small - cv2.GaussianBlur(small, (0, 0), SIDE / 4), np.float32)


def _areas(dark: NDArray[np.bool_]) -> list[Area]:
    height, width = dark.shape
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    opened = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, round_)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(opened, connectivity=4)
    found = []
    for number in range(1, count):
        x, y, w, h, size = (int(value) for value in stats[number])
        if size < 0.02 * dark.size or h < 0.2 * height:
            continue
        mine = labels == number
        if mine[:, 0].sum() + mine[:, -1].sum() + mine[0].sum() > 0.2 * h:
            continue  # the dark beside the body
        found.append(
            Area(
                x / width,
                y / height,
                (x + w) / width,
                (y + h) / height,
                size / dark.size,
                centres[number][0] / width,
                centres[number][1] / height,
            )
        )
    return found


def _likeness(left: Area, right: Area) -> float:
    """How much two areas look like lungs, 0..1: alike, level, side by side, away from the edge."""
    if left.right > right.left + 0.12 or right.x - left.x < 0.15:
        return 0.0
    alike = min(left.size, right.size) / max(left.size, right.size)
    level = 1 - 2 * abs(left.y - right.y)
    shared = min(left.bottom, right.bottom) - max(left.top, right.top)
    beside = shared / (max(left.bottom, right.bottom) - min(left.top, right.top))
    middle = 1 - 2 * abs((left.x + right.x) / 2 - 0.5)
    large = min(1.0, (left.size + right.size) / 0.3)
    parts = [alike**0.5, level, beside, middle, large]
    return float(np.prod(np.clip(parts, 0, 1)) ** (1 / len(parts)))
