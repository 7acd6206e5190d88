"""Rotation: the angle at which the chest is its own mirror image."""

import cv2
import numpy as np

from engine.vision.artefact_view import Field, Measure, View, severity
from engine.vision.evidence import Evidence

LIMIT = 8.0  # degrees
WIDEST, STEP = 36, 3  # degrees searched on either side, and how finely
SIDE = 64  # pixels


def rotation(view: View) -> Measure:
    """Measure how far the body's axis leans from upright, in degrees."""
    lean, middle = axis(view.small)
    level = severity(abs(lean), LIMIT)
    sentence = f"The body's axis leans {abs(lean):.0f} degrees from upright."
    if level < 0.5:
        return Measure(level, sentence)
    reach = 0.45 * np.tan(np.radians(lean))
    line = (middle - reach, 0.05, middle + reach, 0.95)
    return Measure(level, sentence, Evidence(lines=(line,)))


def axis(field: Field) -> tuple[float, float]:
    """Return the lean (degrees, positive to the picture's left at the top) and x at mid-height."""
    small = cv2.resize(field, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    detail = np.asarray(small - cv2.GaussianBlur(small, (0, 0), 8), np.float32)
    best = max((_match(detail, angle), angle) for angle in range(-WIDEST, WIDEST + 1, STEP))
    (_, shift), angle = best
    return float(angle), 0.5 + shift / SIDE / 2


def _match(detail: Field, angle: float) -> tuple[float, float]:
    turn = cv2.getRotationMatrix2D((SIDE / 2 - 0.5, SIDE / 2 - 0.5), angle, 1.0)
    upright = cv2.warpAffine(detail, turn, (SIDE, SIDE))
    spectrum = np.fft.rfft(upright, 2 * SIDE, axis=1)
    # Correlating a row with its own mirror image: the peak says where the axis is.
    rows = np.fft.irfft(spectrum**2, axis=1).sum(axis=0)
    centre = rows[SIDE // 2 : SIDE + SIDE // 2]
    place = int(centre.argmax())
    return float(centre[place] / (upright**2).sum()), place + 1 - SIDE / 2
