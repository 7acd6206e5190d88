"""Schedules set the rates that their formulas say, epoch by epoch, in real trainings."""

import math
from typing import Any

import keras
import numpy as np
import pytest

from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.words.options import Choice, build

TOP = 0.1


def network(optimizer: Any = None) -> Any:
    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile(optimizer=optimizer or keras.optimizers.SGD(TOP), loss="mse")
    return model


def rates(schedule: Choice, epochs: int, first: int = 0, model: Any = None) -> list[float]:
    """Train and return each epoch's rate, as it was while the epoch's batches ran."""
    model = model or network()
    seen = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(float(model.optimizer.learning_rate))
    )
    callbacks = [*build(schedule, SCHEDULES, "schedule"), watch]
    x = np.ones((1, 1), np.float32)
    model.fit(
        x, x, validation_data=(x, x), epochs=epochs, initial_epoch=first, verbose=0,
        callbacks=callbacks,
    )  # fmt: skip
    return seen


def test_report_a_multiplies_the_current_rate_by_the_factor_to_the_power_of_the_epoch():
    expected = [TOP]
    for epoch in range(1, 5):
        expected.append(expected[-1] * 0.85**epoch)
    assert rates(Choice("exponential"), 5) == pytest.approx(expected, rel=1e-5)


def test_cosine_warms_up_in_even_steps_and_then_falls_along_half_a_cosine():
    found = rates(Choice.of("cosine", warmup=2, minimum=0.1), 8)
    assert found[:3] == pytest.approx([TOP / 3, TOP * 2 / 3, TOP], rel=1e-5)
    fall = [TOP * (0.1 + 0.9 * (1 + math.cos(math.pi * step / 6)) / 2) for step in range(6)]
    assert found[2:] == pytest.approx(fall, rel=1e-5)
    assert found[5] == pytest.approx(TOP * 0.55, rel=1e-5)  # half way


def test_cosine_without_warm_up_starts_at_the_full_rate():
    found = rates(Choice.of("cosine", warmup=0, minimum=0.0), 4)
    assert found == pytest.approx([TOP, TOP * 0.853553, TOP / 2, TOP * 0.146447], rel=1e-4)


def test_a_warm_up_longer_than_the_training_only_rises():
    found = rates(Choice.of("cosine", warmup=9, minimum=0.0), 4)
    assert found == pytest.approx([TOP * step / 10 for step in (1, 2, 3, 4)], rel=1e-5)


@pytest.mark.parametrize("name", ["exponential", "cosine"])
def test_a_later_phase_starts_its_schedule_anew(name):
    alone = rates(Choice(name), 6)
    later = rates(Choice(name), 16, first=10)
    assert later == pytest.approx(alone, rel=1e-5)


def test_a_constant_schedule_leaves_the_rate_alone():
    assert rates(Choice("constant"), 3) == pytest.approx([TOP] * 3)


def test_plateau_cuts_the_rate_when_the_validation_loss_stalls_and_stops_at_the_minimum():
    still = network(keras.optimizers.SGD(TOP))
    still.trainable = False  # the loss never moves
    still.compile(optimizer=keras.optimizers.SGD(TOP), loss="mse")
    plateau = Choice.of("plateau", factor=0.5, patience=2, minimum=0.03)
    found = rates(plateau, 8, model=still)
    assert found == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_lowers_the_loss(name):
    model = network(build(Choice(name), OPTIMIZERS, "optimizer"))
    x = np.linspace(-1, 1, 64, dtype=np.float32)[:, np.newaxis]
    history = model.fit(x, 3 * x, batch_size=8, epochs=4, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_momentum_and_nesterov_reach_the_optimizer():
    choice = Choice.of("sgd", learning_rate=0.001, momentum=0.9, nesterov=True)
    built = build(choice, OPTIMIZERS, "optimizer")
    assert (built.momentum, built.nesterov) == (0.9, True)
    assert float(built.learning_rate) == pytest.approx(0.001)


def test_early_stopping_goes_back_to_the_best_weights():
    model = network(keras.optimizers.SGD(0.9))
    x, away = np.ones((1, 1), np.float32), np.full((1, 1), -5, np.float32)
    model.set_weights([away, np.zeros(1, np.float32)])
    callbacks = build(Choice.of("early", patience=2), STOPPING, "stopping rule")
    history = model.fit(
        x, -x, validation_data=(x, 4 * away), epochs=50, verbose=0, callbacks=callbacks
    ).history["val_loss"]
    assert len(history) < 50
    assert min(history) < min(history[0], history[-1])
    assert model.evaluate(x, 4 * away, verbose=0) == pytest.approx(min(history), rel=1e-5)
