"""Which pictures a plan needs beside the images themselves, when their features are kept."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.learning.imbalance import COPIES, Plan
from engine.words.options import Choice
from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Pictures:
    """Drawn versions of images: picture i is draw `draws[i]` of image `rows[i]`."""

    steps: tuple[Choice, ...]
    rows: NDArray[np.intp]
    draws: NDArray[np.intp]

    def key(self, pixels: str) -> list[Any]:
        """Return what names the pixels that are drawn from, and the steps that draw."""
        return [pixels, [step.to_json() for step in self.steps]]


def drawn(
    recipe: Recipe, images: int, rows: NDArray[np.intp], plan: Plan, views: int
) -> tuple[list[Pictures], NDArray[np.intp]]:
    """Return the drawn pictures, and where each place of the plan finds its versions.

    `rows` are the training part's. The index (m, views) counts all `images` of the data first,
    then the pictures of each set in turn. Views of the training part do not depend on the plan,
    so every strategy finds them.
    """
    sets: list[Pictures] = []
    each = np.arange(views)
    places = rows[plan.rows]
    index, begin = places[:, np.newaxis], images
    if recipe.augmentation:
        versions = np.tile(each + 1, len(rows))
        sets.append(Pictures(recipe.augmentation, np.repeat(rows, views), versions))
        index = begin + plan.rows[:, np.newaxis] * views + each
        begin += len(rows) * views
    copied = plan.draws > 0
    if copied.any():
        pairs = np.column_stack([places[copied], plan.draws[copied]])
        pairs, found = np.unique(pairs, axis=0, return_inverse=True)
        versions = (pairs[:, 1:] * views + each).ravel()
        steps = (*COPIES, *recipe.augmentation)
        sets.append(Pictures(steps, np.repeat(pairs[:, 0], views), versions))
        index = index.copy()
        index[copied] = begin + found[:, np.newaxis] * views + each
    return sets, index
