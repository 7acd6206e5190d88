"""Filters of a grey picture: (H, W) uint8 in, the same shape out."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


def clahe(image: Grey, clip_limit: float, tiles: int) -> Grey:
    """Contrast-limited adaptive histogram equalisation (Zuiderveld 1994)."""
    # A new object each time: OpenCV's keeps state between calls and threads share this function.
    return _grey(cv2.createCLAHE(clip_limit, (tiles, tiles)).apply(image))


def equalize(image: Grey) -> Grey:
    """Spread the grey values of the whole picture so that each is about as frequent."""
    return _grey(cv2.equalizeHist(image))


def blur(image: Grey, sigma: float) -> Grey:
    """Convolve with a Gaussian, edges mirrored."""
    return _grey(cv2.GaussianBlur(image, (0, 0), sigma))


def median(image: Grey, radius: int) -> Grey:
    """Replace each pixel by the median of the square of 2 * radius + 1 pixels around it."""
    return _grey(cv2.medianBlur(image, 2 * radius + 1))


def unsharp(image: Grey, sigma: float, amount: float) -> Grey:
    """Add `amount` times what a Gaussian blur takes away; clipped to 0..255."""
    return _grey(cv2.addWeighted(image, 1 + amount, blur(image, sigma), -amount, 0))


def window(image: Grey, low: float, high: float) -> Grey:
    """Stretch the values between two percentiles to 0..255; what lies outside is clipped.

    A picture with one value only stays as it is.
    """
    shares = np.cumsum(cv2.calcHist([image], [0], None, [256], [0, 256]).ravel()) / image.size
    black, white = (int(np.searchsorted(shares, part / 100 - 1e-9)) for part in (low, high))
    if white <= black:
        return image
    levels = (np.arange(256) - black) * (255 / (white - black))
    return _grey(cv2.LUT(image, np.clip(np.rint(levels), 0, 255).astype(np.uint8)))


def _grey(image: Any) -> Grey:
    return np.asarray(image, np.uint8)
