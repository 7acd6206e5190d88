"""Fits a network: compiled with a phase's optimizer and the loss that its answer asks for."""

from collections.abc import Sequence
from typing import Any

import keras

from engine.learning.imbalance import loss_of
from engine.learning.material import Material
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.words.options import Choice, build
from engine.words.recipe import Recipe


def compile_for(model: Any, recipe: Recipe, optimizer: Choice, together: int = 1) -> None:
    """Give a network its optimizer and loss; `together` batches go through in one call."""
    answer = keras.activations.serialize(model.layers[-1].activation)
    model.compile(
        optimizer=build(optimizer, OPTIMIZERS, "optimizer"),
        loss=loss_of(recipe.imbalance, answer),
        metrics=["accuracy"],
        steps_per_execution=together,
        # On a CPU XLA made a training step nine times slower, so "auto" is not left to choose.
        jit_compile=_on_gpu(),
    )


def fit(
    learning: Material, recipe: Recipe, epochs: int, listeners: Sequence[keras.callbacks.Callback]
) -> None:
    """Run a phase's epochs with the recipe's schedule and stopping rule."""
    learning.learner.fit(
        learning.training,
        validation_data=learning.validation,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            *build(recipe.schedule, SCHEDULES, "schedule"),
            *build(recipe.stopping, STOPPING, "stopping rule"),
            *listeners,
        ],
    )


def _on_gpu() -> bool:
    return keras.backend.backend() == "jax" or any(
        "gpu" in name.lower() for name in keras.distribution.list_devices()
    )
