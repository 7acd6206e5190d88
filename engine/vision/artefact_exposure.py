"""Over- and under-exposure, read off the histogram."""

import numpy as np

from engine.vision.artefact_view import Measure, View, severity
from engine.vision.evidence import Evidence

NEARLY_BLACK, NEARLY_WHITE = 40, 220
DARK, BRIGHT = 0.27, 0.22  # shares of the inner picture


def over(view: View) -> Measure:
    """Too dark: how much of the inner picture is near black."""
    inner = _inner(view)
    share = float((inner <= NEARLY_BLACK).mean())
    return Measure(
        severity(share, DARK),
        f"{share:.0%} of the picture's inner part is black or nearly so.",
        Evidence(mask=view.small <= NEARLY_BLACK) if share >= DARK else Evidence(),
    )


def under(view: View) -> Measure:
    """Too bright: how much of the inner picture is near white."""
    inner = _inner(view)
    share = float((inner >= NEARLY_WHITE).mean())
    return Measure(
        severity(share, BRIGHT),
        f"{share:.0%} of the picture's inner part is white or nearly so.",
        Evidence(mask=view.small >= NEARLY_WHITE) if share >= BRIGHT else Evidence(),
    )


def _inner(view: View) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    height, width = view.small.shape
    return view.small[height // 8 : -height // 8, width // 6 : -width // 6]
