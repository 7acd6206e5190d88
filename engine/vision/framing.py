"""Which part of a picture the network's square shows, so that places can be taken back."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.lungs import window
from engine.vision.preprocessing import CROPS, RESIZES, STEPS, check_steps
from engine.words.options import Choice

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """The square's edges in shares of the picture; beyond 0..1 where it was padded."""

    left: float
    top: float
    right: float
    bottom: float


def part(image: Grey, steps: tuple[Choice, ...]) -> Part:
    """Return the part of a picture (h, w) that becomes the square; raise CxrError on the steps."""
    height, width = image.shape
    left, top = 0, 0
    for step in check_steps(steps):
        if step.name in RESIZES:
            x0, y0, x1, y1 = _SQUARES[step.name](*image.shape)
            return Part(
                (left + x0) / width, (top + y0) / height, (left + x1) / width, (top + y1) / height
            )
        if step.name in CROPS:
            rows, columns = window(image, float(step.kwargs["margin"]))
            left, top = left + columns.start, top + rows.start
            image = image[rows, columns]
        else:  # what a filter changes decides what a later crop finds
            image = STEPS[step.name].load()(image, **step.kwargs)
    raise AssertionError("check_steps lets no list pass without a step that makes the square")


def taken_back(
    heat: NDArray[np.float32], shown: Part, height: int, width: int
) -> NDArray[np.float32]:
    """Return a map of the square (any size) on the picture's grid; 0 where it was not seen."""
    rows, columns = heat.shape
    x = (np.arange(width) + 0.5) / width
    y = (np.arange(height) + 0.5) / height
    x = (x - shown.left) / (shown.right - shown.left)
    y = (y - shown.top) / (shown.bottom - shown.top)
    across = np.tile(np.clip(x * columns - 0.5, 0, columns - 1), (height, 1))
    along = np.tile(np.clip(y * rows - 0.5, 0, rows - 1)[:, None], (1, width))
    found = cv2.remap(
        heat.astype(np.float32),
        across.astype(np.float32),
        along.astype(np.float32),
        cv2.INTER_LINEAR,
    )
    seen = ((y >= 0) & (y <= 1))[:, None] & ((x >= 0) & (x <= 1))[None]
    return np.where(seen, found, 0).astype(np.float32)


def _squash(height: int, width: int) -> tuple[float, float, float, float]:
    return 0, 0, width, height


def _pad(height: int, width: int) -> tuple[float, float, float, float]:
    side = max(height, width)
    return _centred(height, width, side)


def _crop(height: int, width: int) -> tuple[float, float, float, float]:
    return _centred(height, width, min(height, width))


def _centred(height: int, width: int, side: int) -> tuple[float, float, float, float]:
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


_SQUARES: dict[str, Callable[[int, int], tuple[float, float, float, float]]] = {
    "squash": _squash,
    "pad": _pad,
    "crop": _crop,
}
