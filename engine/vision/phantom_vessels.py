"""The phantom's hila and the vessels that branch from them into the lungs."""

import numpy as np

from engine.vision.phantom_anatomy import LEFT, RIGHT, Anatomy
from engine.vision.phantom_canvas import Canvas, Field, Points, curve, ellipse, ribbon

_STEMS = 8  # vessels that leave one hilum
_FORKS = (0.35, 0.6, 0.82)  # where smaller ones leave a vessel, shares of its length


def build_vessels(anatomy: Anatomy, canvas: Canvas) -> Field:
    """Hila and vessels along the beam, (height, width), in soft-tissue units."""
    rng = np.random.default_rng([anatomy.seed, 1])
    sheets = (canvas.blank(), canvas.blank(), canvas.blank())
    for side in (RIGHT, LEFT):
        root = np.array([0.17 * side, anatomy.top + 0.64 - (0.03 if side == LEFT else 0)])
        canvas.stamp(sheets[0], ellipse(root[0], root[1], 0.05, 0.1, 0.35 * side), 0.0, 0.6)
        _tree(canvas, rng, sheets, root, side, anatomy.width)
    field = canvas.settle(sheets[0], 0.01) + 0.7 * canvas.settle(sheets[1], 0.006)
    return np.asarray(0.2 * anatomy.vessels * (field + 0.5 * canvas.settle(sheets[2], 0.005)))


def _tree(
    canvas: Canvas,
    rng: np.random.Generator,
    sheets: tuple[np.ndarray, np.ndarray, np.ndarray],
    root: Points,
    side: int,
    reach: float,
) -> None:
    """Three generations of vessels, each drawn at once: stems, branches, twigs."""
    start = np.repeat(root[None], _STEMS, axis=0)
    lean = np.linspace(-1.3, 1.5, _STEMS) + rng.normal(0, 0.12, _STEMS)
    length = 0.6 * reach * (1 + 0.4 * np.abs(np.sin(lean))) * rng.uniform(0.7, 1.0, _STEMS)
    for generation, sheet in enumerate(sheets):
        bend = rng.normal(0, 0.3, len(start))
        lines = _grow(start, lean, bend, length, side)
        if generation == 0:
            for outline in ribbon(lines, np.linspace(0.034, 0.01, lines.shape[1])):
                canvas.stamp(sheet, outline, 0.0, 0.7)
        else:
            canvas.stroke(sheet, lines, 0.0, 0.75, 0.014 if generation == 1 else 0.008)
        at = [int(share * (lines.shape[1] - 1)) for share in _FORKS]
        start = lines[:, at].reshape(-1, 2)
        away = rng.choice([-1.0, 1.0], start.shape[0]) * rng.uniform(0.3, 0.8, start.shape[0])
        lean = (lean[:, None] + bend[:, None] * _FORKS).reshape(-1) + away
        length = np.repeat(length, len(_FORKS)) * rng.uniform(0.35, 0.6, start.shape[0])


def _grow(start: Points, lean: Points, bend: Points, length: Points, side: int) -> Points:
    """Lines (n, 12, 2) that leave `start` and turn by `bend` radians on their way."""
    angle = lean[:, None] + bend[:, None] * np.linspace(0, 1, 4)
    step = np.stack([np.cos(angle) * side, np.sin(angle)], axis=-1) * length[:, None, None] / 4
    knots = np.concatenate([start[:, None], start[:, None] + np.cumsum(step, axis=1)], axis=1)
    return curve(knots, 12)
