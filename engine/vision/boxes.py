"""A rectangle on a picture, in shares of its width and height, so that it fits any size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.words.errors import CxrError


@dataclass(frozen=True)
class Box:
    """Left, top, right and bottom edge, each 0..1; raises CxrError where nothing lies between."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        across, along = (self.left, self.right), (self.top, self.bottom)
        if not all(0 <= begin < end <= 1 for begin, end in (across, along)):
            raise CxrError(
                "A patch needs edges between 0 and 1, left before right and top before bottom; got "
                f"left {self.left}, top {self.top}, right {self.right}, bottom {self.bottom}."
            )

    @property
    def width(self) -> float:
        """Share of the picture's width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Share of the picture's height."""
        return self.bottom - self.top

    def pixels(self, height: int, width: int) -> tuple[slice, slice]:
        """Rows and columns of a picture (height, width): the nearest pixels, one at least."""
        return _span(self.top, self.bottom, height), _span(self.left, self.right, width)

    def at(self, left: float, top: float) -> "Box":
        """The same size elsewhere, pushed back inside the picture where it would stick out."""
        x = min(max(left, 0.0), 1 - self.width)
        y = min(max(top, 0.0), 1 - self.height)
        return Box(x, y, min(1.0, x + self.width), min(1.0, y + self.height))


def mask(boxes: Sequence[Box], height: int, width: int) -> NDArray[np.bool_]:
    """Return where boxes lie on a picture: (height, width), True inside any of them."""
    inside = np.zeros((height, width), np.bool_)
    for box in boxes:
        inside[box.pixels(height, width)] = True
    return inside


def _span(begin: float, end: float, length: int) -> slice:
    first = min(math.floor(begin * length + 0.5), length - 1)
    return slice(first, max(first + 1, math.floor(end * length + 0.5)))
