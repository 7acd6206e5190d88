"""A stylised child's chest: soft tissue and air, as thickness that the beam crosses."""

from dataclasses import dataclass

import numpy as np

from engine.vision.phantom_canvas import Canvas, Field, Points, curve, ellipse

LEFT, RIGHT = 1, -1  # the patient's left is the picture's right


@dataclass(frozen=True)
class Anatomy:
    """What stays the same in all pictures of one patient; lengths in body units."""

    width: float  # half width of the rib cage at its widest
    top: float  # y of the lungs' apex
    base: float  # y of the diaphragm at mid-breath
    heart: float  # relative size
    axis: float  # the heart's lean, radians
    thymus: float  # 0..1, wide upper mediastinum of the youngest
    fat: float  # soft tissue beside the rib cage
    slope: float  # of the ribs
    bone: float  # density
    rib: float  # width
    vessels: float  # how much the vessels show
    gas: float  # size of the stomach bubble, 0 for none
    curve: float  # sideways bend of the spine
    arms: float  # angle, radians from straight down
    seed: int  # of what has too many parts to list: vessels, texture


def make_anatomy(rng: np.random.Generator) -> Anatomy:
    """A random patient."""
    uniform = rng.uniform
    return Anatomy(
        width=uniform(0.56, 0.68),
        top=uniform(-0.84, -0.74),
        base=uniform(0.36, 0.5),
        heart=uniform(0.88, 1.14),
        axis=uniform(-0.15, 0.15),
        thymus=float(max(0, uniform(-1.0, 1.0))),
        fat=uniform(0.07, 0.15),
        slope=uniform(0.75, 1.25),
        bone=uniform(0.75, 1.25),
        rib=uniform(0.9, 1.15),
        vessels=uniform(0.7, 1.35),
        gas=float(max(0, uniform(-0.4, 1.0))),
        curve=float(rng.normal(0, 0.02)),
        arms=float(rng.choice([uniform(0.05, 0.35), uniform(1.7, 2.6)])),
        seed=int(rng.integers(2**31)),
    )


@dataclass(frozen=True)
class Chest:
    """Beam paths (height, width) in soft-tissue units, before any disease."""

    tissue: Field  # everything but the lungs' air
    air: Field  # what lung air takes away; disease fills it again
    lungs: Field  # 0..1, the lung fields as seen beside heart and diaphragm


def wall(anatomy: Anatomy, y: Points) -> Points:
    """Half width of the rib cage at height y."""
    span = 1.0 - anatomy.top
    t = np.clip((y - anatomy.top) / (0.78 * span), 0, 1)
    inner = 0.36 * anatomy.width
    return np.asarray(inner + (anatomy.width - inner) * (1 - (1 - t) ** 2.5) ** 0.55)


def spine_x(anatomy: Anatomy, y: Points | float) -> Points:
    """Sideways position of the spine at height y."""
    return np.asarray(anatomy.curve * np.sin((np.asarray(y) + 0.3) * 2.4))


def dome(anatomy: Anatomy, breath: float, side: int, x: Points) -> Points:
    """Height of the diaphragm at x (the right dome, over the liver, is higher)."""
    top = anatomy.base + 0.06 * breath + (0.05 if side == LEFT else 0.0)
    away = (np.abs(x) - 0.5 * anatomy.width) / (0.5 * anatomy.width)
    drop = np.where(away > 0, 0.24 * np.abs(away) ** 2.4, 0.07 * away**2)
    return np.asarray(top + drop)


def lung(anatomy: Anatomy, breath: float, side: int) -> Points:
    """Outline of one lung, its recess behind the diaphragm included."""
    bottom = anatomy.base + 0.06 * breath + 0.24
    t = np.linspace(0, 1, 28) ** 1.6
    y = anatomy.top + t * (bottom - anatomy.top)
    apex = 0.36 * anatomy.width
    outer = wall(anatomy, y)
    inner = apex - (apex - 0.07) * (1 - (1 - t) ** 6) ** 0.5
    rim = np.stack([np.concatenate([outer, inner[::-1]]), np.concatenate([y, y[::-1]])], axis=1)
    rim[:, 0] = rim[:, 0] * side + spine_x(anatomy, rim[:, 1]) * 0.7
    return rim


def build_chest(anatomy: Anatomy, canvas: Canvas) -> Chest:
    """Soft tissue and lung air of a healthy chest."""
    body = _body(anatomy, canvas)
    lungs = canvas.blank()
    for side in (RIGHT, LEFT):
        canvas.stamp(lungs, lung(anatomy, canvas.pose.breath, side), 0.0, 1.0)
    shape = canvas.settle(lungs)
    depth = canvas.rounded(shape, 0.36 * anatomy.width) * (0.85 + 0.15 * shape)
    heart, vessels_root = _mediastinum(anatomy, canvas)
    belly = _belly(anatomy, canvas)
    tissue = body + 0.62 * heart + 0.34 * vessels_root + belly - _windpipe(anatomy, canvas)
    air = 0.92 * depth * (1 - 0.25 * np.clip(heart, 0, 1))
    seen = shape * np.clip(1 - heart * 1.4, 0, 1) * np.clip(1 - belly * 3, 0, 1)
    return Chest(tissue.astype(np.float32), air.astype(np.float32), seen.astype(np.float32))


def _body(anatomy: Anatomy, canvas: Canvas) -> Field:
    out = anatomy.width + anatomy.fat
    half = np.array(
        [
            [0.24, -1.5],
            [0.23, -1.02],
            [0.36, anatomy.top - 0.14],
            [out * 0.98, anatomy.top - 0.06],
            [out * 1.06, anatomy.top + 0.2],
            [out * 1.01, -0.2],
            [out, 0.2],
            [out * 0.99, 0.6],
            [out * 1.04, 1.5],
        ]
    )
    side = curve(half, 48)
    trunk = canvas.fill(np.vstack([side, (side * [-1, 1])[::-1]]), 0.0, 0.006)
    thick = 1.05 * canvas.rounded(trunk, 0.42) * (0.97 + 0.03 * trunk)
    arms = canvas.blank()
    for sign in (RIGHT, LEFT):
        shoulder = np.array([out * 0.97 * sign, anatomy.top + 0.08])
        way = np.array([np.sin(anatomy.arms) * sign, np.cos(anatomy.arms)])
        limb = curve(np.stack([shoulder - way * 0.05, shoulder + way * 0.5, shoulder + way * 1.6]))
        canvas.stamp(arms, _band(limb, 0.3, 0.22), 0.0, 1.0)
    limbs = canvas.rounded(canvas.settle(arms, 0.006), 0.15)
    return np.asarray(np.maximum(thick, 0.62 * limbs) + 0.12 * np.minimum(thick, limbs), np.float32)


def _band(line: Points, start: float, end: float) -> Points:
    from engine.vision.phantom_canvas import ribbon

    return ribbon(line, np.linspace(start, end, len(line)))


def _mediastinum(anatomy: Anatomy, canvas: Canvas) -> tuple[Field, Field]:
    size, breath = anatomy.heart, canvas.pose.breath
    low = anatomy.base + 0.06 * breath
    wide = size * (1 - 0.05 * breath)
    sheet = canvas.blank()
    middle = low - 0.26
    parts = (
        ellipse(0.11 * wide, middle, 0.24 * wide, 0.31, -0.55 + anatomy.axis),
        ellipse(-0.05 * wide, middle + 0.02, 0.135 * wide, 0.21, 0.1),
        ellipse(0.2 * wide, middle + 0.12, 0.17 * wide, 0.16, 0.5),
    )
    for part in parts:
        canvas.stamp(sheet, part, 0.35, 1.0)
    heart = canvas.rounded(_smoothed(canvas, sheet, 0.04), 0.2 * size)
    sheet = canvas.blank()
    thymus = 0.09 * anatomy.thymus
    column = np.array(
        [[0.09, -1.1], [0.09, -0.75], [0.11 + thymus, -0.5], [0.13 + thymus, -0.25], [0.1, 0.0]]
    )
    left = curve(column * [1.15, 1])
    right = curve(column * [-0.95, 1])
    canvas.stamp(sheet, np.vstack([left, right[::-1]]), 0.2, 1.0)
    canvas.stamp(sheet, ellipse(0.1, anatomy.top + 0.42, 0.07, 0.075), 0.1, 1.0)
    canvas.stamp(sheet, ellipse(0.11, anatomy.top + 0.58, 0.075, 0.09), 0.2, 1.0)
    great = canvas.rounded(_smoothed(canvas, sheet, 0.025), 0.1)
    return heart, np.asarray(np.maximum(great - 0.6 * heart, 0), np.float32)


def _smoothed(canvas: Canvas, sheet: np.ndarray, soft: float) -> Field:
    """Round the corners where shapes meet, with an edge one or two pixels wide."""
    blurred = canvas.settle(sheet, soft)
    return np.asarray(np.clip((blurred - 0.5) * 6 + 0.5, 0, 1), np.float32)


def _belly(anatomy: Anatomy, canvas: Canvas) -> Field:
    whole = canvas.blank()
    out = anatomy.width + 0.015
    for side in (RIGHT, LEFT):
        x = np.linspace(0, out, 24) * side
        y = dome(anatomy, canvas.pose.breath, side, x)
        rim = np.stack([x, y], axis=1)
        corners = np.array([[out * side, 1.6], [0.0, 1.6]])
        canvas.stamp(whole, np.vstack([rim, corners]), 0.0, 1.0)
    shape = canvas.settle(whole, 0.006)
    belly = 0.3 * shape + 0.3 * canvas.rounded(shape, 0.3)
    if anatomy.gas > 0:
        y = anatomy.base + 0.06 * canvas.pose.breath + 0.17 + 0.04 * anatomy.gas
        size = 0.05 + 0.07 * anatomy.gas
        bubble = canvas.fill(ellipse(0.33, y, 1.3 * size, size, 0.2), 0.3, 0.01)
        belly = belly - 0.42 * canvas.rounded(bubble, size) * shape
    return np.asarray(belly, np.float32)


def _windpipe(anatomy: Anatomy, canvas: Canvas) -> Field:
    sheet = canvas.blank()
    fork = np.array([-0.01, anatomy.top + 0.5])
    trunk = np.array([[0.0, -1.2], [0.0, anatomy.top], fork])
    canvas.stamp(sheet, _band(curve(trunk), 0.075, 0.065), 0.2, 1.0)
    for side, fall in ((RIGHT, 0.15), (LEFT, 0.12)):
        branch = np.stack([fork, fork + [0.08 * side, 0.09], fork + [0.17 * side, fall]])
        canvas.stamp(sheet, _band(curve(branch), 0.05, 0.035), 0.2, 0.7)
    return np.asarray(0.2 * canvas.settle(sheet, 0.012), np.float32)
