"""Over- and under-exposure, read off the histogram."""

import numpy as np

from engine.vision.artefact_view import Measure, View, severity
from engine.vision.evidence import Evidence

BLACK, WHITE = 12, 243
DARK, BRIGHT = 0.5, 0.5


def over(view: View) -> Measure:
    """Too dark: how much of the inner picture is near black."""
    inner = _inner(view)
    share = float((inner <= 40).mean())
    return Measure(
        severity(share, DARK),
        f"{share:.0%} of the picture's inner part is black or nearly so.",
        Evidence(mask=view.small <= BLACK) if share >= DARK else Evidence(),
    )


def under(view: View) -> Measure:
    """Too bright: how much of the inner picture is near white."""
    inner = _inner(view)
    share = float((inner >= 220).mean())
    return Measure(
        severity(share, BRIGHT),
        f"{share:.0%} of the picture's inner part is white or nearly so.",
        Evidence(mask=view.small >= WHITE) if share >= BRIGHT else Evidence(),
    )


def _inner(view: View) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    height, width = view.small.shape
    return view.small[height // 8 : -height // 8, width // 6 : -width // 6]
