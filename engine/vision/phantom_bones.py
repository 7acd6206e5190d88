"""The phantom's skeleton and vessels: bright lines over the lungs."""

import numpy as np
from numpy.typing import NDArray

from engine.vision.phantom_anatomy import LEFT, RIGHT, Anatomy, limb_line, spine_x, wall
from engine.vision.phantom_canvas import Canvas, Field, Points, curve, ellipse, ribbon

_RIBS = 11


def build_bones(anatomy: Anatomy, canvas: Canvas) -> Field:
    """Bone along the beam, (height, width), in soft-tissue units."""
    bones = 0.24 * _rib_arcs(anatomy, canvas, back=True) + 0.15 * _rib_arcs(anatomy, canvas, False)
    bones += 0.26 * _spine(anatomy, canvas) + 0.2 * _shoulders(anatomy, canvas)
    return np.asarray(anatomy.bone * bones, np.float32)


def _tube(
    canvas: Canvas,
    sheet: NDArray[np.uint8],
    line: Points,
    depth: float | Points,
    width: Points | float,
    level: float,
) -> None:
    """A hollow bone: its rim, where the beam runs along the cortex, is brighter than its middle."""
    both = depth if isinstance(depth, float) else np.concatenate([depth, depth[::-1]])
    canvas.stamp(sheet, ribbon(line, width), both, level)
    canvas.stamp(sheet, ribbon(line, np.asarray(width) * 0.6), both, level * 0.62)


def _rib_arcs(anatomy: Anatomy, canvas: Canvas, back: bool) -> Field:
    """Each rib is a tilted ellipse around the chest, seen from the front (phi 0 = at the spine)."""
    sheet, side_sheet = canvas.blank(), canvas.blank()
    jitter = np.random.default_rng(anatomy.seed).normal(0, 0.006, (_RIBS, 2))
    step = (0.92 - anatomy.top) / _RIBS
    for index in range(_RIBS):
        if not back and index > 7:
            continue  # the lower ribs end in cartilage, which hardly shows
        for column, side in enumerate((RIGHT, LEFT)):
            head = anatomy.top + 0.0 + step * index * 0.98 + jitter[index, column]
            fall = anatomy.slope * (0.2 + 0.022 * index) * (1 - 0.12 * canvas.pose.breath)
            reach = float(wall(anatomy, np.asarray(head + fall * 0.5 + 0.03))) + 0.004
            if index == 0:
                reach *= 0.92
            last = 2.75 - 0.05 * index
            phi = np.linspace(0.12, np.pi / 2 + 0.1, 28) if back else np.linspace(1.5, last, 28)
            y = head + fall * (1 - np.cos(phi)) / 2 - 0.03 * np.sin(phi) * (phi < np.pi / 2)
            x = reach * np.sin(phi) * side + spine_x(anatomy, y) * np.cos(phi / 2)
            line, depth = np.stack([x, y], axis=1), -0.8 * np.cos(phi)
            flare = 0.0 if back else 0.016  # the front ends are broader
            width = anatomy.rib * (0.044 + 0.0012 * index + flare * np.abs(np.cos(phi)))
            _tube(canvas, sheet, line, depth, width, 0.9)
            if back:
                edge = (phi > 1.15) & (phi < 1.8)
                canvas.stroke(side_sheet, line[edge], depth[edge], 0.4, 0.018)
    return canvas.settle(sheet, 0.004) + canvas.settle(side_sheet, 0.008)


def _spine(anatomy: Anatomy, canvas: Canvas) -> Field:
    sheet, details = canvas.blank(), canvas.blank()
    step = (0.92 - anatomy.top) / _RIBS * 0.98
    for index in range(-4, 14):
        y = float(anatomy.top + step * index)
        grow = 1 + 0.02 * index
        x = float(spine_x(anatomy, y))
        body = _block(x, y, 0.082 * grow, 0.39 * step)
        canvas.stamp(sheet, body, -0.45, 0.95)
        canvas.stamp(sheet, _block(x, y, 0.066 * grow, 0.28 * step), -0.45, 0.72)
        for side in (RIGHT, LEFT):
            foot = ellipse(x + side * 0.052 * grow, y - 0.1 * step, 0.014, 0.022)
            canvas.stamp(details, foot, -0.6, 0.7)
            wing = np.array([[x, y - 0.1 * step], [x + side * 0.14, y - 0.22 * step]])
            canvas.stroke(details, wing, -0.7, 0.35, 0.03)
        canvas.stamp(details, ellipse(x, y + 0.3 * step, 0.012, 0.035), -0.95, 0.6)
    down = np.linspace(-1.6, 1.6, 30)
    column = np.stack([spine_x(anatomy, down), down], axis=1)
    soft = canvas.fill(ribbon(column, 0.17), -0.45, 0.02)
    blocks = 0.42 * canvas.settle(sheet, 0.008)
    return blocks + 0.3 * canvas.settle(details, 0.008) + 0.4 * soft


def _block(x: float, y: float, a: float, b: float) -> Points:
    """A vertebra's outline: a rectangle with round corners."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    u, v = np.cos(angle), np.sin(angle)
    return np.stack(
        [x + a * np.sign(u) * np.abs(u) ** 0.5, y + b * np.sign(v) * np.abs(v) ** 0.5], axis=1
    )


def _shoulders(anatomy: Anatomy, canvas: Canvas) -> Field:
    """Clavicles, shoulder blades and upper arms."""
    collar, blade, arm = canvas.blank(), canvas.blank(), canvas.blank()
    top = anatomy.top
    for side in (RIGHT, LEFT):
        limb = limb_line(anatomy, side)
        joint = limb[0] * [side, 1]
        rise = top + 0.14 - joint[1]
        knots = np.array(
            [
                [0.06, top + 0.15],
                [0.2, top + 0.11 - 0.2 * rise],
                [0.6 * joint[0], top + 0.02 - 0.5 * rise],
                [joint[0] * 0.97, joint[1] - 0.09],
            ]
        )
        width = np.interp(np.linspace(0, 1, 36), [0, 0.15, 0.6, 1], [0.06, 0.042, 0.038, 0.05])
        _tube(canvas, collar, curve(knots * [side, 1], 36), np.linspace(0.9, 0, 36), width, 1.0)
        x = joint[0]
        rim = [[x * 0.96, top + 0.1], [x * 0.78, top + 0.1], [x * 0.73, top + 0.32]]
        back = curve(np.array([*rim, [x * 0.84, top + 0.64], [x * 0.93, top + 0.4], rim[0]]), 40)
        canvas.stamp(blade, back * [side, 1], -0.8, 0.5)
        inner = (back - back.mean(axis=0)) * 0.84 + back.mean(axis=0)
        canvas.stamp(blade, inner * [side, 1], -0.8, 0.26)
        width = np.interp(np.linspace(0, 1, 24), [0, 0.08, 0.2, 1], [0.12, 0.12, 0.075, 0.07])
        _tube(canvas, arm, curve(limb, 24), 0.0, width, 0.75)
        canvas.stamp(arm, ellipse(limb[0, 0], limb[0, 1], 0.065, 0.065), 0.0, 0.7)
    bones = 1.4 * canvas.settle(collar, 0.004) + 0.5 * canvas.settle(blade, 0.01)
    return np.asarray(bones + 1.1 * canvas.settle(arm, 0.008), np.float32)
