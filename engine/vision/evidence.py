"""What a detector points at, and how it is drawn on the picture."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Box = tuple[float, float, float, float]  # left, top, width, height
Line = tuple[float, float, float, float]  # x, y of both ends

COLOUR = (230, 159, 0)  # Okabe and Ito's orange: seen on black, on grey and on white


@dataclass(frozen=True, eq=False)
class Evidence:
    """Where an artefact is; boxes and lines in shares (0..1) of the picture's width and height."""

    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    mask: Mask | None = None  # of any size, stretched over the picture

    def __bool__(self) -> bool:
        return bool(self.boxes or self.lines or self.mask is not None)


class Shown(Protocol):
    """Whatever carries evidence."""

    @property
    def evidence(self) -> Evidence:
        """Where to look."""


def draw(image: Grey, finding: Shown, colour: tuple[int, int, int] = COLOUR) -> Rgb:
    """Return the picture (H, W, 3) with a finding's boxes, lines and tinted mask.

    Nothing is drawn where there is no evidence.
    """
    evidence = finding.evidence
    picture = np.repeat(image[..., None], 3, axis=2)
    if evidence.mask is not None:
        picture = _tinted(picture, evidence.mask, colour)
    height, width = image.shape
    weight = max(1, round(min(height, width) / 200))
    for left, top, wide, high in evidence.boxes:
        begin = (round(left * width), round(top * height))
        end = (round((left + wide) * width), round((top + high) * height))
        cv2.rectangle(picture, begin, end, colour, weight)
    for x0, y0, x1, y1 in evidence.lines:
        begin, end = (
            (round(x0 * width), round(y0 * height)),
            (round(x1 * width), round(y1 * height)),
        )
        cv2.line(picture, begin, end, colour, weight, cv2.LINE_AA)
    return picture


def _tinted(picture: Rgb, mask: Mask, colour: tuple[int, int, int]) -> Rgb:
    height, width = picture.shape[:2]
    over = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    share = 0.55 * over[..., None]
    return np.rint(picture * (1 - share) + np.array(colour) * share).astype(np.uint8)
