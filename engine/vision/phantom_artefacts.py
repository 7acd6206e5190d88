"""Spoil a clean picture by one known artefact, so that detectors can be measured."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.phantom_metal import draw_metal
from engine.words.errors import CxrError, NotFound

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Field = NDArray[np.float32]
Spoiler = Callable[[Field, np.random.Generator, float], tuple[Field, Mask]]

WORDS = ("PORTABLE", "AP SUPINE", "ERECT", "ID 40417", "14:32", "75 kV", "3y 2m", "BED 7", "EXP.")
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN)


def spoil(image: Grey, name: str, seed: int, strength: float = 1.0) -> tuple[Grey, Mask]:
    """Return the picture (H, W) uint8 with an artefact, and where it lies (H, W) bool.

    `strength` 1 is what one meets in practice, 0.5 half of it; the same seed gives the same bytes.
    Raises NotFound for an artefact that is not in SPOILERS, CxrError for a strength outside 0..3.
    """
    if name not in SPOILERS:
        raise NotFound(f"There is no artefact '{name}'. Choose one of: {', '.join(SPOILERS)}.")
    if not 0 < strength <= 3:
        raise CxrError(f"The strength must lie above 0 and up to 3, got {strength}.")
    rng = np.random.default_rng([seed, *name.encode()])
    spoiled, mask = SPOILERS[name](image.astype(np.float32), rng, strength)
    return np.rint(np.clip(spoiled, 0, 255)).astype(np.uint8), mask


def _grid(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    height, width = image.shape
    rate = rng.uniform(0.14, 0.42)  # lines a pixel
    lean = rng.normal(0, 0.02) + (np.pi / 2 if rng.random() < 0.5 else 0)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    phase = 2 * np.pi * rate * (np.cos(lean) * columns + np.sin(lean) * rows)
    depth = strength * rng.uniform(0.035, 0.09)
    return image * (1 + depth * np.sin(phase + rng.uniform(0, 6))), np.ones(image.shape, np.bool_)


def _metal(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    return draw_metal(image, rng, strength)


def _motion(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    height = image.shape[0]
    length = max(2.0, strength * rng.uniform(0.03, 0.065) * height)
    # Breathing moves along the body; a restless child moves anywhere.
    angle = rng.normal(90, 15) if rng.random() < 0.6 else rng.uniform(0, 180)
    smeared = cv2.filter2D(image, -1, _streak(length, angle), borderType=cv2.BORDER_REFLECT)
    # The grain arises in the detector: it does not move with the patient.
    grain = _grain_of(image)
    fresh = rng.standard_normal(image.shape, dtype=np.float32) * grain
    return smeared + fresh, np.ones(image.shape, np.bool_)


def _streak(length: float, angle: float) -> Field:
    side = int(np.ceil(length)) // 2 * 2 + 3
    fine = 8
    sheet = np.zeros((side * fine, side * fine), np.float32)
    middle = np.array([side, side]) * fine / 2
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * length * fine / 2
    begin, end = (np.rint(middle + sign * way).astype(int).tolist() for sign in (-1, 1))
    cv2.line(sheet, begin, end, 1.0, fine)
    kernel = cv2.resize(sheet, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _grain_of(image: Field) -> float:
    detail = image - cv2.GaussianBlur(image, (0, 0), 1.0)
    return 1.2 * float(np.median(np.abs(detail))) / 0.6745


def _noise(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    grain = rng.standard_normal(image.shape, dtype=np.float32)
    soft = rng.uniform(0, 0.7)
    if soft > 0.3:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), soft), np.float32)
    # Fewer X-rays come through what is bright.
    level = strength * rng.uniform(7, 15) * (0.6 + 0.6 * image / 255)
    return image + grain / grain.std() * level, np.ones(image.shape, np.bool_)


def _over(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    level = image / 255
    dark = level ** (1 + strength * rng.uniform(0.7, 1.3)) - strength * rng.uniform(0.03, 0.1)
    return np.asarray(dark * 255, np.float32), (dark < 0.02) & (level > 0.02)


def _under(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    level = image / 255
    lift = level * (1 + strength * rng.uniform(0, 0.3)) + strength * rng.uniform(0.22, 0.4)
    grain = rng.standard_normal(image.shape, dtype=np.float32)
    bright = 1 - np.log1p(np.exp((1 - lift) * 14)) / 14 + 0.01 * grain
    return np.asarray(bright * 255, np.float32), bright > 0.95


def _text(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    height, width = image.shape
    sheet = np.zeros(image.shape, np.uint8)
    size = max(7.0, height * rng.uniform(0.035, 0.06) * strength**0.5)
    lines = int(rng.integers(1, 4))
    font = FONTS[int(rng.integers(len(FONTS)))]
    scale = cv2.getFontScaleFromHeight(font, round(size), 1)
    top = rng.choice([0.02, 0.95 - 1.6 * lines * size / height])
    left = rng.uniform(0.02, 0.6)
    for line in range(lines):
        at = (int(left * width), int(top * height + (1.6 * line + 1.2) * size))
        word = str(rng.choice(WORDS))
        weight = max(1, round(size / 12))
        cv2.putText(sheet, word, at, font, scale, 255, weight, cv2.LINE_AA)
        wide = cv2.getTextSize(word, font, scale, weight)[0][0]
        rows = slice(max(0, at[1] - round(1.3 * size)), at[1] + round(0.3 * size))
        plate = image[rows, max(0, at[0] - 2) : at[0] + wide + 2]
        if plate.size and plate.mean() > 140:  # as machines do where white letters would not show
            plate *= 0.25
    if rng.random() < 0.3:
        cv2.rectangle(sheet, *_box(rng, width, height), 255, max(1, round(height / 200)))
    ink = rng.uniform(225, 255)
    share = sheet.astype(np.float32) / 255
    return np.asarray(image * (1 - share) + ink * share, np.float32), sheet > 0


def _box(
    rng: np.random.Generator, width: int, height: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    x, y = rng.uniform(0.1, 0.5, 2)
    wide, high = rng.uniform(0.15, 0.35, 2)
    begin = (int(x * width), int(y * height))
    return begin, (int((x + wide) * width), int((y + high) * height))


def _rotation(image: Field, rng: np.random.Generator, strength: float) -> tuple[Field, Mask]:
    height, width = image.shape
    angle = strength * rng.uniform(11, 24) * rng.choice([-1, 1])
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(turned, np.float32), np.ones(image.shape, np.bool_)


SPOILERS: dict[str, Spoiler] = {
    "grid": _grid,
    "metal": _metal,
    "motion": _motion,
    "noise": _noise,
    "overexposure": _over,
    "underexposure": _under,
    "text": _text,
    "rotation": _rotation,
}
