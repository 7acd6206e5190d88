"""What a transform drew, in words: read from the parameters that it kept of its last draw."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Params = dict[str, Any]


def words(step: str, done: Sequence[tuple[str, Params]]) -> str:
    """Say what a step's transforms did; empty where none of them was drawn.

    `done` has the name of each transform that was applied, and its parameters.
    """
    told = [(STEPS.get(step) or TRANSFORMS[name])(params) for name, params in done]
    return ", ".join(told)


def _shift(params: Params) -> str:
    height, width = params["shape"][:2]
    right, down = params["matrix"][0, 2] / width, params["matrix"][1, 2] / height
    return (
        f"{abs(right):.0%} to the {'right' if right >= 0 else 'left'}, "
        f"{abs(down):.0%} {'down' if down >= 0 else 'up'}"
    )


def _zoom(params: Params) -> str:
    return f"to {params['scale']['x']:.0%} of its size"


def _stretch(params: Params) -> str:
    return f"width {params['scale']['x']:.0%}, height {params['scale']['y']:.0%}"


def _shear(params: Params) -> str:
    lean = math.degrees(math.atan(params["matrix"][0, 1]))
    return f"lower edge {abs(lean):.1f} degrees to the {'right' if lean >= 0 else 'left'}"


def _rotate(params: Params) -> str:
    (a, b), _ = params["matrix"][:2, :2]
    angle = math.degrees(math.atan2(b, a))
    return f"{abs(angle):.1f} degrees to the {'left' if angle >= 0 else 'right'}"


def _exposure(params: Params) -> str:
    contrast, brightness = params["alpha"], params["beta"]
    told = [f"contrast x {contrast:.2f}"] if contrast != 1 else []
    told += [f"{brightness:+.0f} grey values"] if brightness or not told else []
    return ", ".join(told)


def _crop(params: Params) -> str:
    height, width = params["shape"][:2]
    left, top, right, bottom = params["crop_params"] or (0, 0, width, height)
    added = params["pad_params"] or (0, 0, 0, 0)  # top, bottom, left, right
    sides = {
        "left": (added[2] - left) / width,
        "right": (added[3] - (width - right)) / width,
        "top": (added[0] - top) / height,
        "bottom": (added[1] - (height - bottom)) / height,
    }
    return ", ".join(f"{side} {change:+.0%}" for side, change in sides.items())


def _warp(params: Params) -> str:
    height, width = params["shape"][:2]
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    moved = np.hypot(
        (np.asarray(params["map_x"]) - columns) / width,
        (np.asarray(params["map_y"]) - rows) / height,
    )
    return f"bent by up to {moved.max():.1%}"


def _noise(params: Params) -> str:
    return f"noise of {float(np.std(params['noise_map'])):.1f} grey values"


def _blur(params: Params) -> str:
    kernel = np.asarray(params["kernel"], float).ravel()
    places = np.arange(len(kernel)) - len(kernel) // 2
    return f"sigma {math.sqrt(float(kernel @ places**2)):.1f} px"


def _boxes(params: Params) -> str:
    holes = params["holes"]
    covered = np.zeros(params["shape"][:2], bool)
    for left, top, right, bottom in holes:
        covered[top:bottom, left:right] = True
    boxes = "1 box" if len(holes) == 1 else f"{len(holes)} boxes"
    return f"{boxes}, {covered.mean():.1%} of the picture"


# Steps whose transform says several things, then the other transforms by name.
STEPS: dict[str, Callable[[Params], str]] = {
    "shift": _shift,
    "zoom": _zoom,
    "stretch": _stretch,
    "shear": _shear,
    "brightness": lambda params: f"{params['beta']:+.0f} grey values",
    "contrast": lambda params: f"x {params['alpha']:.2f}",
}
TRANSFORMS: dict[str, Callable[[Params], str]] = {
    "Rotate": _rotate,
    "RandomBrightnessContrast": _exposure,
    "CropAndPad": _crop,
    "RandomScale": lambda params: f"resampled at {params['scale']:.0%}",
    "ElasticTransform": _warp,
    "ThinPlateSpline": _warp,
    "GridDistortion": _warp,
    "GaussNoise": _noise,
    "HorizontalFlip": lambda params: "mirrored",
    "RandomGamma": lambda params: f"exponent {params['gamma']:.2f}",
    "Illumination": lambda params: (
        f"{params['intensity']:+.0%} towards {params['angle']:.0f} degrees"
    ),
    "CLAHE": lambda params: f"clip limit {params['clip_limit']:.1f}",
    "GaussianBlur": _blur,
    "MotionBlur": lambda params: f"over {len(params['kernel'])} px",
    "Downscale": lambda params: f"to {params['scale']:.0%} of its pixels and back",
    "ImageCompression": lambda params: f"quality {params['quality']}",
    "CoarseDropout": _boxes,
}
