"""Batches for training, shuffled and drawn the same for a seed, ahead of when they are needed."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from engine.learning.supplies import Supply, shuffled

AHEAD = 8  # batches that are drawn while one is trained on

Batch = tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32]]


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
        return _Epoch(number, shuffled(len(self._targets), self._seed, number))

    def _gather(self, epoch: _Epoch, index: int) -> Batch:
        places = epoch.order[index * self._batch : (index + 1) * self._batch]
        x = self._supply(places, epoch.number)
        return x, self._targets[places], self._weights[places]


def encode(labels: NDArray[np.intp], outputs: int) -> NDArray[np.float32]:
    """Class indices (n,) to targets: (n, 1) for one sigmoid unit, else one-hot (n, outputs)."""
    if outputs == 1:
        return labels.astype(np.float32)[:, np.newaxis]
    return np.eye(outputs, dtype=np.float32)[labels]
