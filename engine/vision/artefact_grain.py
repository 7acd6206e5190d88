"""Noise: too much fine detail everywhere."""

import cv2
import numpy as np

from engine.vision.artefact_view import SMALLEST, Field, Measure, View, severity

LIMIT = 1.9  # grey levels
KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


def noise(view: View) -> Measure:
    """Estimate the grain's standard deviation in grey levels."""
    if min(view.image.shape) < SMALLEST:
        return Measure(0.0, f"Grain cannot be told from detail below {SMALLEST} pixels.")
    grain = grain_of(view.plain)
    level = severity(grain, LIMIT)
    says = "it hides fine detail" if level >= 0.5 else "as usual"
    return Measure(level, f"The grain is about {grain:.1f} of 255 grey levels: {says}.")


def grain_of(field: Field) -> float:
    """Return the grain's standard deviation, from second differences that edges hardly touch.

    Immerkaer 1996, "Fast noise variance estimation", with a median in place of the mean. White
    and black pixels, where grain is cut off, are left out.
    """
    lit = (field > 8) & (field < 247)
    detail = np.abs(cv2.filter2D(field, -1, KERNEL))[lit]
    return float(np.median(detail)) / 0.6745 / 6 if detail.size else 0.0
