"""Takes periodic stripes, such as an anti-scatter grid leaves, out of a picture's spectrum."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Spectrum = NDArray[np.float32]  # (H, W, 2): real and imaginary part, frequency 0 in the corner

COARSEST = 1 / 16  # cycles per pixel: longer waves are anatomy
AROUND = 15  # frequencies on a side that a peak is compared with
LEVELS = 12  # of 8 bits for each doubling of the magnitude


def notch(image: Grey, strength: float, width: int) -> Grey:
    """Cut every peak that stands `strength` times out of its surroundings, `width` steps around.

    The picture itself is returned where no peak does.
    """
    found = peaks(image, strength)
    if not found.any():
        return image
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1))
    # Frequencies go round: a peak at the last row has neighbours in the first.
    grown = cv2.dilate(np.pad(found.astype(np.uint8), width, mode="wrap"), disc)
    cut = grown[width : width + found.shape[0], width : width + found.shape[1]].astype(bool)
    cut &= _fine(found.shape)
    mean = float(image.mean())
    spectrum = _spectrum(image - np.float32(mean))
    spectrum[cut] = 0
    clean = cv2.dft(spectrum, flags=cv2.DFT_INVERSE | cv2.DFT_REAL_OUTPUT | cv2.DFT_SCALE)
    return np.clip(np.rint(clean + mean), 0, 255).astype(np.uint8)


def peaks(image: Grey, strength: float) -> NDArray[np.bool_]:
    """Return which frequencies (H, W) stand out, frequency 0 in the corner.

    Edges are faded out first (a Hann window): a picture's border would show as a cross of its own.
    """
    height, width = image.shape
    fade = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    spectrum = _spectrum((image - np.float32(image.mean())) * fade)
    size = cv2.magnitude(spectrum[..., 0], spectrum[..., 1])
    levels = np.clip(LEVELS * np.log2(size + 1), 0, 255).astype(np.uint8)
    half = AROUND // 2
    around = cv2.medianBlur(np.pad(levels, half, mode="wrap"), AROUND)
    around = around[half : half + height, half : half + width]
    over = levels.astype(np.int16) - around.astype(np.int16)
    return np.asarray((over >= LEVELS * np.log2(strength)) & _fine(image.shape))


def _spectrum(values: NDArray[np.float32]) -> Spectrum:
    return np.asarray(cv2.dft(values, flags=cv2.DFT_COMPLEX_OUTPUT), np.float32)


def _fine(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which frequencies are finer than anatomy."""
    vertical, horizontal = (np.fft.fftfreq(side)[:, None] ** 2 for side in shape[:2])
    return np.asarray(vertical + horizontal.T >= COARSEST**2)
