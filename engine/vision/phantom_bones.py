"""The phantom's skeleton and vessels: bright lines over the lungs."""

import numpy as np
from numpy.typing import NDArray

from engine.vision.phantom_anatomy import LEFT, RIGHT, Anatomy, spine_x, wall
from engine.vision.phantom_canvas import Canvas, Field, Points, curve, ellipse, ribbon

_RIBS = 11


def build_bones(anatomy: Anatomy, canvas: Canvas) -> Field:
    """Bone along the beam, (height, width), in soft-tissue units."""
    bones = 0.23 * _rib_arcs(anatomy, canvas, back=True) + 0.14 * _rib_arcs(anatomy, canvas, False)
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
    canvas.stamp(sheet, ribbon(line, np.asarray(width) * 0.62), both, level * 0.72)


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
            reach = float(wall(anatomy, np.asarray(head + fall * 0.5 + 0.03))) + 0.015
            if index == 0:
                reach *= 0.92
            last = 2.75 - 0.05 * index
            phi = np.linspace(0.12, np.pi / 2 + 0.25, 28) if back else np.linspace(1.35, last, 28)
            y = head + fall * (1 - np.cos(phi)) / 2 - 0.03 * np.sin(phi) * (phi < np.pi / 2)
            x = reach * np.sin(phi) * side + spine_x(anatomy, y) * np.cos(phi / 2)
            line, depth = np.stack([x, y], axis=1), -0.8 * np.cos(phi)
            flare = 0.0 if back else 0.016  # the front ends are broader
            width = anatomy.rib * (0.044 + 0.0012 * index + flare * np.abs(np.cos(phi)))
            _tube(canvas, sheet, line, depth, width, 0.9)
            if back:
                edge = (phi > 1.15) & (phi < 1.8)
                canvas.stroke(side_sheet, line[edge], depth[edge], 0.5, 0.018)
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
    collar, blade, arm = canvas.blank(), canvas.blank(), canvas.blank()
    top, out = anatomy.top, anatomy.width + anatomy.fat
    raised = anatomy.arms > 1
    for side in (RIGHT, LEFT):
        lift = 0.12 if raised else -0.01
        knots = np.array(
            [
                [0.07, top + 0.14],
                [0.2, top + 0.1 - 0.3 * lift],
                [0.42, top + 0.04 - lift],
                [out * 0.95, top + 0.02 - 1.6 * lift],
            ]
        )
        line = curve(knots * [side, 1], 36)
        width = np.interp(np.linspace(0, 1, 36), [0, 0.15, 0.6, 1], [0.06, 0.042, 0.04, 0.055])
        depth = np.linspace(0.9, 0.0, 36)
        _tube(canvas, collar, line, depth, width, 0.9)
        x = out * (0.98 if raised else 0.9)
        knots = np.array(
            [[x, top], [x * 0.8, top + 0.06], [x * 0.74, top + 0.3], [x * 0.86, top + 0.62]]
        )
        back = np.vstack([curve(knots, 24), [[x * 0.95, top + 0.4], [x * 1.05, top + 0.1]]])
        canvas.stamp(blade, back * [side, 1], -0.8, 0.55)
        inner = (back - back.mean(axis=0)) * 0.86 + back.mean(axis=0)
        canvas.stamp(blade, inner * [side, 1], -0.8, 0.28)
        shoulder = np.array([out * 0.99 * side, top + 0.06 - lift])
        way = np.array([np.sin(anatomy.arms) * side, np.cos(anatomy.arms)])
        shaft = np.stack([shoulder + way * step for step in np.linspace(0, 1.5, 16)])
        _tube(canvas, arm, shaft, 0.0, 0.075, 0.8)
        canvas.stamp(arm, ellipse(shoulder[0], shoulder[1], 0.065, 0.07), 0.0, 0.8)
    bones = canvas.settle(collar, 0.004) + 0.5 * canvas.settle(blade, 0.008)
    return bones + 1.1 * canvas.settle(arm, 0.006)
