"""The reports' sweeps as recipes: every combination of a grid's settings on top of a preset."""

import json
from collections.abc import Mapping
from itertools import product
from typing import Any

from engine.learning.presets import get_preset
from engine.learning.reported import Sweep, table
from engine.learning.rules import check
from engine.words.errors import NotFound
from engine.words.recipe import Recipe


def get_sweep(name: str) -> Sweep:
    """Return the sweep of this name, in any case of letters; raise NotFound with the list."""
    known = {sweep.lower(): sweep for sweep in table().sweeps}
    if name.lower() not in known:
        raise NotFound(f"There is no sweep '{name}'. Choose one of: {', '.join(known.values())}.")
    return table().sweeps[known[name.lower()]]


def settings(sweep: Sweep) -> list[dict[str, Any]]:
    """Return each cell's settings, such as {"optimizer": "sgd", "epochs": 10}, grid by grid."""
    return [cell for grid in sweep.grids for cell in _combinations(grid)]


def cells(sweep: Sweep, data: str) -> list[Recipe]:
    """Return each cell's recipe for the data of this content hash, defaults filled in.

    A cell keeps nothing of its preset's early stopping: each trains as long as its epochs say.
    """
    return [check(_with(base(sweep, data), cell)) for cell in settings(sweep)]


def base(sweep: Sweep, data: str) -> Recipe:
    """Return the recipe that the cells change."""
    return get_preset(sweep.name).recipe(data).with_setting("stopping", "none")


def over(grid: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return a grid's settings with their values as text, as `study sweep --over` takes them."""
    lists = {key: value if isinstance(value, list) else [value] for key, value in grid.items()}
    return {
        key: tuple(value if isinstance(value, str) else json.dumps(value) for value in values)
        for key, values in lists.items()
    }


def _combinations(grid: Mapping[str, Any]) -> list[dict[str, Any]]:
    lists = [value if isinstance(value, list) else [value] for value in grid.values()]
    return [dict(zip(grid, values, strict=True)) for values in product(*lists)]


def _with(recipe: Recipe, cell: Mapping[str, Any]) -> Recipe:
    for key, value in cell.items():
        recipe = recipe.with_setting(key, json.dumps(value))
    return recipe
