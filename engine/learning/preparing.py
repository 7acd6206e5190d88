"""From a recipe and a catalogue to arrays: classes, labels, parts and pixels."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress
from engine.data.pixels import key, pixels
from engine.data.splits import assign
from engine.learning.caching import Amounts
from engine.learning.excluding import EXCLUDED, leave_out
from engine.learning.imbalance import Plan, make_plans
from engine.learning.listener import Listener
from engine.words.errors import CxrError
from engine.words.recipe import Recipe

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Outline:
    """Who learns from what: all of it but the pixels."""

    classes: tuple[str, ...]
    targets: pd.Series  # class name of each image, aligned with the catalogue's images
    labels: NDArray[np.intp]  # (n,) index into classes
    parts: pd.Series  # train, validation, test or excluded, aligned with the catalogue's images
    plans: tuple[Plan, ...]  # over positions in the training part; one for each member
    key: str  # of the pixels: it determines each of them

    def rows(self, part: str) -> NDArray[np.intp]:
        """Row numbers of a part."""
        return _rows(self.parts, part)

    def training_rows(self, plan: Plan) -> NDArray[np.intp]:
        """Row numbers that an epoch of this plan shows: the training part's alone."""
        return self.rows("train")[plan.rows]

    def amounts(self, plan: Plan) -> Amounts:
        """Count what a member's training needs."""
        train, validation = (len(self.rows(part)) for part in ("train", "validation"))
        return amounts(len(self.labels), train, validation, plan)

    def planned(self) -> "Planned":
        """Count what the training will show."""
        plans, first = self.plans, self.plans[0]
        own = self.labels[self.rows("train")]

        def by_class(rows: NDArray[np.intp]) -> NDArray[np.intp]:
            return np.bincount(own[rows], minlength=len(self.classes))

        table = _counts(self.targets, self.parts, self.classes, (*PARTS, EXCLUDED))
        table["shown"] = by_class(first.rows)
        table["repeats"] = table["shown"] - by_class(np.unique(first.rows))
        table["copies"] = by_class(first.rows[first.draws > 0])
        given = np.concatenate([np.stack([plan.rows, plan.draws]) for plan in plans], axis=1)
        return Planned(table, len(plans), len(first.rows), np.unique(given, axis=1).shape[1])


@dataclass(frozen=True)
class Prepared(Outline):
    """Everything that training needs besides the network."""

    pixels: NDArray[np.uint8]  # (n, size, size)


@dataclass(frozen=True)
class Planned:
    """What a training will show, counted before launch.

    `table` has a row for each class: images in train, validation and test, those left out as
    flawed (`excluded`), then what an epoch of the first member shows: `shown`, of them `repeats`
    (beyond an image's first showing) and of those `copies` (augmented).
    """

    table: pd.DataFrame
    members: int  # networks that are trained, one but for an ensemble
    per_epoch: int  # images that an epoch of the first member shows
    pictures: int  # different pictures that all members are given: images and copies of images

    def drawn(self, epochs: int, views: int = 0) -> int:
        """Count the pictures that an augmentation draws for the whole training.

        `views` is how many it keeps of each picture; 0 draws anew in every epoch.
        """
        return views * self.pictures if views else self.members * epochs * self.per_epoch


def amounts(images: int, training: int, judged: int, plan: Plan) -> Amounts:
    """Count what a plan shows of so many images."""
    copied = plan.draws > 0
    copies = np.unique(np.stack([plan.rows[copied], plan.draws[copied]]), axis=1).shape[1]
    return Amounts(images, training, judged, len(plan.rows), copies)


def divide(
    recipe: Recipe, catalogue: Catalogue, progress: Progress | None = None
) -> tuple[pd.Series, pd.Series]:
    """Return each image's class name and its part; raise CxrError on other data than agreed.

    Takes long where flawed images are to be left out and nobody has looked for them yet.
    """
    if recipe.data != catalogue.hash:
        raise CxrError(
            f"The recipe was made for data {recipe.data}, but '{catalogue.name}' is now "
            f"{catalogue.hash}: its files changed. Make the recipe anew on today's data."
        )
    targets = catalogue.targets(recipe.task)
    parts = assign(catalogue.images, targets, recipe.split, recipe.split_seed)
    return targets, leave_out(parts, targets, recipe.exclude, catalogue, progress)


def counts(recipe: Recipe, catalogue: Catalogue, progress: Progress | None = None) -> pd.DataFrame:
    """Count images by class (rows) and part (columns), before any training."""
    return _counts(*divide(recipe, catalogue, progress), catalogue.classes(recipe.task))


def planned(recipe: Recipe, catalogue: Catalogue) -> Planned:
    """Count what a training will show, without decoding a pixel."""
    return outline(recipe, catalogue).planned()


def outline(recipe: Recipe, catalogue: Catalogue, progress: Progress | None = None) -> Outline:
    """Split, leave flawed images out and apply the imbalance strategy."""
    classes = catalogue.classes(recipe.task)
    targets, parts = divide(recipe, catalogue, progress)
    labels = pd.Categorical(targets, categories=list(classes)).codes.astype(np.intp)
    plans = make_plans(recipe.imbalance, labels[_rows(parts, "train")], len(classes), recipe.seed)
    name = key(catalogue, recipe.size, recipe.preprocessing)
    return Outline(classes, targets, labels, parts, plans, name)


def prepare(recipe: Recipe, catalogue: Catalogue, listener: Listener) -> Prepared:
    """Outline the training, then decode (from the cache where possible)."""

    def progress(done: int, total: int, what: str) -> None:
        listener.phase(what, done, total)

    here = outline(recipe, catalogue, progress)
    grey = pixels(catalogue, recipe.size, recipe.preprocessing, progress)
    return Prepared(**vars(here), pixels=grey)


def _rows(parts: pd.Series, part: str) -> NDArray[np.intp]:
    return np.flatnonzero(parts.to_numpy() == part)


def _counts(
    targets: pd.Series,
    parts: pd.Series,
    classes: tuple[str, ...],
    wanted: tuple[str, ...] = PARTS,
) -> pd.DataFrame:
    table = pd.crosstab(targets, parts)
    return table.reindex(index=list(classes), columns=list(wanted), fill_value=0)
