"""Where a training's inputs come from: pixels or kept features, in an order that the seed gives.

It knows nothing of Keras, so that the first batch can be looked at without loading it.
"""

import os
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.learning.imbalance import COPIES, Plan
from engine.learning.preparing import Outline
from engine.vision.augmentation import Augmenter, Pipeline
from engine.vision.seeds import draw_seed
from engine.words.recipe import Recipe

# About half of a draw holds Python's lock: more threads than this would wait for one another.
DRAWING = min(4, os.cpu_count() or 1)


class Rows(Protocol):
    """Pictures by row number: an array (n, s, s) uint8, or what decodes them when asked."""

    def __getitem__(self, rows: NDArray[np.integer], /) -> NDArray[np.uint8]:
        """Return a new array (b, s, s) of these rows."""
        ...


class Supply(Protocol):
    """Where inputs come from; a place is a position in the training plan, repeats included."""

    threads: int  # that draw batches ahead; 0 where a batch is only gathered, in microseconds

    def __call__(self, places: NDArray[np.intp], epoch: int) -> NDArray[Any]:
        """Return the inputs (b, ...) of these places in this epoch."""
        ...


class PixelSupply:
    """Rows of the pixel cache (n, s, s), as (b, s, s, 1) uint8.

    `draws` (m,) asks for copies: 0 is the image itself, k > 0 the k-th draw of it by `copies`,
    the same in every epoch. `augment` then draws anew in every epoch.
    """

    def __init__(
        self,
        pixels: Rows,
        rows: NDArray[np.intp],
        seed: int,
        draws: NDArray[np.integer] | None = None,
        copies: Augmenter | None = None,
        augment: Augmenter | None = None,
    ) -> None:
        """Take the pixel cache and, for each place of the plan, its row and its draw."""
        if draws is not None and draws.any() and copies is None:
            raise ValueError("draws above 0 need the pipeline that draws copies")
        self._pixels, self._rows, self._seed = pixels, rows, seed
        self._draws, self._copies, self._augment = draws, copies, augment
        self.threads = DRAWING if augment or copies else 0

    def __call__(self, places: NDArray[np.intp], epoch: int) -> NDArray[np.uint8]:
        """Return the images (b, s, s, 1) of these places in this epoch."""
        x = self._pixels[self._rows[places]]
        if self._copies or self._augment:
            for image, place in zip(x, places, strict=True):
                image[:] = self._drawn(image, int(place), epoch)
        return x[..., np.newaxis]

    def _drawn(self, image: NDArray[np.uint8], place: int, epoch: int) -> NDArray[np.uint8]:
        if self._copies and self._draws is not None and self._draws[place]:
            seed = draw_seed(self._seed, self._rows[place], self._draws[place])
            image = self._copies(image, seed)
        if self._augment:
            image = self._augment(image, draw_seed(self._seed, epoch, place))
        return image


class FeatureSupply:
    """Cached features (n, *shape); each epoch draws one of the views of each place.

    They keep their precision: Keras casts a batch to what the model computes in, which NumPy took
    twenty times as long for as for gathering it.
    """

    threads = 0

    def __init__(self, files: Sequence[NDArray[Any]], index: NDArray[np.intp], seed: int) -> None:
        """Take files of features and the rows (m, views), counted on through the files in order."""
        # Plain views of the memory: numpy.memmap runs Python code at every indexing.
        self._files = [np.asarray(file) for file in files]
        self._ends = np.cumsum([len(file) for file in files])
        self._index, self._seed = index, seed
        self._chosen: tuple[int, NDArray[np.intp]] = (-1, index[:, 0])

    def __call__(self, places: NDArray[np.intp], epoch: int) -> NDArray[Any]:
        """Return the features (b, *shape) of these places in this epoch."""
        chosen = self._chosen  # one assignment swaps epoch and rows together, whatever the thread
        if chosen[0] != epoch:
            chosen = self._chosen = (epoch, self._choose(epoch))
        rows = chosen[1][places]
        sources = np.searchsorted(self._ends, rows, side="right")
        x = np.empty((len(rows), *self._files[0].shape[1:]), self._files[0].dtype)
        for source in np.unique(sources):
            here, file = sources == source, self._files[source]
            x[here] = file[rows[here] - self._ends[source] + len(file)]
        return x

    def _choose(self, epoch: int) -> NDArray[np.intp]:
        places, views = self._index.shape
        drawn = np.random.default_rng(draw_seed(self._seed, epoch)).integers(views, size=places)
        return self._index[np.arange(places), drawn]


def training_pixels(recipe: Recipe, here: Outline, plan: Plan, pixels: Rows) -> PixelSupply:
    """Return what a network is shown that trains on pixels: copies kept, augmented each epoch."""
    augment = Pipeline(recipe.augmentation) if recipe.augmentation else None
    copies = Pipeline(COPIES) if plan.draws.any() else None
    return PixelSupply(pixels, here.training_rows(plan), recipe.seed, plan.draws, copies, augment)


def shuffled(places: int, seed: int, epoch: int) -> NDArray[np.intp]:
    """Return the order in which an epoch shows the places of a plan."""
    return np.random.default_rng((seed, epoch)).permutation(places)
