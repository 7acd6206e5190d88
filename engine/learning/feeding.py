"""Batches for training: rows of the pixel cache, augmented on the fly, the same for a seed."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from engine.vision.augmentation import Augmenter


class Batches(keras.utils.PyDataset):
    """Shuffled batches (x (b, s, s, 1) uint8, y (b, outputs), weight (b,)).

    Every draw depends on (seed, epoch, place) alone, so threads cannot change a run.
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        rows: NDArray[np.intp],
        targets: NDArray[np.float32],
        weights: NDArray[np.float32],
        batch: int,
        seed: int,
        augment: Augmenter | None = None,
    ) -> None:
        """Take the pixel cache (n, s, s) and the rows, targets and weights of this part."""
        super().__init__(workers=2 if augment else 1, max_queue_size=8)
        self._pixels, self._rows = pixels, rows
        self._targets, self._weights = targets, weights
        self._batch, self._seed, self._augment = batch, seed, augment
        self._epoch = 0
        self._shuffle()

    def __len__(self) -> int:
        return -(-len(self._rows) // self._batch)

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        places = self._order[index * self._batch : (index + 1) * self._batch]
        x = self._pixels[self._rows[places]]
        if self._augment:
            x = np.stack([self._draw(image, place) for image, place in zip(x, places, strict=True)])
        return x[..., np.newaxis], self._targets[places], self._weights[places]

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        random = np.random.default_rng((self._seed, self._epoch))
        self._order = random.permutation(len(self._rows))

    def _draw(self, image: NDArray[np.uint8], place: int) -> NDArray[np.uint8]:
        assert self._augment is not None
        words = np.random.SeedSequence((self._seed, self._epoch, int(place))).generate_state(1)
        return self._augment(image, int(words[0] >> 1))


def encode(labels: NDArray[np.intp], outputs: int) -> NDArray[np.float32]:
    """Class indices (n,) to targets: (n, 1) for one sigmoid unit, else one-hot (n, outputs)."""
    if outputs == 1:
        return labels.astype(np.float32)[:, np.newaxis]
    return np.eye(outputs, dtype=np.float32)[labels]
