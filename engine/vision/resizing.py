"""Ways from any rectangle to the square that a network sees."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

WAYS = {"cubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA}


def squash(image: Grey, size: int, interpolation: str = "auto") -> Grey:
    """Stretch to (size, size)."""
    return resize(image, size, size, interpolation)


def pad(image: Grey, size: int, interpolation: str = "auto") -> Grey:
    """Fit into (size, size) and centre on black."""
    height, width = image.shape
    scale = size / max(height, width)
    sides = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = resize(image, *sides, interpolation)
    result = np.zeros((size, size), np.uint8)
    top, left = (size - fitted.shape[0]) // 2, (size - fitted.shape[1]) // 2
    result[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return result


def crop(image: Grey, size: int, interpolation: str = "auto") -> Grey:
    """Cut the centre square and resize it to (size, size)."""
    height, width = image.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return resize(image[top : top + side, left : left + side], size, size, interpolation)


def resize(image: Grey, width: int, height: int, interpolation: str = "auto") -> Grey:
    """Resize to (height, width); "auto" averages where it shrinks, else interpolates."""
    if image.shape == (height, width):
        return image
    shrinks = width * height < image.size
    way = WAYS.get(interpolation, cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8)
