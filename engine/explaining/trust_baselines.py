"""Maps that know nothing of any network: what a map has to beat before it is worth a look."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.explaining.methods import METHODS

Heat = NDArray[np.float32]  # (rows, columns), 0..1

CELLS = 7  # a side: as coarse as most networks' last layer
BLOB = 0.25  # of the side: the blob's standard deviation
CENTRE = "centre"
RANDOM = "random"


def random_heat(cells: Sequence[int], *seed: int) -> Heat:
    """Return a map (rows, columns) of independent uniform values; the same seed gives the same."""
    rng = np.random.default_rng(np.random.SeedSequence([int(word) for word in seed]))
    return rng.random(tuple(cells)).astype(np.float32)


def centre_heat(cells: Sequence[int]) -> Heat:
    """Return a round blob in the middle (rows, columns): where most of a chest X-ray happens."""
    rows, columns = (np.linspace(-0.5, 0.5, count, dtype=np.float32) for count in cells)
    squared = rows[:, None] ** 2 + columns[None, :] ** 2
    return np.exp(-squared / (2 * BLOB**2)).astype(np.float32)


def name_of(method: str, cells: Sequence[int]) -> str:
    """Return a baseline's name, such as "random:7x7"."""
    return f"{method}:{cells[0]}x{cells[1]}"


def split_name(name: str) -> tuple[str, tuple[int, int]] | None:
    """Return which baseline a name means and its cells; None for a method of explaining."""
    kind, _, size = name.partition(":")
    if kind not in (CENTRE, RANDOM):
        return None
    rows, _, columns = size.partition("x")
    return kind, (int(rows), int(columns))


def heat_of(name: str, *seed: int) -> Heat:
    """Return a baseline's map; a random one is another for each seed."""
    found = split_name(name)
    if found is None:
        raise ValueError(f"{name} is no baseline")
    kind, cells = found
    return centre_heat(cells) if kind == CENTRE else random_heat(cells, *seed)


def label(name: str) -> str:
    """What a baseline or a method is called; a random map's grid is part of what it is."""
    found = split_name(name)
    if found is None:
        return METHODS[name].label
    kind, (rows, columns) = found
    return "Blob in the centre" if kind == CENTRE else f"Random, {rows} x {columns}"
