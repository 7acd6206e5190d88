"""Grid lines: a peak in the spectrum that no anatomy makes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.artefact_view import SMALLEST, Field, Measure, View, severity
from engine.vision.evidence import Evidence

LIMIT = 7.0  # times the spectrum around it
SLOWEST = 0.1  # lines a pixel; slower stripes are ribs
ASIDE = np.radians(12)  # how far the stripes may lean from upright or level


def grid(view: View) -> Measure:
    """Find the highest narrow peak of the spectrum near its two axes."""
    if min(view.image.shape) < SMALLEST:
        return Measure(0.0, f"Grid lines cannot be told below {SMALLEST} pixels.")
    field = view.fine
    ratio, rate, lean = peak(field)
    level = severity(ratio, LIMIT)
    if level < 0.5:
        return Measure(level, "No regular stripes stand out.")
    way = "Upright" if abs(np.cos(lean)) > 0.7 else "Level"
    sentence = (
        f"{way} stripes, one every {1 / rate:.1f} pixels, stand {ratio:.0f} times above the "
        "rest of the spectrum: the shadow of a grid."
    )
    return Measure(level, sentence, Evidence(mask=_stripes(field, rate, lean)))


def peak(field: Field) -> tuple[float, float, float]:
    """Return the peak's height over its surroundings, its rate (lines a pixel) and its angle."""
    power = _power(field)
    height, width = field.shape
    up = np.fft.fftfreq(height)[:, None]
    across = np.fft.rfftfreq(width)[None]
    rate, angle = np.hypot(up, across), np.arctan2(up, across)
    upright, level = np.abs(angle) < ASIDE, np.abs(angle) > np.pi / 2 - ASIDE
    around = cv2.blur(power, (15, 15), borderType=cv2.BORDER_REFLECT)
    close = cv2.blur(power, (5, 5), borderType=cv2.BORDER_REFLECT)
    rest = np.maximum((around * 225 - close * 25) / 200, 1e-6)
    ratio = np.where(
        (rate > SLOWEST) & (upright | level), np.sqrt(np.maximum(close, 0) * 25 / 9 / rest), 0
    )
    row, column = np.unravel_index(int(ratio.argmax()), ratio.shape)
    return float(ratio[row, column]), float(rate[row, column]), float(angle[row, column])


def _power(field: Field) -> NDArray[np.float32]:
    height, width = field.shape
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    detail = (field - cv2.GaussianBlur(field, (0, 0), 4)) * window
    return np.asarray(np.abs(np.fft.rfft2(detail)) ** 2, np.float32)


def _stripes(field: Field, rate: float, lean: float) -> NDArray[np.bool_]:
    height, width = field.shape
    spectrum = np.fft.rfft2(field)
    up, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    away = np.hypot(up - rate * np.sin(lean), across - rate * np.cos(lean))
    mirrored = np.hypot(up + rate * np.sin(lean), across + rate * np.cos(lean))
    kept = np.minimum(away, mirrored) < 3 / min(height, width)
    stripes = np.fft.irfft2(spectrum * kept, s=field.shape)
    return np.asarray(stripes > 0.5 * stripes.std(), np.bool_)
