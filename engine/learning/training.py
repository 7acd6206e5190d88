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

    `passing` names folders for shorter trainings, by their epochs: each that this one passes
    through on its way is left there too, and a folder of another one stays away.
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
    with precision(recipe.precision):
        for epochs, place in sorted(places.items(), reverse=True):
            if course.go_back(epochs):
                _save_shorter(
                    replace(recipe, epochs=epochs), catalogue, ready, course, clock, place
                )
    return done


def _save_shorter(
    recipe: Recipe,
    catalogue: Catalogue,
    ready: Prepared,
    course: Course,
    clock: Mapping[str, float],
    folder: Path,
) -> None:
    """Leave what a training left that ended where the course has gone back to."""
    end = clock["ready"] + sum(row["seconds"] for row in course.history)
    times = {**clock, "trained": end, "saved": end}
    outcome.save_history(recipe, course.history, folder)
    model = course.model()
    outcome.save_model(model, folder)
    outcome.save_results(recipe, catalogue, ready, model, course, times, folder)


@contextmanager
def precision(name: str) -> Iterator[None]:
    """Compute in this precision for a while; answers and weights stay float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
