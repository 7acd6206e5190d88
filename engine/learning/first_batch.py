"""The first batch of a training, picture by picture, without starting it or loading Keras."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.catalogue import Catalogue
from engine.data.pixels import known, pixels
from engine.learning import features
from engine.learning.imbalance import Plan
from engine.learning.pictures import drawn
from engine.learning.preparing import Outline
from engine.learning.supplies import FeatureSupply, Rows, shuffled, training_pixels
from engine.vision.augmentation import Pipeline
from engine.vision.decoding import read
from engine.vision.preprocessing import pipeline
from engine.words.errors import CxrError, UnreadableImage
from engine.words.options import Choice
from engine.words.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Shown:
    """One picture of a batch (size, size) uint8, as the network is given it, and whose it is."""

    image: NDArray[np.uint8]
    row: int  # of the catalogue's images
    label: str
    copy: int  # 0 the image itself, k > 0 its k-th augmented copy
    times: int  # how often an epoch shows this image, its copies counted
    weight: float  # what a mistake on it costs


def first_batch(
    recipe: Recipe, catalogue: Catalogue, here: Outline, member: int = 0, views: int = 0
) -> tuple[Shown, ...]:
    """Return the very pictures of batch 1 of epoch 1, in order; raise CxrError on a lost file.

    `here` outlines the recipe's training, `member` counts an ensemble's networks. Where features
    are kept, `views` is how many versions of each image are (see caching.decide), else 0.
    """
    plan = here.plans[member]
    places = shuffled(len(plan.rows), recipe.seed, 0)[: recipe.batch]
    grey = _pixels(recipe, catalogue)
    if views:
        images = np.stack(_kept(recipe, here, plan, places, views, grey))
    else:
        images = training_pixels(recipe, here, plan, grey)(places, 0)[..., 0]
    often = np.bincount(plan.rows, minlength=len(here.rows("train")))
    rows = here.training_rows(plan)
    return tuple(
        Shown(
            image,
            int(rows[place]),
            here.classes[here.labels[rows[place]]],
            int(plan.draws[place]),
            int(often[plan.rows[place]]),
            float(plan.weights[here.labels[rows[place]]]),
        )
        for image, place in zip(images, places, strict=True)
    )


def _kept(
    recipe: Recipe, here: Outline, plan: Plan, places: NDArray[np.intp], views: int, grey: Rows
) -> list[NDArray[np.uint8]]:
    """Return the pictures whose kept features the batch would have, by their number."""
    sets, index = drawn(recipe, len(here.labels), here.rows("train"), plan, views)
    total = len(here.labels) + sum(len(one.rows) for one in sets)
    chosen = FeatureSupply([np.arange(total)], index, recipe.seed)(places, 0)
    images = []
    for number in map(int, chosen):
        if number < len(here.labels):
            images.append(grey[np.array([number])][0])
            continue
        number -= len(here.labels)
        for one in sets:
            if number < len(one.rows):
                augment = Pipeline(one.steps)
                rows, draws = one.rows[[number]], one.draws[[number]]
                made = features.drawn(grey, here.key, rows, draws, augment, recipe.split_seed)
                images.append(made.get(0, 1)[0])
                break
            number -= len(one.rows)
    return images


def _pixels(recipe: Recipe, catalogue: Catalogue) -> Rows:
    """Return the pixel cache where it is there; else decode what is asked for and no more."""
    if known(catalogue.hash, recipe.size, recipe.preprocessing):
        return np.asarray(pixels(catalogue, recipe.size, recipe.preprocessing))
    return _Decoded(catalogue, recipe.size, recipe.preprocessing)


class _Decoded:
    """Pictures decoded when they are asked for."""

    def __init__(self, catalogue: Catalogue, size: int, steps: tuple[Choice, ...]) -> None:
        self._root, self._files = catalogue.root, catalogue.images["file"].to_numpy()
        self._view = pipeline(size, steps)

    def __getitem__(self, rows: NDArray[np.integer]) -> NDArray[np.uint8]:
        return np.stack([self._one(str(self._files[row])) for row in rows])

    def _one(self, file: str) -> NDArray[np.uint8]:
        try:
            return self._view(read(self._root / file))
        except UnreadableImage as error:
            raise CxrError(
                f"{file} was a readable image when the data was listed, and now: {error} "
                "List the data again."
            ) from None
