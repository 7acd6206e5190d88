"""Noise and motion blur: too much fine detail everywhere, too little along one direction."""

import cv2
import numpy as np

from engine.vision.artefact_view import Field, Measure, View, severity
from engine.vision.evidence import Evidence

NOISE = 8.0  # grey levels
MOTION = 2.2
WAYS = 12  # directions looked along


def noise(view: View) -> Measure:
    """Estimate the grain's standard deviation in grey levels (Immerkaer 1996, with a median)."""
    grain = grain_of(view.plain)
    return Measure(severity(grain, NOISE), f"The grain is about {grain:.1f} of 255 grey levels.")


def grain_of(field: Field) -> float:
    """Return the grain's standard deviation, from second differences that edges hardly touch."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    lit = (field > 8) & (field < 247)
    detail = np.abs(cv2.filter2D(field, -1, kernel))[lit]
    return float(np.median(detail)) / 0.6745 / 6 if detail.size else 0.0


def motion(view: View) -> Measure:
    """Compare the sharpness along each direction with that across it."""
    ratio, way = smear(view.small)
    sentence = "Edges are about as sharp in every direction."
    level = severity(ratio, MOTION)
    if level < 0.5:
        return Measure(level, sentence)
    dx, dy = 0.15 * np.cos(way), 0.15 * np.sin(way)
    line = (0.5 - dx, 0.5 - dy, 0.5 + dx, 0.5 + dy)
    sentence = f"Along {_named(way)} edges are {ratio:.1f} times softer than across: motion."
    return Measure(level, sentence, Evidence(lines=(line,)))


def smear(field: Field) -> tuple[float, float]:
    """Return how much softer edges are along the softest direction, and its angle (radians)."""
    energy = np.maximum(sectors(field), 1e-6)
    fine = energy[1] / energy[0]
    softest = int(fine.argmin())
    return float(np.median(fine) / fine[softest]), float(np.pi * softest / WAYS)


def sectors(field: Field) -> Field:
    """Return the spectrum's energy (2, WAYS) at coarse and fine detail by direction."""
    height, width = field.shape
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    power = np.abs(np.fft.rfft2((field - field.mean()) * window)) ** 2
    up, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    rate, angle = np.hypot(up, across), np.arctan2(up, across) % np.pi
    which = np.rint(angle / np.pi * WAYS).astype(int) % WAYS
    bands = ((rate > 0.02) & (rate < 0.05), (rate > 0.06) & (rate < 0.18))
    rows = [np.bincount(which[band], power[band], WAYS) for band in bands]
    return np.asarray(rows, np.float32)


def _named(way: float) -> str:
    degrees = np.degrees(way) % 180
    if degrees < 22.5 or degrees > 157.5:
        return "the picture's width"
    return "the body's length" if 67.5 < degrees < 112.5 else "a slanted line"
