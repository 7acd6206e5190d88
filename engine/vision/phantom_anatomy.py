"""A stylised child's chest: soft tissue and air, as thickness that the beam crosses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.phantom_canvas import Canvas, Field, Points, curve, ellipse, ribbon, smooth_noise

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
    grain: float  # of the healthy lungs
    seed: int  # of what has too many parts to list: vessels, texture


def make_anatomy(rng: np.random.Generator) -> Anatomy:
    """A random patient."""
    uniform = rng.uniform
    return Anatomy(
        width=uniform(0.6, 0.74),
        top=uniform(-0.84, -0.74),
        base=uniform(0.36, 0.5),
        heart=uniform(0.9, 1.15),
        axis=uniform(-0.15, 0.15),
        thymus=float(max(0, uniform(-1.0, 1.0))),
        fat=uniform(0.07, 0.15),
        slope=uniform(0.95, 1.6),
        bone=uniform(0.75, 1.25),
        rib=uniform(0.9, 1.15),
        vessels=uniform(0.7, 1.35),
        gas=float(max(0, uniform(-0.4, 1.0))),
        curve=float(rng.normal(0, 0.02)),
        arms=float(rng.choice([uniform(0.03, 0.2), uniform(2.0, 2.7)])),
        grain=uniform(0.008, 0.026),
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
    drop = np.where(away > 0, 0.2 * np.clip(away, 0, 1.3) ** 2.4, 0.08 * away**2)
    return np.asarray(top + drop)


def lung(anatomy: Anatomy, breath: float, side: int) -> Points:
    """Outline of one lung, its recess behind the diaphragm included."""
    bottom = anatomy.base + 0.06 * breath + 0.34
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
    trunk = canvas.fill(_trunk(anatomy), 0.0, 0.006)
    thick = canvas.rounded(trunk, 0.42)
    lungs = canvas.blank()
    for side in (RIGHT, LEFT):
        canvas.stamp(lungs, lung(anatomy, canvas.pose.breath, side), 0.0, 1.0)
    shape = canvas.settle(lungs)
    under = _under_domes(anatomy, canvas)
    # Behind the domes the lung goes on, ever thinner: no second edge below the diaphragm.
    recess = np.clip(2 * (1 - canvas.blur(under, 0.05)), 0, 1)
    heart, great = _mediastinum(anatomy, canvas)
    air = 0.95 * canvas.rounded(shape, 0.36 * anatomy.width) * recess * (1 - 0.3 * heart)
    air *= 1 + anatomy.grain * canvas.bring(_grain(anatomy))
    tissue = np.hypot(1.02 * thick, 0.5 * _arms(anatomy, canvas)) + 0.5 * heart + 0.36 * great
    tissue += _belly(anatomy, canvas, under) * thick - _windpipe(anatomy, canvas)
    seen = shape * np.clip(1 - (heart + great) * 1.4, 0, 1) * np.clip(1 - under, 0, 1)
    return Chest(tissue.astype(np.float32), air.astype(np.float32), seen.astype(np.float32))


def _grain(anatomy: Anatomy) -> Field:
    """The lungs' own fine mottle: healthy lungs are not smooth either."""
    rng = np.random.default_rng([anatomy.seed, 3])
    return smooth_noise(rng, 256, 70) + smooth_noise(rng, 256, 28)


def _trunk(anatomy: Anatomy) -> Points:
    out, top = anatomy.width + anatomy.fat, anatomy.top
    half = np.array(
        [
            [0.3, -1.6],
            [0.27, top - 0.3],
            [0.34, top - 0.16],
            [0.62 * out, top - 0.05],
            [out * 0.92, top + 0.04],
            [out * 1.02, top + 0.2],
            [out * 1.01, top + 0.5],
            [out * 0.98, 0.0],
            [out, 0.5],
            [out * 1.03, 1.6],
        ]
    )
    side = curve(half, 56)
    return np.vstack([side, (side * [-1, 1])[::-1]])


def _arms(anatomy: Anatomy, canvas: Canvas) -> Field:
    arms = canvas.blank()
    for side in (RIGHT, LEFT):
        limb = curve(limb_line(anatomy, side), 24)
        width = np.interp(np.linspace(0, 1, 24), [0, 0.15, 0.5, 1], [0.3, 0.31, 0.25, 0.2])
        canvas.stamp(arms, ribbon(limb, width), 0.0, 1.0)
        canvas.stamp(arms, ellipse(limb[0, 0], limb[0, 1], 0.15, 0.15), 0.0, 1.0)
    return canvas.rounded(_smoothed(canvas, arms, 0.03), 0.16)


def limb_line(anatomy: Anatomy, side: int) -> Points:
    """The upper arm's axis, from the shoulder joint."""
    joint = np.array([(anatomy.width + anatomy.fat * 0.9) * side, anatomy.top + 0.15])
    if anatomy.arms > 1:
        joint[1] -= 0.12
    way = np.array([np.sin(anatomy.arms) * side, np.cos(anatomy.arms)])
    bow = np.array([0.03 * side, 0.0])
    return np.stack([joint, joint + way * 0.45 + bow, joint + way * 0.9, joint + way * 1.8])


def _mediastinum(anatomy: Anatomy, canvas: Canvas) -> tuple[Field, Field]:
    breath, top = canvas.pose.breath, anatomy.top
    size = anatomy.heart * anatomy.width / 0.64
    wide = size * (1 - 0.05 * breath)
    middle = anatomy.base + 0.06 * breath - 0.25 * size
    sheet = canvas.blank()
    parts = (
        ellipse(0.1 * wide, middle, 0.27 * wide, 0.36 * size, -0.6 + anatomy.axis),
        ellipse(-0.06 * wide, middle + 0.02, 0.17 * wide, 0.25 * size, 0.1),
        ellipse(0.2 * wide, middle + 0.14, 0.2 * wide, 0.17 * size, 0.4),
        ellipse(0.03 * wide, middle - 0.3, 0.15 * wide, 0.25 * size, -0.1),
    )
    for part in parts:
        canvas.stamp(sheet, part, 0.35, 1.0)
    heart = canvas.rounded(_smoothed(canvas, sheet, 0.05), 0.3 * size)
    sheet = canvas.blank()
    wing = 0.1 * anatomy.thymus
    column = np.array([[0.11, -1.2], [0.12, top], [0.13 + wing, top + 0.3], [0.15, 0.0]])
    left, right = curve(column * [1.1, 1]), curve(column * [-1.0, 1])
    canvas.stamp(sheet, np.vstack([left, right[::-1]]), 0.2, 1.0)
    canvas.stamp(sheet, ellipse(0.12, top + 0.42, 0.075, 0.08), 0.1, 1.0)
    canvas.stamp(sheet, ellipse(0.13, top + 0.58, 0.085, 0.1), 0.2, 1.0)
    great = canvas.rounded(_smoothed(canvas, sheet, 0.03), 0.13)
    return heart, np.asarray(great * (1 - heart), np.float32)


def _smoothed(canvas: Canvas, sheet: NDArray[np.uint8], soft: float) -> Field:
    """Round the corners where shapes meet, with an edge one or two pixels wide."""
    blurred = canvas.settle(sheet, soft)
    return np.asarray(np.clip((blurred - 0.5) * 6 + 0.5, 0, 1), np.float32)


def _under_domes(anatomy: Anatomy, canvas: Canvas) -> Field:
    """Everything below the diaphragm, 0..1."""
    sheet = canvas.blank()
    for side in (RIGHT, LEFT):
        x = np.linspace(0, 1.5, 60)
        y = dome(anatomy, canvas.pose.breath, side, x)
        rim = np.stack([x, y], axis=1)
        canvas.stamp(sheet, np.vstack([rim, [[1.5, 2.0], [0.0, 2.0]]]) * [side, 1], 0.0, 1.0)
    return canvas.settle(sheet, 0.006)


def _belly(anatomy: Anatomy, canvas: Canvas, under: Field) -> Field:
    """Liver, stomach and bowel, with their gas."""
    belly = 0.14 * under + 0.22 * canvas.rounded(under, 0.3)
    rng = np.random.default_rng([anatomy.seed, 2])
    sheet = canvas.blank()
    y = anatomy.base + 0.06 * canvas.pose.breath + 0.16
    for _ in range(int(rng.integers(0, 5))):
        spot = ellipse(rng.normal(0.1, 0.3), y + rng.uniform(0.3, 0.6), 0.06, 0.04)
        canvas.stamp(sheet, spot, 0.3, 0.5)
    if anatomy.gas > 0:
        size = 0.04 + 0.08 * anatomy.gas
        bubble = ellipse(0.5 * anatomy.width, y + 0.6 * size, 1.4 * size, size, 0.25)
        canvas.stamp(sheet, bubble, 0.3, 1.0)
    return np.asarray(belly - 0.34 * canvas.settle(sheet, 0.025) * under, np.float32)


def _windpipe(anatomy: Anatomy, canvas: Canvas) -> Field:
    sheet = canvas.blank()
    fork = np.array([-0.015, anatomy.top + 0.52])
    trunk = np.array([[0.0, -1.6], [0.0, anatomy.top], fork])
    canvas.stamp(sheet, ribbon(curve(trunk), np.linspace(0.085, 0.07, 32)), 0.2, 1.0)
    for side, fall in ((RIGHT, 0.17), (LEFT, 0.12)):
        ways = np.array([[0.0, 0.0], [0.08 * side, 0.1], [0.19 * side, 0.1 + fall / 2]])
        canvas.stamp(sheet, ribbon(curve(fork + ways), np.linspace(0.055, 0.03, 32)), 0.2, 0.7)
    return np.asarray(0.17 * canvas.settle(sheet, 0.014), np.float32)
