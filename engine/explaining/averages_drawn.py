"""Pictures of mean heat maps and of the difference between two."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.explaining.averages import Average, Difference, Grey
from engine.explaining.overlay import framed, overlay

Rgb = NDArray[np.uint8]  # (side, side, 3)
Colour = tuple[int, int, int]  # red, green, blue

HEAT = 0.45  # opacity of a mean map over the mean X-ray
DIM = 0.7  # of the X-ray's brightness under a difference: tints fade on white
STRONG = 0.8  # opacity of the largest difference


def painted(found: Average, side: int, colours: str = "inferno") -> Rgb:
    """Lay a mean map over the mean X-ray; without heat that is the X-ray alone."""
    return overlay(framed(found.xray, side), found.heat, HEAT, colours)


def contrasted(grey: Grey, found: Difference, side: int, more: Colour, less: Colour) -> Rgb:
    """Tint a grey picture `more` where the first group has more heat, `less` where the second.

    How strongly: in proportion, up to the largest difference; the picture itself is dimmed.
    """
    values = cv2.resize(found.shares, (side, side), interpolation=cv2.INTER_LINEAR)
    strength = np.abs(values) / (np.abs(values).max() or 1.0) * STRONG
    tint = np.where((values > 0)[..., None], np.array(more), np.array(less))
    picture = framed(grey, side)[..., None] * DIM
    return np.rint(picture * (1 - strength[..., None]) + tint * strength[..., None]).astype(
        np.uint8
    )


def ramp(width: int, height: int, more: Colour, less: Colour) -> Rgb:
    """Return the scale of `contrasted` on black: the strongest `less` (left) to `more` (right)."""
    values = np.linspace(-STRONG, STRONG, width)
    tint = np.where((values > 0)[:, None], np.array(more), np.array(less))
    row = np.rint(tint * np.abs(values)[:, None]).astype(np.uint8)
    return np.repeat(row[None], height, axis=0)
