"""Metal on a child: buttons, snaps, electrodes with their wire, pins, zips, drawn on a picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Points = NDArray[np.float64]
Mask = NDArray[np.bool_]
_SHIFT = 4  # fractional bits of cv2's fixed-point coordinates


def draw_metal(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    """Return the picture with one to three things of metal over the trunk, and where they lie."""
    height, width = image.shape
    sheet = np.zeros(image.shape, np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        at = np.array([rng.uniform(0.15, 0.85) * width, rng.uniform(0.08, 0.9) * height])
        thing = THINGS[int(rng.integers(len(THINGS)))]
        thing(sheet, at, max(height, 100) * strength**0.5, rng)
    soft = cv2.GaussianBlur(sheet.astype(np.float32) / 255, (0, 0), max(0.4, height * 0.0012))
    ink = rng.uniform(238, 255)  # metal stops the beam: white whatever lies behind it
    return image * (1 - soft) + ink * soft, sheet > 0


def _button(sheet: NDArray[np.uint8], at: Points, side: float, rng: np.random.Generator) -> None:
    radius = side * rng.uniform(0.012, 0.026)
    cv2.circle(sheet, _fixed(at), round(radius * 16), 255, -1, cv2.LINE_AA, _SHIFT)


def _snap(sheet: NDArray[np.uint8], at: Points, side: float, rng: np.random.Generator) -> None:
    radius = side * rng.uniform(0.018, 0.032)
    weight = max(2, round(radius * 0.45))
    cv2.circle(sheet, _fixed(at), round(radius * 16), 255, weight, cv2.LINE_AA, _SHIFT)
    cv2.circle(sheet, _fixed(at), round(radius * 0.3 * 16), 255, -1, cv2.LINE_AA, _SHIFT)


def _electrode(sheet: NDArray[np.uint8], at: Points, side: float, rng: np.random.Generator) -> None:
    _button(sheet, at, side * 0.8, rng)
    way = rng.uniform(0, 2 * np.pi)
    steps = np.linspace(0, 1, 12)[:, None]
    bend = rng.normal(0, 0.12)
    ahead = np.array([np.cos(way), np.sin(way)])
    aside = np.array([-ahead[1], ahead[0]])
    line = at + side * (0.6 * steps * ahead + bend * np.sin(3 * steps) * aside)
    _lines(sheet, line, max(1, round(side * 0.006)))


def _pin(sheet: NDArray[np.uint8], at: Points, side: float, rng: np.random.Generator) -> None:
    way = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(way), -np.sin(way)], [np.sin(way), np.cos(way)]])
    bend = np.linspace(np.pi / 2, 3 * np.pi / 2, 8)
    loop = np.stack([0.03 * np.cos(bend), 0.022 * np.sin(bend)], axis=1) - [0.05, 0]
    shape = np.vstack([[0.07, 0.022], loop, [0.07, -0.022], [0.085, 0.0]])
    _lines(sheet, at + side * rng.uniform(0.9, 1.4) * shape @ turn.T, max(2, round(side * 0.009)))


def _zip(sheet: NDArray[np.uint8], at: Points, side: float, rng: np.random.Generator) -> None:
    teeth = int(rng.integers(8, 16))
    gap = side * 0.024
    for tooth in range(teeth):
        place = at + gap * np.array([0.3 * (tooth % 2), tooth - teeth / 2])
        half = np.array([gap * 0.5, gap * 0.24])
        cv2.rectangle(sheet, _fixed(place - half), _fixed(place + half), 255, -1, 8, _SHIFT)


def _lines(sheet: NDArray[np.uint8], points: Points, weight: int) -> None:
    corners = np.rint(points * 16).astype(np.int32)
    cv2.polylines(sheet, [corners], False, 255, weight, cv2.LINE_AA, _SHIFT)


def _fixed(point: Points) -> tuple[int, int]:
    x, y = np.rint(point * 16).astype(int)
    return int(x), int(y)


THINGS = (_button, _snap, _electrode, _pin, _zip)
