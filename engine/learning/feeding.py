"""Batches for training: pixels or cached features, shuffled and drawn the same for a seed."""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from engine.vision.augmentation import Augmenter
from engine.vision.seeds import draw_seed

AHEAD = 8  # batches that are drawn while one is trained on
# About half of a draw holds Python's lock: more threads than this would wait for one another.
DRAWING = min(4, os.cpu_count() or 1)

Batch = tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32]]


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
        pixels: NDArray[np.uint8],
        rows: NDArray[np.intp],
        seed: int,
        draws: NDArray[np.integer] | None = None,
        copies: Augmenter | None = None,
        augment: Augmenter | None = None,
    ) -> None:
        """Take the pixel cache and, for each place of the plan, its row and its draw."""
        if draws is not None and draws.any() and copies is None:
            raise ValueError("draws above 0 need the pipeline that draws copies")
        self._pixels, self._rows, self._seed = np.asarray(pixels), rows, seed
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


@dataclass(frozen=True)
class _Epoch:
    """One pass over the plan. A new pass is a new object, so no batch strays into another."""

    number: int
    order: NDArray[np.intp]
    ahead: dict[int, Future[Batch]] = field(default_factory=dict)


class Batches(keras.utils.PyDataset):
    """Shuffled batches (x (b, ...), y (b, outputs), weight (b,)).

    Every draw depends on (seed, epoch, place) alone, so threads cannot change a run. They are
    our own: with `workers` of Keras's the first epoch under JAX mixes in batches of another, and
    every epoch ends with a wait of 0.1 s.
    """

    def __init__(
        self,
        supply: Supply,
        targets: NDArray[np.float32],
        weights: NDArray[np.float32],
        batch: int,
        seed: int,
        threads: int | None = None,
    ) -> None:
        """Take the inputs, and the target and weight of each place of the plan."""
        super().__init__()
        self._supply, self._targets, self._weights = supply, targets, weights
        self._batch, self._seed = batch, seed
        threads = supply.threads if threads is None else threads
        self._pool = ThreadPoolExecutor(threads, "draws") if threads else None
        self._epoch = self._begin(0)

    def __len__(self) -> int:
        return -(-len(self._targets) // self._batch)

    def __getitem__(self, index: int) -> Batch:
        epoch = self._epoch
        if not self._pool:
            return self._gather(epoch, index)
        for later in range(index, min(index + AHEAD, len(self))):
            if later not in epoch.ahead:
                epoch.ahead[later] = self._pool.submit(self._gather, epoch, later)
        return epoch.ahead.pop(index).result()

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        for batch in self._epoch.ahead.values():
            batch.cancel()
        self._epoch = self._begin(self._epoch.number + 1)

    def _begin(self, number: int) -> _Epoch:
        random = np.random.default_rng((self._seed, number))
        return _Epoch(number, random.permutation(len(self._targets)))

    def _gather(self, epoch: _Epoch, index: int) -> Batch:
        places = epoch.order[index * self._batch : (index + 1) * self._batch]
        x = self._supply(places, epoch.number)
        return x, self._targets[places], self._weights[places]


def encode(labels: NDArray[np.intp], outputs: int) -> NDArray[np.float32]:
    """Class indices (n,) to targets: (n, 1) for one sigmoid unit, else one-hot (n, outputs)."""
    if outputs == 1:
        return labels.astype(np.float32)[:, np.newaxis]
    return np.eye(outputs, dtype=np.float32)[labels]
