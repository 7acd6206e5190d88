"""Takes periodic stripes, such as an anti-scatter grid leaves, out of a picture's spectrum."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

COARSEST = 1 / 16  # cycles per pixel: longer waves are anatomy
AROUND = 15  # frequencies on a side that a peak is compared with


def notch(image: Grey, strength: float, width: int) -> Grey:
    """Cut every peak that stands `strength` times out of its surroundings, `width` steps around.

    The picture itself is returned where no peak does.
    """
    from scipy.fft import irfft2

    found = peaks(image, strength)
    if not found.any():
        return image
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1))
    cut = cv2.dilate(_around(found.astype(np.uint8), width), disc)
    cut = cut[width : width + found.shape[0], width : width + found.shape[1]]
    mean = np.float32(image.mean())
    spectrum = _spectrum(image - mean)
    spectrum[cut.astype(bool) & _fine(image.shape)] = 0
    clean = irfft2(spectrum, s=image.shape) + mean
    return np.clip(np.rint(clean), 0, 255).astype(np.uint8)


def peaks(image: Grey, strength: float) -> NDArray[np.bool_]:
    """Return which frequencies (H, W // 2 + 1) stand out, frequency 0 in the corner.

    Edges are faded out first (a Hann window): a picture's border would show as a cross of its own.
    """
    height, width = image.shape
    fade = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    size = np.abs(_spectrum((image - np.float32(image.mean())) * fade))
    levels = np.asarray(cv2.log(size + 1), np.float32)
    half = AROUND // 2
    around = cv2.blur(_around(levels, half), (AROUND, AROUND))
    around = around[half : half + size.shape[0], half : half + size.shape[1]]
    return np.asarray((levels - around >= np.log(strength)) & _fine(image.shape))


def _around(values: Any, width: int) -> Any:
    """Frequencies go round: those of the last row are neighbours of the first row's."""
    upright = cv2.copyMakeBorder(values, width, width, 0, 0, cv2.BORDER_WRAP)
    return cv2.copyMakeBorder(upright, 0, 0, width, width, cv2.BORDER_REFLECT_101)


def _spectrum(values: NDArray[np.float32]) -> NDArray[np.complex64]:
    """The half of the spectrum that the other half mirrors."""
    from scipy.fft import rfft2

    return np.asarray(rfft2(values), np.complex64)


def _fine(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which frequencies are finer than anatomy."""
    vertical, horizontal = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    return np.asarray(vertical[:, None] ** 2 + horizontal**2 >= COARSEST**2)
