"""Pictures of how maps are judged: what was covered, and where heat and truth lie."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.explaining.overlay import framed, overlay
from engine.explaining.trust_curves import covered, ranks

Grey = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Heat = NDArray[np.float32]
Colour = tuple[int, int, int]  # red, green, blue

HEAT = 0.45  # opacity over the X-ray


def stills(
    image: Grey, heat: Heat, filling: str, shares: Sequence[float], side: int, seed: int = 0
) -> list[Grey]:
    """Return what the network is shown when these shares of an image (s, s) are taken away."""
    place = ranks(heat, (image.shape[0], image.shape[1]), seed)
    return [framed(covered(image, place, share, filling)[0], side) for share in shares]


def outlined(
    image: Grey, mask: NDArray[np.bool_] | None, heat: Heat, side: int, colour: Colour
) -> Rgb:
    """Lay heat over an image (s, s), outline a mask in `colour` and cross the hottest point."""
    picture = np.ascontiguousarray(overlay(framed(image, side), heat, HEAT))
    if mask is not None:
        large = cv2.resize(mask.astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
        rims, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        thin = max(1, side // 150)
        for width, tint in ((3 * thin, (0, 0, 0)), (thin, colour)):
            cv2.drawContours(picture, rims, -1, tint, width)
    if heat.any():
        full = cv2.resize(heat, (side, side), interpolation=cv2.INTER_LINEAR)
        row, column = (int(at) for at in np.unravel_index(int(full.argmax()), full.shape))
        for width, tint in ((5, (0, 0, 0)), (2, (255, 255, 255))):
            cv2.drawMarker(picture, (column, row), tint, cv2.MARKER_CROSS, side // 14, width)
    return picture
