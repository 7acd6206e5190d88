"""Training: one recipe on one catalogue, from pixels to a saved model and its predictions."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import keras

from engine.data.catalogue import Catalogue
from engine.learning import outcome, prefixes
from engine.learning.anatomy import Anatomy
from engine.learning.course import Course
from engine.learning.listener import Listener
from engine.learning.preparing import Prepared, prepare
from engine.learning.rules import check
from engine.words.errors import Cancelled
from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Outcome:
    """What a finished training left behind."""

    folder: Path  # recipe.json, history.json, model.keras, predictions.parquet, meta.json
    metrics: dict[str, float]  # such as test_accuracy, validation_auc
    epochs: int
    anatomy: Anatomy


def train(
    recipe: Recipe,
    catalogue: Catalogue,
    folder: Path,
    listener: Listener,
    passing: Mapping[int, Path] | None = None,
) -> Outcome:
    """Train and leave everything in `folder`.

    `passing` names folders for shorter trainings by their epochs: those passed are left there.
    Raises CxrError (bad recipe, changed data, missing weights, NaN loss) or, when the listener
    asks to stop, Cancelled; the history and the best model so far are saved before.
    """
    recipe = check(recipe)
    clock = {"began": time.monotonic()}
    ready = prepare(recipe, catalogue, listener)
    clock["ready"] = time.monotonic()
    places = passing or {}
    with precision(recipe.precision):
        course = Course(recipe, ready, listener, prefixes.wanted(recipe, places))
        try:
            course.run()
        except Cancelled:
            if (so_far := course.model()) is not None:
                outcome.save_model(so_far, folder)
            outcome.save_history(recipe, course.history, folder)
            raise
        clock["trained"] = time.monotonic()
        outcome.save_history(recipe, course.history, folder)
        listener.phase("Saving")
        model = course.model()
        outcome.save_model(model, folder)
    clock["saved"] = time.monotonic()
    metrics = outcome.save_results(recipe, catalogue, ready, model, course, clock, folder)
    done = Outcome(folder, metrics, len(course.history), course.anatomy)
    _leave_shorter(recipe, catalogue, ready, course, clock, places)
    return done


def _leave_shorter(
    recipe: Recipe,
    catalogue: Catalogue,
    ready: Prepared,
    course: Course,
    clock: Mapping[str, float],
    places: Mapping[int, Path],
) -> None:
    """Leave what the shorter trainings would have left; the course goes back as it does so."""
    for epochs, folder in sorted(places.items(), reverse=True):
        with precision(recipe.precision):
            if not course.go_back(epochs):
                continue
            shorter, model = replace(recipe, epochs=epochs), course.model()
            outcome.save_history(shorter, course.history, folder)
            outcome.save_model(model, folder)
        end = clock["ready"] + sum(row["seconds"] for row in course.history)
        times = {**clock, "trained": end, "saved": end}
        outcome.save_results(shorter, catalogue, ready, model, course, times, folder)


@contextmanager
def precision(name: str) -> Iterator[None]:
    """Compute in this precision for a while; answers and weights stay float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
