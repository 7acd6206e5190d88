"""Builders of Keras callbacks for schedules and stopping rules."""

import math
from collections.abc import Callable
from typing import Any

import keras


class Schedule(keras.callbacks.LearningRateScheduler):
    """Sets each epoch's rate to a share of the optimizer's own.

    Both epochs that `share` is given, the current one and their number, count from the first one
    of this fit: in a later phase Keras's own go on from where the last phase ended.
    """

    def __init__(self, share: Callable[[int, int], float]) -> None:
        super().__init__(self._rate)
        self._share = share
        self._first: int | None = None
        self._full = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier fit."""
        self._first = None

    def _rate(self, epoch: int, current: float) -> float:
        if self._first is None:
            self._first, self._full = epoch, current
        return self._full * self._share(epoch - self._first, self.params["epochs"] - self._first)


def constant() -> list[keras.callbacks.Callback]:
    """Leave the learning rate alone."""
    return []


def exponential(factor: float) -> list[keras.callbacks.Callback]:
    """Report A's rule: from epoch 1 on, current rate * factor ** epoch."""
    return [Schedule(lambda epoch, epochs: factor ** (epoch * (epoch + 1) // 2))]


def cosine(warmup: int, minimum: float) -> list[keras.callbacks.Callback]:
    """Rise in even steps, reach the full rate in epoch `warmup`, then fall (arXiv 1608.03983)."""

    def share(epoch: int, epochs: int) -> float:
        if epoch < warmup:
            return (epoch + 1) / (warmup + 1)
        done = (epoch - warmup) / (epochs - warmup)
        return minimum + (1 - minimum) * (1 + math.cos(math.pi * done)) / 2

    return [Schedule(share)]


def plateau(factor: float, patience: int, minimum: float) -> list[keras.callbacks.Callback]:
    """Cut the rate when the validation loss stalls."""
    return [keras.callbacks.ReduceLROnPlateau("val_loss", factor, patience, min_lr=minimum)]


def all_epochs() -> list[keras.callbacks.Callback]:
    """Never stop early."""
    return []


def early(monitor: str, patience: int) -> list[keras.callbacks.Callback]:
    """Stop after `patience` epochs without progress and go back to the best weights."""
    return [keras.callbacks.EarlyStopping(monitor, patience=patience, restore_best_weights=True)]
