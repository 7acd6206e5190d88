"""Pictures that are no frontal chest X-ray, drawn by code, to fit and to measure the gate."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.foreign_bodies import BODIES

Grey = NDArray[np.uint8]
Field = NDArray[np.float32]
Drawer = Callable[[np.random.Generator, int, int], Field]

LETTERS = "abcdefghijklmnopqrstuvwxyz     ABCDEFGHIKLMNOPRSTUVW0123456789.,:-"


def foreign_picture(seed: int, kind: str = "", size: int = 224) -> tuple[Grey, str]:
    """Return a picture (about `size` pixels a side) and its kind; one of KINDS by chance if empty.

    The same arguments give the same bytes. Levels are 0..255, sizes and shapes vary.
    """
    rng = np.random.default_rng([seed, 77])
    names = tuple(KINDS)
    name = kind or names[int(rng.integers(len(names)))]
    height, width = (rng.uniform(0.75, 1.25, 2) * size).astype(int).tolist()
    field = KINDS[name](rng, height, width)
    return np.rint(np.clip(field, 0, 255)).astype(np.uint8), name


def _document(rng: np.random.Generator, height: int, width: int) -> Field:
    paper, ink = (rng.uniform(200, 255), rng.uniform(0, 70))
    if rng.random() < 0.15:
        paper, ink = ink, paper
    page = np.full((height, width), paper, np.uint8)
    step = int(rng.integers(7, 18))
    left = int(rng.uniform(0.03, 0.15) * width)
    y = int(rng.integers(step, 3 * step))
    while y < height - step / 2:
        if rng.random() < 0.85:
            long = int(rng.uniform(0.3, 1) * (width - 2 * left) / (step * 0.42))
            line = "".join(rng.choice(list(LETTERS), max(1, long)))
            scale = step / 34
            cv2.putText(page, line, (left, y), cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 1, cv2.LINE_AA)
        y += step
    return np.asarray(page + rng.normal(0, rng.uniform(0, 4), page.shape), np.float32)


def _form(rng: np.random.Generator, height: int, width: int) -> Field:
    page = _document(rng, height, width)
    ink = float(rng.uniform(0, 120))
    rows = np.sort(rng.integers(0, height, int(rng.integers(3, 14))))
    columns = np.sort(rng.integers(0, width, int(rng.integers(1, 7))))
    page[rows] = ink
    page[:, columns] = ink
    return page


def _chart(rng: np.random.Generator, height: int, width: int) -> Field:
    page = np.full((height, width), rng.choice([15.0, 240.0, 255.0]), np.float32)
    ink = 255 - float(page[0, 0])
    count = int(rng.integers(4, 16))
    bars = rng.uniform(0.05, 0.9, count)
    for place, bar in enumerate(bars):
        x = int((0.1 + 0.85 * place / count) * width)
        if rng.random() < 0.8:
            end = (x + int(0.6 * width / count), int(0.9 * height))
            level = float(rng.uniform(0, 255))
            cv2.rectangle(page, (x, int((0.9 - 0.8 * bar) * height)), end, level, -1)
    cv2.line(page, (int(0.08 * width), int(0.9 * height)), (width, int(0.9 * height)), ink, 1)
    cv2.line(page, (int(0.08 * width), 0), (int(0.08 * width), int(0.9 * height)), ink, 1)
    return page


def _drawing(rng: np.random.Generator, height: int, width: int) -> Field:
    page = np.full((height, width), rng.uniform(0, 255), np.float32)
    for _ in range(int(rng.integers(2, 25))):
        corners = rng.integers(0, [width, height], (int(rng.integers(3, 6)), 2)).astype(np.int32)
        level, way = float(rng.uniform(0, 255)), rng.integers(3)
        if way == 0:
            cv2.polylines(page, [corners], True, level, int(rng.integers(1, 6)), cv2.LINE_AA)
        elif way == 1:
            cv2.fillPoly(page, [corners], level, cv2.LINE_AA)
        else:
            radius = int(rng.uniform(0.03, 0.3) * height)
            cv2.circle(page, corners[0].tolist(), radius, level, int(rng.choice([-1, 2, 4])))
    return page


def _noise(rng: np.random.Generator, height: int, width: int) -> Field:
    grain = rng.standard_normal((height, width))
    if rng.random() < 0.5:
        return np.asarray(128 + rng.uniform(15, 90) * grain, np.float32)
    return _coloured(rng, height, width, rng.uniform(0.3, 1.4)) * rng.uniform(20, 60) + 128


def _clouds(rng: np.random.Generator, height: int, width: int) -> Field:
    """Smooth shapes at every scale, as in many photographs out of focus."""
    return _coloured(rng, height, width, rng.uniform(1.5, 2.4)) * rng.uniform(25, 70) + 128


def _landscape(rng: np.random.Generator, height: int, width: int) -> Field:
    field = _coloured(rng, height, width, 1.2) * 22 + rng.uniform(60, 150)
    line = _coloured(rng, 2, width, 1.3)[0] * 0.06 * height + rng.uniform(0.25, 0.7) * height
    sky = np.arange(height)[:, None] < line[None]
    field[sky] = 0.15 * field[sky] + rng.uniform(120, 220)
    for _ in range(int(rng.integers(0, 6))):
        x, y = rng.uniform(0.1, 0.9, 2) * [width, height]
        wide, high = rng.uniform(0.05, 0.3, 2) * [width, height]
        end = (int(x + wide), int(y + high))
        cv2.rectangle(field, (int(x), int(y)), end, float(rng.uniform(0, 255)), -1)
    return field


def _blank(rng: np.random.Generator, height: int, width: int) -> Field:
    level = rng.choice([0.0, 255.0, rng.uniform(0, 255)])
    grain = rng.normal(0, rng.choice([0.0, 1.0, 3.0]), (height, width))
    return np.asarray(level + grain, np.float32)


def _gradient(rng: np.random.Generator, height: int, width: int) -> Field:
    rows, columns = np.mgrid[:height, :width] / max(height, width)
    if rng.random() < 0.5:
        way = rng.uniform(0, 2 * np.pi)
        ramp = np.cos(way) * columns + np.sin(way) * rows
    else:
        x, y = rng.uniform(0, 1, 2)
        ramp = np.hypot(columns - x, rows - y) * rng.choice([-1, 1])
    low, high = sorted(rng.uniform(0, 255, 2))
    ramp = (ramp - ramp.min()) / (np.ptp(ramp) + 1e-6)
    return np.asarray(low + (high - low) * ramp, np.float32)


def _tiles(rng: np.random.Generator, height: int, width: int) -> Field:
    side = int(rng.integers(6, 60))
    rows, columns = np.mgrid[:height, :width] // side
    dark, bright = sorted(rng.uniform(0, 255, 2))
    even = (rows + columns) % 2 == 0 if rng.random() < 0.6 else rows % 2 == 0
    return np.where(even, dark, bright).astype(np.float32)


def _coloured(rng: np.random.Generator, height: int, width: int, fall: float) -> Field:
    """Noise whose spectrum falls off as 1 / frequency ** fall; mean 0, deviation 1."""
    spectrum = np.fft.rfft2(rng.standard_normal((height, width)))
    rate = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    rate[0, 0] = 1
    field = np.fft.irfft2(spectrum / rate**fall, s=(height, width))
    field -= field.mean()
    return np.asarray(field / (field.std() + 1e-9), np.float32)


KINDS: dict[str, Drawer] = {
    "document": _document,
    "form": _form,
    "chart": _chart,
    "drawing": _drawing,
    "noise": _noise,
    "clouds": _clouds,
    "landscape": _landscape,
    "blank": _blank,
    "gradient": _gradient,
    "tiles": _tiles,
    **BODIES,
}
