"""From a heat map to pictures: overlays, colour scales and frames on black."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.words.errors import CxrError

COLOUR_MAPS = {
    "inferno": cv2.COLORMAP_INFERNO,
    "turbo": cv2.COLORMAP_TURBO,
    "viridis": cv2.COLORMAP_VIRIDIS,
    "cividis": cv2.COLORMAP_CIVIDIS,
}

Grey = NDArray[np.uint8]  # (height, width)
Rgb = NDArray[np.uint8]  # (height, width, 3)


def overlay(
    grey: Grey, heat: NDArray[np.float32], opacity: float = 0.5, colours: str = "inferno"
) -> Rgb:
    """Lay `heat` (any size, 0..1) over `grey`, stretched to its size.

    An empty map leaves the picture as it is: no heat must not look like low heat everywhere.
    """
    if not 0 <= opacity <= 1:
        raise CxrError(f"opacity must lie between 0 and 1, got {opacity}.")
    picture = np.repeat(grey[..., None], 3, axis=2)
    if not heat.any():
        return picture
    painted = colour(stretch(heat, grey.shape[0], grey.shape[1]), colours)
    return np.rint(picture * (1 - opacity) + painted * opacity).astype(np.uint8)


def colour(heat: NDArray[np.float32], colours: str = "inferno") -> Rgb:
    """Paint values 0..1 with a colour map."""
    if colours not in COLOUR_MAPS:
        raise CxrError(f"colours must be one of {', '.join(COLOUR_MAPS)}; got '{colours}'.")
    levels = np.rint(np.clip(heat, 0, 1) * 255).astype(np.uint8)
    painted = cv2.applyColorMap(levels, COLOUR_MAPS[colours])
    return cv2.cvtColor(painted, cv2.COLOR_BGR2RGB).astype(np.uint8)


def table(colours: str = "inferno") -> Rgb:
    """Return a colour map's 256 colours from 0 to 1, (256, 3): what a browser paints with."""
    return colour(np.linspace(0, 1, 256, dtype=np.float32)[None], colours)[0]


def stretch(heat: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Interpolate a heat map linearly to a picture's size."""
    return cv2.resize(heat, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def scale(colours: str = "inferno", width: int = 256, height: int = 12) -> Rgb:
    """Return the colour scale from 0 (left) to 1 (right)."""
    ramp = np.linspace(0, 1, width, dtype=np.float32)
    return colour(np.repeat(ramp[None], height, axis=0), colours)


def framed(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Fit a grey or RGB picture into a black square of `side` pixels, aspect ratio kept.

    Enlarged pixels stay crisp: whole multiples first, then averaged down to the exact size.
    """
    height, width = picture.shape[:2]
    factor = side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if factor > 1:
        whole = int(np.ceil(factor))
        picture = picture.repeat(whole, axis=0).repeat(whole, axis=1)
    fitted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    frame = np.zeros((side, side, *picture.shape[2:]), dtype=np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    frame[top : top + size[1], left : left + size[0]] = fitted
    return frame


def png(picture: NDArray[np.uint8]) -> bytes:
    """Encode a grey or RGB picture as PNG."""
    ordered = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".png", ordered)
    if not done:
        raise CxrError(f"A picture of shape {picture.shape} cannot be written as PNG.")
    return data.tobytes()
