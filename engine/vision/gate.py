"""The gate before a prediction: is this a frontal chest X-ray? It warns and forbids nothing."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

COLOUR = 0.12  # colourfulness from which a picture counts as coloured


@dataclass(frozen=True)
class Verdict:
    """What the gate says: `score` 0..1 (flagged from 0.5), and why in one sentence."""

    flagged: bool
    score: float
    sentence: str


def judge(image: Grey, colour: float = 0.0) -> Verdict:
    """Judge a picture (H, W) uint8; `colour` is its file's colourfulness (engine.vision.colour)."""
    small = cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    if small.std() < 8:
        return Verdict(True, 1.0, "The picture is blank or nearly so.")
    if colour >= COLOUR:
        return Verdict(True, 1.0, "The picture is in colour; X-rays are grey.")
    return Verdict(False, 0.0, "It looks like a frontal chest X-ray.")
