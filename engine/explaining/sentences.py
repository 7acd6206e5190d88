"""What a heat map shows, in plain words."""

import numpy as np
from numpy.typing import NDArray

from engine.explaining.cam import METHODS, CamResult

ROWS = ("upper", "middle", "lower")
COLUMNS = ("left", "centre", "right")
SPREAD = 0.3  # from this share of the picture on, "mostly at one place" would be too much said


def half_area(heat: NDArray[np.float32]) -> float:
    """The smallest share of the picture (0..1) that holds half of the heat; 0 without heat."""
    falling = np.sort(heat, axis=None)[::-1].cumsum(dtype=np.float64)
    if falling[-1] <= 0:
        return 0.0
    return float((np.searchsorted(falling, falling[-1] / 2) + 1) / heat.size)


def place(heat: NDArray[np.float32]) -> str:
    """The ninth of the picture that holds the most heat, as the viewer sees it."""
    sums = [[part.sum() for part in np.array_split(row, 3, axis=1)] for row in _thirds(heat)]
    return ninth(int(np.argmax(sums)))


def ninth(number: int) -> str:
    """Name a ninth of a picture, counted 0 to 8 from the upper left as the viewer sees it."""
    row, column = divmod(number, 3)
    if (row, column) == (1, 1):
        return "the middle"
    return f"the {ROWS[row]} {COLUMNS[column]}"


def describe(result: CamResult, name: str) -> str:
    """Say what the map of class `name` shows now: where the heat is, or that there is none."""
    if result.empty:
        what = f"part of layer {result.layer.index}" if result.layer else "pixel"
        return (
            f"The map is empty: no {what} speaks for {name} in this "
            f"picture (raw values {number(result.raw_min)} to {number(result.raw_max)}). Nothing "
            "is coloured, for stretching noise would show a finding that is not there. Ask for "
            "another class."
        )
    area = half_area(result.heat)
    where = f"in {place(result.heat)}"
    if area >= SPREAD:
        spot = f"The heat is spread out: half of it covers {area:.0%} of the picture"
    else:
        shown = f"{area:.0%}" if area >= 0.01 else "less than 1%"
        spot = f"Half of the heat lies on {shown} of the picture, mostly {where}"
    return f"{METHODS[result.method].says.format(name=name)} {spot}."


def note(result: CamResult) -> str:
    """What a map can show at all: how coarse it is, and that a dense layer has no context."""
    layer = result.layer
    if layer is None:
        return (
            f"The map has a value for each of {result.heat.shape[0]} x {result.heat.shape[1]} "
            "pixels that the network sees; single pixels mean little, look at where they gather."
        )
    if layer.kind == "Dense":
        return (
            "This network has no convolution: its dense layers look at each pixel by itself, so "
            "the map says which pixels counted, not which shapes."
        )
    return (
        f"The map has {layer.rows} x {layer.columns} cells and is smoothed to the picture's size; "
        "it shows where the network responded, not why."
    )


def number(value: float) -> str:
    """A raw value with two significant digits, a true minus sign and no surplus zeros."""
    return f"{value:.2g}".replace("-", "\N{MINUS SIGN}")


def _thirds(heat: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return np.array_split(heat, 3, axis=0)
