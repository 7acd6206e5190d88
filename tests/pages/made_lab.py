"""Trainings of the shortcut lab, made from files: no worker; networks that read a sign."""

from typing import Any

import numpy as np
import pytest

from engine.data import lab, sources
from engine.data.registry import Source
from engine.learning import rules
from engine.runs import jobs, store
from pages.shared import cached
from tests.pages import little_showcase

IMAGES = 40


def made(shortcut: str, teaching: str) -> tuple[Source, str]:
    """Draw a lab's X-rays and put its training into the queue; nothing starts it."""
    source = lab.make(shortcut, teaching, images=IMAGES, side=64)
    sources.open_source(source.name)
    recipe = lab.recipe_of(source)
    assert recipe is not None
    run = store.create_run(rules.check(recipe), source.name, "Ada")
    jobs.create(run)
    return source, run.id


def finished(shortcut: str, teaching: str, reads: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Leave a finished run whose network reads the "border", the "exposure" or nothing."""
    source, run_id = made(shortcut, teaching)
    monkeypatch.setattr(little_showcase, "SIZE", lab.SEEN)
    catalogue = sources.open_source(source.name)
    folder = store.folder_of(run_id)
    recipe = store.get_run(run_id).recipe
    little_showcase._write(folder, recipe, catalogue, network(reads))
    store.attach(run_id, folder)
    store.mark(run_id, "finished")
    jobs.write_state(run_id, jobs.State("finished"))
    cached.forget_runs()
    return run_id


def network(reads: str) -> Any:
    """A network that answers by the mean brightness of the edge or of all, or always the same."""
    import keras
    from keras import layers

    side = lab.SEEN
    inputs = keras.Input((side, side, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.Conv2D(1, 1, activation="relu", kernel_initializer="ones")(x)
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(layers.Flatten()(x)))
    area = np.ones((side, side), np.float32)
    if reads == "border":
        area[2:-2, 2:-2] = 0
    strength, level = {"border": (40, 0.6), "exposure": (60, 0.43)}.get(reads, (0, 0.5))
    weights = strength * area.reshape(-1, 1) / area.sum()
    model.layers[-1].set_weights([weights, np.array([-level * strength], np.float32)])
    return model
