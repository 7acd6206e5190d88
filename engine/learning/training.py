"""Training: one recipe on one catalogue, from pixels to a saved model and its predictions."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from engine.data.catalogue import Catalogue
from engine.learning import outcome
from engine.learning.callbacks import KeepBest, Reporter
from engine.learning.feeding import Batches, encode
from engine.learning.listener import Listener
from engine.learning.networks import build_network
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.learning.preparing import Prepared, prepare
from engine.learning.rules import check
from engine.vision.augmentation import Pipeline
from engine.words.errors import Cancelled
from engine.words.options import build
from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Outcome:
    """What a finished training left behind."""

    folder: Path  # recipe.json, history.json, model.keras, predictions.parquet, meta.json
    metrics: dict[str, float]  # such as test_accuracy, validation_auc
    epochs: int


def train(recipe: Recipe, catalogue: Catalogue, folder: Path, listener: Listener) -> Outcome:
    """Train and leave everything in `folder`.

    Raises CxrError (bad recipe, changed data, NaN loss) or, when the listener asks to stop,
    Cancelled; the history and the best model so far are saved before.
    """
    recipe = check(recipe)
    clock = {"began": time.monotonic()}
    ready = prepare(recipe, catalogue, listener)
    clock["ready"] = time.monotonic()
    keras.utils.set_random_seed(recipe.seed)
    model = compiled(recipe, len(ready.classes))
    training, validation = batches(recipe, ready, model.output_shape[-1])
    reporter, best = Reporter(listener, len(training)), KeepBest()
    listener.phase("Training")
    try:
        fit(model, recipe, training, validation, [reporter, best])
    except Cancelled:
        if best.weights is not None:
            model.set_weights(best.weights)
            outcome.save_model(model, folder)
        outcome.save_history(recipe, reporter.history, folder)
        raise
    clock["trained"] = time.monotonic()
    outcome.save_history(recipe, reporter.history, folder)
    outcome.save_model(model, folder)
    scores = outcome.predict_all(model, ready, listener)
    clock["predicted"] = time.monotonic()
    metrics = outcome.save_results(recipe, catalogue, ready, model, scores, clock, folder)
    return Outcome(folder, metrics, len(reporter.history))


def compiled(recipe: Recipe, classes: int) -> Any:
    """Return the recipe's network, compiled with its optimizer and the loss its output asks for."""
    model = build_network(recipe.network, recipe.size, classes)
    optimizer = build(recipe.optimizer, OPTIMIZERS, "optimizer")
    sigmoid = model.output_shape[-1] == 1
    loss = "binary_crossentropy" if sigmoid else "categorical_crossentropy"
    # On a CPU XLA made a training step nine times slower, so "auto" is not left to choose.
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"], jit_compile=_on_gpu())
    return model


def batches(recipe: Recipe, ready: Prepared, outputs: int) -> tuple[Batches, Batches]:
    """Return the training batches (augmented, weighted) and the validation batches (neither)."""
    targets = encode(ready.labels, outputs)
    augment = Pipeline(recipe.augmentation) if recipe.augmentation else None
    rows = ready.training_rows
    weights = ready.plan.weights[ready.labels[rows]]
    training = Batches(
        ready.pixels, rows, targets[rows], weights, recipe.batch, recipe.seed, augment
    )
    rows = ready.rows("validation")
    even = np.ones(len(rows), np.float32)
    return training, Batches(ready.pixels, rows, targets[rows], even, recipe.batch, recipe.seed)


def fit(
    model: Any, recipe: Recipe, training: Batches, validation: Batches, listeners: list[Any]
) -> None:
    """Run the epochs with the recipe's schedule and stopping rule."""
    callbacks = [
        *build(recipe.schedule, SCHEDULES, "schedule"),
        *build(recipe.stopping, STOPPING, "stopping rule"),
        *listeners,
    ]
    model.fit(
        training,
        validation_data=validation,
        epochs=recipe.epochs,
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    )


def _on_gpu() -> bool:
    return keras.backend.backend() == "jax" or any(
        "gpu" in name.lower() for name in keras.distribution.list_devices()
    )
