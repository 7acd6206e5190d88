"""How colourful a file's picture is: X-rays are grey, photographs are not."""

import cv2
import numpy as np

SIDE = 256  # pixels; more says nothing new of colour


def colourfulness(data: bytes) -> float:
    """Return 0 for a grey picture up to 1 for a picture of pure colours; 0 where unreadable.

    The mean spread between the three channels, as a share of the pixels' range.
    """
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return 0.0
    if pixels is None:
        return 0.0
    small = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return float((small.max(axis=2) - small.min(axis=2)).mean() / 255)
