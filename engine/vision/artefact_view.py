"""A picture at the sizes that the detectors work at, each made once."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.evidence import Evidence

if TYPE_CHECKING:
    from engine.vision.artefact_things import Thing

Grey = NDArray[np.uint8]
Field = NDArray[np.float32]

SIDE = 256  # pixels of the longer side that most detectors see
SMALLEST = 120  # pixels of the shorter side; below, fine detail is anatomy as much as anything
FINE = 512  # at most, for what is lost in a smaller picture


@dataclass(frozen=True)
class Measure:
    """A detector's answer: how bad 0..1 (0.5 is the line), one sentence, where to look."""

    severity: float
    sentence: str
    evidence: Evidence = field(default_factory=Evidence)


class View:
    """One picture, and what several detectors need of it."""

    def __init__(self, image: Grey) -> None:
        self.image = image

    @cached_property
    def small(self) -> Field:
        """The picture with its longer side at SIDE pixels, 0..255."""
        return self._fitted(SIDE, grow=True)

    @cached_property
    def fine(self) -> Field:
        """The picture with its longer side at FINE pixels at most; never enlarged."""
        return self._fitted(FINE, grow=False)

    @cached_property
    def plain(self) -> Field:
        """The picture with its longer side at SIDE pixels at most; never enlarged."""
        return self._fitted(SIDE, grow=False)

    @cached_property
    def things(self) -> "list[Thing]":
        """The small bright sharp things in it; text and metal both look at them."""
        from engine.vision.artefact_things import things

        return things(self.small)

    def _fitted(self, side: int, grow: bool) -> Field:
        height, width = self.image.shape
        factor = side / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        if factor < 1:  # shrunk as bytes: an original of ten megapixels is never copied as floats
            return cv2.resize(self.image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        values = self.image.astype(np.float32)
        if factor == 1 or not grow:
            return values
        return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), np.float32)


def severity(value: float, limit: float, steep: float = 4.0) -> float:
    """Map a measurement to 0..1: 0.5 at `limit`, monotone and without ties."""
    ratio = (max(value, 0.0) / limit) ** steep
    return ratio / (1 + ratio)
