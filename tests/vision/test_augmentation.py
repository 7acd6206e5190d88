"""Draws depend on their seed alone, their steps on each other not at all."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.vision.augmentation import Pipeline
from engine.vision.phantom import draw
from engine.words.options import Choice

REPORT_A = Pipeline((Choice("report_a"),))


@pytest.fixture(scope="module")
def chest() -> np.ndarray:
    return draw(3, "viral", 180).image


def test_steps_are_drawn_independently():
    ramp = np.tile(np.linspace(40, 200, 64), (64, 1)).astype(np.uint8)
    pipeline = Pipeline((Choice.of("contrast", limit=0.2), Choice.of("rotate", limit=10.0)))
    slopes = []
    for seed in range(150):
        down, right = np.gradient(pipeline(ramp, seed)[16:48, 16:48].astype(float))
        slopes.append((down.mean(), right.mean()))  # the turn, and the contrast
    turn, contrast = np.array(slopes).T
    assert turn.std() > 0.1
    assert contrast.std() > 0.1
    assert abs(np.corrcoef(turn, contrast)[0, 1]) < 0.3


def test_each_step_of_report_a_has_its_own_chance_of_one_half(chest):
    changes = [np.abs(REPORT_A(chest, seed).astype(int) - chest).mean() for seed in range(200)]
    # Untouched but for the elastic step, which cannot be seen: 1 in 32, not 1 in 2.
    assert 0 < np.mean([change < 0.1 for change in changes]) < 0.1


def test_report_a_keeps_the_shape_of_images_that_are_not_square():
    image = np.random.default_rng(0).integers(0, 256, (90, 121), dtype=np.uint8)
    assert {REPORT_A(image, seed).shape for seed in range(20)} == {(90, 121)}


def test_draws_are_the_same_whatever_the_thread(chest):
    expected = [REPORT_A(chest, seed) for seed in range(16)]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda seed: REPORT_A(chest, seed), range(16)))
    assert all((one == other).all() for one, other in zip(expected, drawn, strict=True))


def test_a_draw_of_report_a_is_cheap_beside_a_training_step(chest):
    began = time.process_time()
    for seed in range(50):
        REPORT_A(chest, seed)
    assert (time.process_time() - began) / 50 < 0.004  # D1 takes 0.024 of two cores an image
