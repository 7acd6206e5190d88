"""Pneumonia in the phantom: what fills the lungs' air, and the mask of where."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.phantom_anatomy import LEFT, RIGHT, Anatomy
from engine.vision.phantom_canvas import Canvas, Field, Points, curve, ribbon, smooth_noise

SIDE = 256  # pixels of the square that covers body coordinates -1..1


@dataclass(frozen=True)
class Disease:
    """Body-fixed fields (SIDE, SIDE): `filled` share of the air lost, `lines` added on top."""

    filled: Field
    lines: Field


def make_disease(kind: str, anatomy: Anatomy, rng: np.random.Generator) -> Disease:
    """The disease of one patient: the same places in all of the patient's pictures."""
    if kind == "bacterial":
        return _lobar(anatomy, rng)
    if kind == "viral":
        return _interstitial(anatomy, rng)
    nothing = np.zeros((SIDE, SIDE), np.float32)
    return Disease(nothing, nothing)


def _grid() -> tuple[Field, Field]:
    axis = (np.arange(SIDE, dtype=np.float32) + 0.5) * (2 / SIDE) - 1
    x, y = np.meshgrid(axis, axis)
    return x.astype(np.float32), y.astype(np.float32)


def _lobar(anatomy: Anatomy, rng: np.random.Generator) -> Disease:
    """One to three dense patches with soft, irregular edges and open bronchi within."""
    x, y = _grid()
    filled = np.zeros_like(x)
    ragged = smooth_noise(rng, SIDE, 9) * 0.15 + smooth_noise(rng, SIDE, 28) * 0.07
    sides = [int(rng.choice([RIGHT, LEFT]))] * int(rng.choice([1, 2], p=[0.7, 0.3]))
    if rng.random() < 0.2:
        sides.append(-sides[0])
    for side in sides:
        cx = side * anatomy.width * rng.uniform(0.42, 0.75)
        cy = rng.uniform(anatomy.top + 0.3, anatomy.base - 0.04)
        a, b = rng.uniform(0.16, 0.31), rng.uniform(0.17, 0.34)
        far = np.sqrt(((x - cx) / a) ** 2 + ((y - cy) / b) ** 2)
        patch = _step((1 - far + ragged * 1.6) / rng.uniform(0.11, 0.24))
        if rng.random() < 0.35:  # a fissure cuts the patch off on one side
            above = rng.choice([-1, 1])
            cut = cy + rng.uniform(-0.06, 0.06) + 0.15 * side * (x - cx)
            patch = patch * _step(above * (cut - y) / 0.015)
        filled = np.maximum(filled, patch * rng.uniform(0.62, 0.95))
    filled *= 1 - rng.uniform(0.1, 0.4) * _open_bronchi(anatomy, rng) * (filled > 0.2)
    return Disease(filled.astype(np.float32), np.zeros_like(filled, np.float32))


def _step(value: Field | Points) -> Field:
    """The logistic function, safe for large values."""
    return np.asarray(0.5 + 0.5 * np.tanh(value / 2), np.float32)


def _open_bronchi(anatomy: Anatomy, rng: np.random.Generator) -> Field:
    """Air bronchogram: bronchi from the hila that stay open, 0..1."""
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    for side in (RIGHT, LEFT):
        root = np.array([0.13 * side, anatomy.top + 0.6])
        for lean in rng.uniform(-0.9, 1.3, 4):
            way = np.array([np.cos(lean) * side, np.sin(lean)])
            bend = np.array([-way[1], way[0]]) * rng.normal(0, 0.05)
            line = curve(np.stack([root, root + way * 0.2 + bend, root + way * 0.42]), 12)
            _stamp(sheet, ribbon(line, np.linspace(0.02, 0.007, 12)), 1.0)
    return np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.7), np.float32) / np.float32(255)


def _interstitial(anatomy: Anatomy, rng: np.random.Generator) -> Disease:
    """A net of thickened septa and cuffed bronchi in both lungs, densest around the hila."""
    x, y = _grid()
    spread = rng.uniform(0.45, 0.75)
    centre = anatomy.top + 0.66 + rng.uniform(-0.1, 0.15)
    near = np.exp(-((np.abs(x) - 0.2) ** 2 / spread**2 + (y - centre) ** 2 / (spread * 1.15) ** 2))
    weight = near * np.clip(1 + 0.3 * smooth_noise(rng, SIDE, 6), 0.3, 1.6)
    net = np.zeros_like(x)
    for cells, width, share in ((26, 0.32, 0.6), (44, 0.42, 0.6)):
        net += share * np.exp(-((smooth_noise(rng, SIDE, cells) / width) ** 2))
    lines = weight * (net - net.mean())
    haze = weight * (0.22 + 0.07 * smooth_noise(rng, SIDE, 18))
    strength = rng.uniform(0.9, 1.45)
    cuffs = _cuffs(anatomy, rng) * np.minimum(1, weight)
    filled = np.clip(strength * haze, 0, 0.6)
    return Disease(
        filled.astype(np.float32), (strength * (0.24 * lines + 0.2 * cuffs)).astype(np.float32)
    )


def _cuffs(anatomy: Anatomy, rng: np.random.Generator) -> Field:
    """Thickened bronchial walls around the hila: rings seen end on, tram lines from the side."""
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    for side in (RIGHT, LEFT):
        root = np.array([0.14 * side, anatomy.top + 0.62])
        for lean in rng.uniform(-1.2, 1.5, 8):
            way = np.array([np.cos(lean) * side, np.sin(lean)])
            line = curve(np.stack([root + way * 0.03, root + way * 0.14, root + way * 0.27]), 10)
            _stamp(sheet, ribbon(line, 0.036), 0.8)
            _stamp(sheet, ribbon(line, 0.016), 0.1)
        for _ in range(5):
            at = root + rng.normal(0, 0.09, 2)
            pixels = np.round((at + 1) * SIDE / 2 * 16).astype(int)
            cv2.circle(sheet, (int(pixels[0]), int(pixels[1])), 36, 200, 2, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.8), np.float32) / np.float32(255)


def _stamp(sheet: np.ndarray, outline: Points, level: float) -> None:
    corners = np.round((outline + 1) * SIDE / 2 * 16).astype(np.int32)
    cv2.fillPoly(sheet, [corners], level * 255, cv2.LINE_AA, 4)


def apply_disease(
    disease: Disease, air: Field, lungs: Field, canvas: Canvas, strength: float
) -> tuple[Field, Field, NDArray[np.bool_]]:
    """What the disease adds to the beam's path, the air it leaves, its mask in this picture."""
    filled = canvas.bring(disease.filled) * strength
    lines = canvas.bring(disease.lines) * strength
    added = air * filled + lines * np.minimum(air * 1.3, 1)
    burden = canvas.blur(np.abs(filled) + np.abs(lines) * 0.8, 0.012)
    # A vessel shows by the air around it, so it fades where the air is gone (silhouette sign).
    open_air = air * (1 - np.clip(filled, 0, 1))
    mask = (burden > 0.11) & (lungs > 0.3) & (air > 0.1)
    return added.astype(np.float32), open_air.astype(np.float32), mask
