"""From a grey picture of any size to the square that a network sees."""

from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.words.errors import CxrError
from engine.words.options import Choice, Option, Param, complete

Grey = NDArray[np.uint8]

HERE = "engine.vision.preprocessing"
RESIZES = {
    "squash": Option(
        "Squash to a square",
        "Stretches both sides to the same length: nothing is cut, proportions change.",
        f"{HERE}:squash",
    ),
    "pad": Option(
        "Pad to a square",
        "Adds black borders to the shorter side: nothing is cut, proportions stay.",
        f"{HERE}:pad",
    ),
    "crop": Option(
        "Crop the centre",
        "Cuts the longer side to the centre square: proportions stay, the edges are lost.",
        f"{HERE}:crop",
    ),
}
FILTERS = {
    "clahe": Option(
        "Local contrast (CLAHE)",
        "Evens out the contrast tile by tile, so that faint shadows stand out.",
        f"{HERE}:clahe",
        {
            "clip_limit": Param(2.0, "How much contrast one tile may gain.", 0.1, 40.0),
            "tiles": Param(16, "Tiles along each side.", 1, 64),
        },
    ),
    "blur": Option(
        "Gaussian blur",
        "Softens noise and fine detail.",
        f"{HERE}:blur",
        {"sigma": Param(1.0, "Width of the blur in pixels of the resized picture.", 0.1, 20.0)},
    ),
}
STEPS = {**RESIZES, **FILTERS}


def check_steps(steps: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return the steps with their defaults filled in; raise CxrError on a list that cannot run."""
    full = tuple(complete(step, STEPS, "preprocessing step") for step in steps)
    names = [step.name for step in full]
    if not names or names[0] not in RESIZES or sum(name in RESIZES for name in names) != 1:
        raise CxrError(
            f"Preprocessing must start with exactly one of {', '.join(RESIZES)}; "
            f"got {', '.join(names) or 'no steps'}."
        )
    return full


def pipeline(size: int, steps: tuple[Choice, ...]) -> Callable[[Grey], Grey]:
    """Return one function for many pictures: (H, W) uint8 -> (size, size) uint8."""
    first, *rest = check_steps(steps)
    resize = partial(STEPS[first.name].load(), size=size, **first.kwargs)
    filters = [partial(STEPS[step.name].load(), **step.kwargs) for step in rest]

    def run(image: Grey) -> Grey:
        result: Grey = resize(image)
        for apply in filters:
            result = apply(result)
        return result

    return run


def preprocess(image: Grey, size: int, steps: tuple[Choice, ...]) -> Grey:
    """Resize and filter one picture: (H, W) uint8 -> (size, size) uint8; raise CxrError."""
    return pipeline(size, steps)(image)


def squash(image: Grey, size: int) -> Grey:
    """Stretch to (size, size)."""
    return _resize(image, size, size)


def pad(image: Grey, size: int) -> Grey:
    """Fit into (size, size) and centre on black."""
    height, width = image.shape
    scale = size / max(height, width)
    fitted = _resize(image, max(1, round(width * scale)), max(1, round(height * scale)))
    result = np.zeros((size, size), np.uint8)
    top, left = (size - fitted.shape[0]) // 2, (size - fitted.shape[1]) // 2
    result[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return result


def crop(image: Grey, size: int) -> Grey:
    """Cut the centre square and resize it to (size, size)."""
    height, width = image.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return _resize(image[top : top + side, left : left + side], size, size)


def clahe(image: Grey, clip_limit: float, tiles: int) -> Grey:
    """Contrast-limited adaptive histogram equalisation (Zuiderveld 1994)."""
    # A new object each time: OpenCV's keeps state between calls and threads share this function.
    return _grey(cv2.createCLAHE(clip_limit, (tiles, tiles)).apply(image))


def blur(image: Grey, sigma: float) -> Grey:
    """Convolve with a Gaussian, edges mirrored."""
    return _grey(cv2.GaussianBlur(image, (0, 0), sigma))


def _resize(image: Grey, width: int, height: int) -> Grey:
    if image.shape == (height, width):
        return image
    shrinks = width * height < image.size
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return _grey(cv2.resize(image, (width, height), interpolation=way))


def _grey(image: Any) -> Grey:
    return np.asarray(image, np.uint8)
