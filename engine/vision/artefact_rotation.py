"""Rotation: the angle at which the chest is its own mirror image."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.artefact_view import Field, Measure, View, severity
from engine.vision.evidence import Evidence

LIMIT = 8.0  # degrees
WIDEST, STEP = 36, 3  # degrees searched on either side, and how finely
SIDE = 64  # pixels
BLANK = 4.0  # standard deviation in grey levels


def rotation(view: View) -> Measure:
    """Measure how far the body's axis leans from upright, in degrees."""
    if float(view.small.std()) < BLANK:
        return Measure(0.0, "There is no body whose axis could lean.")
    lean, middle = axis(view.small)
    level = severity(abs(lean), LIMIT)
    sentence = f"The body's axis leans {abs(lean):.0f} degrees from upright."
    if level < 0.5:
        return Measure(level, sentence)
    height, width = view.small.shape
    reach = 0.45 * np.tan(np.radians(lean)) * height / width
    line = (middle + reach, 0.05, middle - reach, 0.95)
    return Measure(level, sentence, Evidence(lines=(line,)))


def axis(field: Field) -> tuple[float, float]:
    """Return the lean (degrees, positive where the head leans to the right) and x at mid-height."""
    detail, wide = _detail(field)
    angles = np.arange(-WIDEST, WIDEST + 1, STEP)
    matches = [_match(detail, float(angle)) for angle in angles]
    scores = np.array([score for score, _ in matches])
    best = int(scores.argmax())
    shift = matches[best][1]
    return float(angles[best] + STEP * _peak(scores, best)), 0.5 + shift / 2 / wide


def _detail(field: Field) -> tuple[Field, int]:
    """The picture's detail on a square of SIDE pixels, black added; and how wide it is there."""
    height, width = (max(1, round(side * SIDE / max(field.shape))) for side in field.shape)
    small = cv2.resize(field, (width, height), interpolation=cv2.INTER_AREA)
    square = np.zeros((SIDE, SIDE), np.float32)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    square[top : top + height, left : left + width] = small - cv2.GaussianBlur(small, (0, 0), 8)
    return square, width


def _peak(scores: NDArray[np.float64], best: int) -> float:
    """Where the parabola through the best score and its neighbours is highest, in steps."""
    if not 0 < best < len(scores) - 1:
        return 0.0
    before, at, after = scores[best - 1 : best + 2]
    bend = before - 2 * at + after
    return float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0


def _match(detail: Field, angle: float) -> tuple[float, float]:
    turn = cv2.getRotationMatrix2D((SIDE / 2 - 0.5, SIDE / 2 - 0.5), angle, 1.0)
    upright = cv2.warpAffine(detail, turn, (SIDE, SIDE))
    spectrum = np.fft.rfft(upright, 2 * SIDE, axis=1)
    # Correlating a row with its own mirror image: the peak says where the axis is.
    rows = np.fft.irfft(spectrum**2, axis=1).sum(axis=0)
    centre = rows[SIDE // 2 : SIDE + SIDE // 2]
    place = int(centre.argmax())
    return float(centre[place]) / max(float((upright**2).sum()), 1.0), place + 1 - SIDE / 2
