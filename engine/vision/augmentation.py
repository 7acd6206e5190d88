"""Augmentation steps as a table, and pipelines that are the same for the same seed."""

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.words.options import Choice, Option, Param, complete

_ROOM = "engine.vision.transforms"


def _limit(default: float, high: float, help: str) -> dict[str, Param]:
    return {"limit": Param(default, help, low=0.0, high=high)}


STEPS = {
    "contrast": Option(
        "Contrast",
        "Stretches or flattens the grey values, as another exposure would.",
        f"{_ROOM}:contrast",
        _limit(0.1, 0.9, "Largest change, as a share of the contrast."),
    ),
    "brightness": Option(
        "Brightness",
        "Makes the whole picture lighter or darker.",
        f"{_ROOM}:brightness",
        _limit(0.1, 0.9, "Largest change, as a share of the grey range."),
    ),
    "shift": Option(
        "Shift",
        "Moves the picture sideways and up or down; edges are mirrored.",
        f"{_ROOM}:shift",
        _limit(0.1, 0.5, "Largest move, as a share of the width and height."),
    ),
    "zoom": Option(
        "Zoom",
        "Enlarges or shrinks the picture about its centre.",
        f"{_ROOM}:zoom",
        _limit(0.1, 0.5, "Largest change of size, as a share."),
    ),
    "rotate": Option(
        "Rotation",
        "Turns the picture a little, as a patient who leans.",
        f"{_ROOM}:rotate",
        _limit(7.0, 45.0, "Largest angle in degrees."),
    ),
    "report_a": Option(
        "Report A's pipeline",
        "Crops, turns, rescales, distorts, changes the exposure and adds noise, each with one "
        "chance in two.",
        f"{_ROOM}:report_a",
    ),
}


class Augmenter(Protocol):
    """One random draw of a pipeline."""

    def __call__(self, image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return the draw of `image` (H, W) that `seed` determines."""
        ...


def check_steps(steps: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Fill in defaults and check; raise CxrError or NotFound."""
    return tuple(complete(step, STEPS, "augmentation step") for step in steps)


class Pipeline:
    """Steps in order, safe to call from several threads at once.

    A composed pipeline holds its random state, so each thread builds its own.
    """

    def __init__(self, steps: tuple[Choice, ...]) -> None:
        self._steps = check_steps(steps)
        self._local = threading.local()

    def __call__(self, image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return the draw of `image` (H, W) that `seed` determines."""
        if not self._steps:
            return image
        if not hasattr(self._local, "draw"):
            self._local.draw = self._compose()
        drawn: NDArray[np.uint8] = self._local.draw(image, seed)
        return drawn

    def _compose(self) -> Any:
        from engine.vision.transforms import Composed

        return Composed([STEPS[step.name].load()(**step.kwargs) for step in self._steps])
