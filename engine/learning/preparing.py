"""From a recipe and a catalogue to arrays: classes, labels, parts and pixels."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.catalogue import Catalogue
from engine.data.pixels import pixels
from engine.data.splits import assign
from engine.learning.imbalance import Plan, make_plan
from engine.learning.listener import Listener
from engine.words.errors import CxrError
from engine.words.recipe import Recipe

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Prepared:
    """Everything that training needs besides the network."""

    classes: tuple[str, ...]
    targets: pd.Series  # class name of each image, aligned with the catalogue's images
    labels: NDArray[np.intp]  # (n,) index into classes
    parts: pd.Series  # train, validation or test, aligned with the catalogue's images
    pixels: NDArray[np.uint8]  # (n, size, size)
    plan: Plan  # positions in the training part

    def rows(self, part: str) -> NDArray[np.intp]:
        """Row numbers of a part."""
        return np.flatnonzero(self.parts.to_numpy() == part)

    @property
    def training_rows(self) -> NDArray[np.intp]:
        """Rows shown in an epoch: the training part after the imbalance strategy."""
        return self.rows("train")[self.plan.rows]


def divide(recipe: Recipe, catalogue: Catalogue) -> tuple[pd.Series, pd.Series]:
    """Return each image's class name and its part; raise CxrError on other data than agreed."""
    if recipe.data != catalogue.hash:
        raise CxrError(
            f"The recipe was made for data {recipe.data}, but '{catalogue.name}' is now "
            f"{catalogue.hash}: its files changed. Make the recipe anew on today's data."
        )
    targets = catalogue.targets(recipe.task)
    return targets, assign(catalogue.images, targets, recipe.split, recipe.seed)


def counts(recipe: Recipe, catalogue: Catalogue) -> pd.DataFrame:
    """Count images by class (rows) and part (columns), before any training."""
    targets, parts = divide(recipe, catalogue)
    table = pd.crosstab(targets, parts)
    return table.reindex(
        index=list(catalogue.classes(recipe.task)), columns=list(PARTS), fill_value=0
    )


def prepare(recipe: Recipe, catalogue: Catalogue, listener: Listener) -> Prepared:
    """Split, decode (from the cache where possible) and apply the imbalance strategy."""
    classes = catalogue.classes(recipe.task)
    targets, parts = divide(recipe, catalogue)
    labels = pd.Categorical(targets, categories=list(classes)).codes.astype(np.intp)
    grey = pixels(
        catalogue,
        recipe.size,
        recipe.preprocessing,
        lambda done, total, what: listener.phase(what, done, total),
    )
    training = labels[parts.to_numpy() == "train"]
    plan = make_plan(recipe.imbalance, training, len(classes))
    return Prepared(classes, targets, labels, parts, grey, plan)
