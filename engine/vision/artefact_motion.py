"""Motion blur: fine detail is missing along one direction, and kept across it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.artefact_view import SMALLEST, Field, Measure, View, severity
from engine.vision.evidence import Evidence

WAYS = 12  # directions looked along
# Waves a pixel of the 256 px picture: anatomy's coarse shapes, its edges, and edges in the widest
# sense, which tell the directions apart best.
COARSE, FINE, EDGES = (0.027, 0.063), (0.063, 0.18), (0.063, 0.113)
SOFT = 2.0  # powers of ten from coarse to fine along the softest direction
UNEVEN = 0.42  # powers of ten between the softest direction and the one across it


@dataclass(frozen=True)
class Softness:
    """How much detail is missing along the softest direction, and how much less across it."""

    along: float
    uneven: float
    way: float  # radians, 0 along the picture's width


def motion(view: View) -> Measure:
    """Compare fine with coarse detail by direction."""
    if min(view.image.shape) < SMALLEST:
        return Measure(0.0, f"Motion cannot be told below {SMALLEST} pixels.")
    soft = softness(view.small)
    # Both must hold: a picture out of focus, or enlarged, is soft in every direction.
    level = severity(min(soft.along / SOFT, (max(soft.uneven, 0.0) / UNEVEN) ** 0.3), 1.0, 12.0)
    if level < 0.5:
        every = "soft in every direction" if soft.along > SOFT else "sharp enough"
        return Measure(level, f"No motion: edges are {every}.")
    reach = 0.15 * np.cos(soft.way), 0.15 * np.sin(soft.way)
    lines = tuple(
        (x - reach[0], 0.5 - reach[1], x + reach[0], 0.5 + reach[1]) for x in (0.45, 0.5, 0.55)
    )
    sentence = f"Edges are smeared along {_named(soft.way)}: the patient moved or breathed."
    return Measure(level, sentence, Evidence(lines=lines))


def softness(field: Field) -> Softness:
    """Measure a picture whose longer side is 256 pixels."""
    power, rate, way = _spectrum(field)
    coarse, fine, edges = (
        _by_way(power, way, (rate >= low) & (rate < high)) for low, high in (COARSE, FINE, EDGES)
    )
    lost = edges - coarse
    lost = (lost + np.roll(lost, 1) + np.roll(lost, -1)) / 3
    uneven = np.roll(lost, WAYS // 2) - lost
    softest = int(uneven.argmax())
    return Softness(float((coarse - fine).max()), float(uneven.max()), np.pi * softest / WAYS)


def _spectrum(field: Field) -> tuple[Field, Field, NDArray[np.intp]]:
    height, width = field.shape
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    power = np.abs(np.fft.rfft2((field - cv2.GaussianBlur(field, (0, 0), 12)) * window)) ** 2
    up, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    way = np.rint(np.arctan2(up, across) / np.pi * WAYS).astype(np.intp) % WAYS
    rate = np.hypot(up, across)
    return (power / (window**2).sum()).astype(np.float32), rate.astype(np.float32), way


def _by_way(power: Field, way: NDArray[np.intp], band: NDArray[np.bool_]) -> NDArray[np.float64]:
    total = np.bincount(way[band], power[band], WAYS)
    count = np.bincount(way[band], minlength=WAYS)
    return np.asarray(np.log10(total / np.maximum(count, 1) + 1e-3), np.float64)


def _named(way: float) -> str:
    degrees = np.degrees(way) % 180
    if degrees < 22.5 or degrees > 157.5:
        return "the picture's width"
    return "the body's length" if 67.5 < degrees < 112.5 else "a slanted line"
