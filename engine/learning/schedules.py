"""Builders of Keras callbacks for schedules and stopping rules."""

import keras


def constant() -> list[keras.callbacks.Callback]:
    """Leave the learning rate alone."""
    return []


def exponential(factor: float) -> list[keras.callbacks.Callback]:
    """Report A's rule: from epoch 1 on, current rate * factor ** epoch."""

    def rate(epoch: int, current: float) -> float:
        return current * factor**epoch if epoch else current

    return [keras.callbacks.LearningRateScheduler(rate)]


def plateau(factor: float, patience: int, minimum: float) -> list[keras.callbacks.Callback]:
    """Cut the rate when the validation loss stalls."""
    return [keras.callbacks.ReduceLROnPlateau("val_loss", factor, patience, min_lr=minimum)]


def all_epochs() -> list[keras.callbacks.Callback]:
    """Never stop early."""
    return []


def early(monitor: str, patience: int) -> list[keras.callbacks.Callback]:
    """Stop after `patience` epochs without progress and go back to the best weights."""
    return [keras.callbacks.EarlyStopping(monitor, patience=patience, restore_best_weights=True)]
