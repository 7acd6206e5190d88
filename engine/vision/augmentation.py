"""Augmentation pipelines that draw the same for the same seed, and can be asked what they drew."""

import threading
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.vision.augmentation_steps import FORMER, STEPS
from engine.vision.draw_words import words
from engine.words.options import Choice, complete

__all__ = ["FORMER", "STEPS", "Augmenter", "Draw", "Pipeline", "Told", "check_steps", "code"]


class Augmenter(Protocol):
    """One random draw of a pipeline."""

    def __call__(self, image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return the draw of `image` (H, W) that `seed` determines."""
        ...


@dataclass(frozen=True)
class Told:
    """What one step did in a draw, such as "4.2 degrees to the left"."""

    step: str  # its name in the table
    text: str  # empty where its chance did not come up


@dataclass(frozen=True, eq=False)
class Draw:
    """A drawn picture (H, W) uint8, and what each step did."""

    image: NDArray[np.uint8]
    told: tuple[Told, ...]


def check_steps(steps: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Fill in defaults and check; raise CxrError or NotFound."""
    return tuple(complete(step, STEPS, "augmentation step") for step in steps)


class Pipeline:
    """Steps in order, safe to call from several threads at once.

    A composed pipeline holds its random state, so each thread builds its own. The same seed does
    the same to every picture, whatever it shows; also to one of another size, but for the noise
    and the faint distortion of report A's pipeline, which are drawn pixel by pixel.
    """

    def __init__(self, steps: tuple[Choice, ...]) -> None:
        self._steps = check_steps(steps)
        self._local = threading.local()

    def __call__(self, image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return the draw of `image` (H, W) that `seed` determines."""
        if not self._steps:
            return image
        drawn: NDArray[np.uint8] = self._composed()(image, seed)
        return drawn

    def look(self, image: NDArray[np.uint8], seed: int) -> Draw:
        """Return the same draw and what each step did."""
        if not self._steps:
            return Draw(image, ())
        composed = self._composed()
        drawn = composed(image, seed)
        told = [
            Told(step.name, words(step.name, done))
            for step, done in zip(self._steps, composed.drawn(), strict=True)
        ]
        return Draw(drawn, tuple(told))

    def follow(self, places: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
        """Return where places (H, W) of a picture go in its draw: numbers move, none is mixed.

        A place under a blackened box becomes -1.
        """
        if not self._steps:
            return places
        moved: NDArray[np.float32] = self._composed().follow(places, seed)
        return moved

    def _composed(self) -> Any:
        if not hasattr(self._local, "draw"):
            from engine.vision.transforms import Composed

            self._local.draw = Composed(_calls(self._steps))
        return self._local.draw


def code(steps: tuple[Choice, ...]) -> str:
    """Return Python code that draws the very same without this product."""
    from engine.vision.transform_code import written

    return written(_calls(check_steps(steps)))


def _calls(steps: tuple[Choice, ...]) -> list[Any]:
    return [STEPS[step.name].load()(**step.kwargs) for step in steps]
