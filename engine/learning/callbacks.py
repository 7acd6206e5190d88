"""Keras callbacks that report to a listener, stop on request and refuse NaN."""

import math
import time
from collections.abc import Collection, Mapping
from typing import Any

import keras

from engine.learning.listener import Listener
from engine.words.errors import Cancelled, CxrError


class Reporter(keras.callbacks.Callback):
    """Tells a listener of batches and epochs and keeps the history with seconds per epoch."""

    def __init__(
        self,
        listener: Listener,
        batches: int,
        history: list[dict[str, float]],
        tags: Mapping[str, int] | None = None,
    ) -> None:
        """Add rows to `history`, counting on from its last epoch; each row carries `tags`."""
        super().__init__()
        self._listener, self._batches = listener, batches
        self.history, self._tags = history, tags or {}
        self._before, self._epoch, self._began = len(history), 0, 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Start the epoch's clock."""
        self._epoch, self._began = self._before + epoch + 1, time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the batch; raise Cancelled or, on a NaN loss, CxrError."""
        figures = {name: float(value) for name, value in (logs or {}).items()}
        if math.isnan(figures.get("loss", 0.0)) or math.isinf(figures.get("loss", 0.0)):
            raise CxrError(
                f"The loss became {figures['loss']} in epoch {self._epoch}, batch {batch + 1}: the "
                "weights blew up. Try a learning rate ten times smaller."
            )
        done = min(batch + 1, self._batches)  # several batches may have gone through in one call
        self._listener.batch(self._epoch, done, self._batches, figures)
        if self._listener.stop_requested():
            raise Cancelled

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Stop within the validation too, which may take longer than a user's patience."""
        if self._listener.stop_requested():
            raise Cancelled

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Add the epoch to the history and report it."""
        figures = {name: float(value) for name, value in (logs or {}).items()}
        spent = time.monotonic() - self._began
        row = {"epoch": self._epoch, **self._tags, **figures, "seconds": spent}
        self.history.append(row)
        self._listener.epoch(self._epoch, row)


class KeepBest(keras.callbacks.Callback):
    """Remembers the weights after each whole epoch, so that a stopped run keeps its best ones."""

    def __init__(self, weights: list[Any] | None = None) -> None:
        """Begin with the weights to go back to where not even one epoch ends, if there are any."""
        super().__init__()
        self._best = math.inf
        self.weights = weights

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the weights where the validation loss is the lowest so far."""
        loss = float((logs or {}).get("val_loss", math.inf))
        if self.weights is None or loss < self._best:
            self._best, self.weights = loss, self.model.get_weights()


class KeepAt(keras.callbacks.Callback):
    """Remembers the weights after the epochs with which shorter trainings end."""

    def __init__(self, epochs: Collection[int]) -> None:
        super().__init__()
        self._epochs = frozenset(epochs)
        self.weights: dict[int, list[Any]] = {}

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the weights where a shorter training ends."""
        if epoch + 1 in self._epochs:
            self.weights[epoch + 1] = self.model.get_weights()
