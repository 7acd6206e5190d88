"""Steps that always happen, and pictures on which their effect is known."""

import re

import cv2
import numpy as np

from engine.vision.augmentation import STEPS
from engine.vision.phantom import draw
from engine.words.options import Choice, Value

SIDE = 96
CHEST = draw(3, "viral", SIDE).image
FLAT = np.full((SIDE, SIDE), 120, np.uint8)
RAMP = np.tile(np.linspace(0, 255, SIDE).round().astype(np.uint8), (SIDE, 1))


def step(name: str, **knobs: Value) -> tuple[Choice, ...]:
    """Return one step that happens in every draw."""
    chance = {"chance": 1.0} if "chance" in STEPS[name].params else {}
    return (Choice.of(name, **{**chance, **knobs}),)


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"[+-]?\d+\.?\d*", text)]


def dot(x: int, y: int) -> np.ndarray:
    """Return a soft white dot on black, which survives any interpolation."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(image, (x, y), 3, 255, -1)
    return image


def centre(image: np.ndarray) -> tuple[float, float]:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    weight = image.astype(float) / image.sum()
    return float((columns * weight).sum()), float((rows * weight).sum())
