"""What a phase trains on: pixels and the whole network, or kept features and its last part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.learning import features
from engine.learning.features import Features, Images
from engine.learning.feeding import Batches, encode
from engine.learning.imbalance import Plan
from engine.learning.listener import Listener
from engine.learning.pictures import Pictures, drawn
from engine.learning.prediction import predict
from engine.learning.preparing import Prepared
from engine.learning.supplies import FeatureSupply, PixelSupply, Supply, training_pixels
from engine.learning.trunks import Trunk
from engine.vision.augmentation import Pipeline
from engine.words.recipe import Recipe

AHEAD = 16  # batches of features that one call of the backend trains on


@dataclass(frozen=True)
class Material:
    """A network to fit, its batches, and how it judges every image of the data."""

    learner: Any  # keras.Model: the whole network, or what follows the kept features
    training: Batches
    validation: Batches
    together: int  # batches per call of the backend
    predict: Callable[[], NDArray[np.float32]]  # probabilities (n, classes), from what is kept
    files: tuple[Features, ...] = ()  # what is kept, or was found kept


def whole(model: Any, recipe: Recipe, ready: Prepared, plan: Plan, tell: Listener) -> Material:
    """Train the whole network on pixels, augmented anew in every epoch."""
    pixels = np.asarray(ready.pixels)  # a plain view: numpy.memmap runs Python code at indexing
    training = training_pixels(recipe, ready, plan, pixels)
    validation = PixelSupply(pixels, ready.rows("validation"), recipe.seed)
    return Material(
        model,
        *_batches(model, recipe, ready, plan, training, validation),
        1,
        lambda: predict(
            model, ready.pixels, lambda done, total: tell.phase("Predicting", done, total)
        ),
    )


def cached(trunk: Trunk, recipe: Recipe, ready: Prepared, plan: Plan, tell: Listener) -> Material:
    """Keep the features of every picture that is needed; train what follows them."""
    sets, index = drawn(recipe, len(ready.pixels), ready.rows("train"), plan, trunk.views)
    images = [
        features.plain(ready.pixels, ready.key),
        *(pictures_of(ready, recipe, one) for one in sets),
    ]
    files = [trunk.fetch(one, tell) for one in images]
    values = [file.values for file in files]
    rest = trunk.rest()
    training = FeatureSupply(values, index, recipe.seed)
    validation = FeatureSupply(values[:1], ready.rows("validation")[:, np.newaxis], recipe.seed)
    batches = _batches(rest, recipe, ready, plan, training, validation)
    return Material(
        rest,
        *batches,
        min(AHEAD, len(batches[0])),
        lambda: predict(rest, values[0]),
        tuple(files),
    )


def pictures_of(ready: Prepared, recipe: Recipe, pictures: Pictures) -> Images:
    """Return drawn pictures as what goes through a frozen part."""
    return features.drawn(
        np.asarray(ready.pixels),
        pictures.key(ready.key),
        pictures.rows,
        pictures.draws,
        Pipeline(pictures.steps),
        recipe.split_seed,  # so that trainings with other seeds on one split find theirs drawn
    )


def _batches(
    learner: Any, recipe: Recipe, ready: Prepared, plan: Plan, training: Supply, validation: Supply
) -> tuple[Batches, Batches]:
    targets = encode(ready.labels, learner.output_shape[-1])
    rows, judged = ready.rows("train")[plan.rows], ready.rows("validation")
    weights = plan.weights[ready.labels[rows]]
    even = np.ones(len(judged), np.float32)
    return (
        Batches(training, targets[rows], weights, recipe.batch, recipe.seed),
        Batches(validation, targets[judged], even, recipe.batch, recipe.seed),
    )
