"""Other pictures from a hospital: axial slices of chest, head and belly, limbs, hands, skulls."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def _ellipse(
    sheet: Field, x: float, y: float, a: float, b: float, level: float, lean: float = 0.0
) -> None:
    """Fill an ellipse; centre and half axes in shares of the sheet."""
    height, width = sheet.shape
    centre = (round(x * width), round(y * height))
    axes = (max(1, round(a * width)), max(1, round(b * height)))
    cv2.ellipse(sheet, centre, axes, lean, 0, 360, level, -1, cv2.LINE_AA)


def _thorax(rng: np.random.Generator, height: int, width: int) -> Field:
    """An axial CT slice through the lungs."""
    sheet = np.zeros((height, width), np.float32)
    a, b = rng.uniform(0.36, 0.48), rng.uniform(0.27, 0.42)
    _ellipse(sheet, 0.5, 0.5, a, b, rng.uniform(110, 150))
    _ellipse(sheet, 0.5, 0.5, a * 0.92, b * 0.9, rng.uniform(150, 180))
    air = rng.uniform(5, 45)
    for side in (-1, 1):
        lean = side * rng.uniform(-15, 15)
        x = 0.5 + side * a * rng.uniform(0.42, 0.5)
        _ellipse(sheet, x, 0.5, a * rng.uniform(0.3, 0.4), b * rng.uniform(0.55, 0.75), air, lean)
    _ellipse(sheet, 0.54, 0.45, a * 0.28, b * 0.4, rng.uniform(150, 200))
    _ellipse(sheet, 0.5, 0.5 + 0.62 * b, a * 0.13, b * 0.16, 235)
    for turn in np.linspace(0, 2 * np.pi, int(rng.integers(8, 15)), endpoint=False):
        x, y = 0.5 + 0.87 * a * np.cos(turn), 0.5 + 0.84 * b * np.sin(turn)
        _ellipse(sheet, x, y, 0.025, 0.014, 240, float(np.degrees(turn)) + 90)
    return _scanned(sheet, rng)


def _belly(rng: np.random.Generator, height: int, width: int) -> Field:
    """An axial slice through liver, kidneys and bowel."""
    sheet = np.zeros((height, width), np.float32)
    a, b = rng.uniform(0.36, 0.48), rng.uniform(0.26, 0.38)
    _ellipse(sheet, 0.5, 0.5, a, b, rng.uniform(60, 110))
    _ellipse(sheet, 0.5, 0.5, a * 0.88, b * 0.85, rng.uniform(120, 150))
    _ellipse(sheet, 0.5 - 0.4 * a, 0.48, a * 0.42, b * 0.55, rng.uniform(160, 190))
    for _ in range(int(rng.integers(3, 10))):
        x, y = rng.uniform(-0.6, 0.7) * a + 0.5, rng.uniform(-0.6, 0.4) * b + 0.5
        level = float(rng.choice([20, 170, 200]))
        _ellipse(sheet, x, y, rng.uniform(0.02, 0.06), rng.uniform(0.02, 0.05), level)
    for side in (-1, 1):
        _ellipse(sheet, 0.5 + side * 0.45 * a, 0.5 + 0.45 * b, a * 0.15, b * 0.2, 200)
    _ellipse(sheet, 0.5, 0.5 + 0.5 * b, a * 0.14, b * 0.2, 235)
    return _scanned(sheet, rng)


def _head(rng: np.random.Generator, height: int, width: int) -> Field:
    """An axial slice of a head, as the phantom of Shepp and Logan (1974) with other numbers."""
    sheet = np.zeros((height, width), np.float32)
    a, b = rng.uniform(0.28, 0.38), rng.uniform(0.36, 0.46)
    lean = float(rng.normal(0, 6))
    _ellipse(sheet, 0.5, 0.5, a, b, rng.uniform(220, 255), lean)
    _ellipse(sheet, 0.5, 0.5, a * 0.9, b * 0.92, rng.uniform(50, 130), lean)
    for side in (-1, 1):
        x = 0.5 + side * rng.uniform(0.05, 0.1)
        level = float(rng.uniform(0, 60))
        tall = rng.uniform(0.06, 0.16)
        _ellipse(sheet, x, 0.5, rng.uniform(0.03, 0.06), tall, level, side * rng.uniform(0, 25))
    for _ in range(int(rng.integers(2, 7))):
        x, y = rng.normal(0.5, 0.08, 2)
        level = float(rng.uniform(60, 180))
        _ellipse(sheet, x, y, rng.uniform(0.01, 0.07), rng.uniform(0.01, 0.07), level)
    return _scanned(sheet, rng)


def _limb(rng: np.random.Generator, height: int, width: int) -> Field:
    """An arm or a leg, with one or two long bones and a joint."""
    sheet = np.zeros((height, width), np.float32)
    middle, wide = rng.uniform(0.4, 0.6), rng.uniform(0.1, 0.3)
    lean = rng.normal(0, 12)
    _ellipse(sheet, middle, 0.5, wide, 0.9, rng.uniform(60, 120), lean)
    bones = int(rng.integers(1, 3))
    joint = rng.uniform(0.3, 0.7)
    for bone in range(bones):
        x = middle + (bone - (bones - 1) / 2) * wide * 0.8
        thin = wide * rng.uniform(0.2, 0.4)
        for end, level in ((joint - 0.47, 190), (joint + 0.47, 190)):
            _ellipse(sheet, x, end, thin, 0.45, level + rng.uniform(-20, 40), lean)
            _ellipse(sheet, x, end, thin * 0.5, 0.42, level - 40, lean)
    return _scanned(sheet, rng)


def _hand(rng: np.random.Generator, height: int, width: int) -> Field:
    sheet = np.zeros((height, width), np.float32)
    _ellipse(sheet, 0.5, 0.68, 0.2, 0.2, 110)
    _ellipse(sheet, 0.5, 0.95, 0.13, 0.2, 120)
    for finger in range(5):
        turn = np.radians(-40 + 20 * finger + rng.normal(0, 3))
        long = 0.26 - 0.03 * abs(finger - 2)
        for joint in range(3):
            away = 0.2 + long * (0.3 + 0.55 * joint)
            x, y = 0.5 + away * np.sin(turn), 0.66 - away * np.cos(turn)
            angle = float(np.degrees(turn))
            _ellipse(sheet, x, y, 0.045, 0.1, 100, angle)
            _ellipse(sheet, x, y, 0.018, 0.06, 210, angle)
        x, y = 0.5 + 0.12 * np.sin(turn), 0.68 - 0.12 * np.cos(turn)
        _ellipse(sheet, x, y, 0.02, 0.09, 200, float(np.degrees(turn)))
    return _scanned(sheet, rng)


def _skull(rng: np.random.Generator, height: int, width: int) -> Field:
    sheet = np.zeros((height, width), np.float32)
    a, b = rng.uniform(0.3, 0.4), rng.uniform(0.33, 0.4)
    _ellipse(sheet, 0.5, 0.45, a, b, rng.uniform(200, 250))
    _ellipse(sheet, 0.5, 0.45, a * 0.93, b * 0.93, rng.uniform(130, 180))
    _ellipse(sheet, 0.5, 0.78, a * 0.55, 0.2, rng.uniform(180, 220))
    for side in (-1, 1):
        _ellipse(sheet, 0.5 + side * 0.13, 0.52, 0.08, 0.07, rng.uniform(60, 110))
    _ellipse(sheet, 0.5, 0.64, 0.04, 0.08, rng.uniform(50, 100))
    return _scanned(sheet, rng)


def _scanned(sheet: Field, rng: np.random.Generator) -> Field:
    """Soften, tilt, window and add grain."""
    height, width = sheet.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 5)), 1.0)
    tilted = cv2.warpAffine(sheet, turn, (width, height))
    soft = cv2.GaussianBlur(tilted, (0, 0), float(rng.uniform(0.6, 2.5)))
    grain = cv2.GaussianBlur(rng.normal(0, 1, sheet.shape), (0, 0), 0.7)
    windowed = (soft - rng.uniform(0, 20)) * rng.uniform(0.8, 1.25)
    return np.asarray(windowed + rng.uniform(2, 16) * grain, np.float32)


BODIES: dict[str, Callable[[np.random.Generator, int, int], Field]] = {
    "slice of a chest": _thorax,
    "slice of a belly": _belly,
    "slice of a head": _head,
    "limb": _limb,
    "hand": _hand,
    "skull": _skull,
}
