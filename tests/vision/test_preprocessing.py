"""Any picture becomes the asked square."""

import cv2
import numpy as np
import pytest

from engine.vision.preprocessing import FILTERS, RESIZES, STEPS, check_steps, preprocess
from engine.words.errors import CxrError
from engine.words.options import Choice

WIDE = np.random.default_rng(0).integers(0, 256, (60, 100), dtype=np.uint8)


@pytest.mark.parametrize("name", RESIZES)
@pytest.mark.parametrize("shape", [(60, 100), (100, 60), (16, 400), (64, 64), (300, 20)])
@pytest.mark.parametrize("size", [32, 64, 150])
def test_every_resize_gives_the_square(name, shape, size):
    image = np.full(shape, 77, np.uint8)
    result = preprocess(image, size, (Choice(name),))
    assert result.shape == (size, size)
    assert result.dtype == np.uint8
    assert result.max() == 77


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_changes_the_picture_and_keeps_its_shape(name):
    plain = preprocess(WIDE, 64, (Choice("squash"),))
    filtered = preprocess(WIDE, 64, (Choice("squash"), Choice(name)))
    assert filtered.shape == plain.shape
    assert not np.array_equal(filtered, plain)


def test_shrinking_averages_and_growing_interpolates_smoothly():
    assert np.array_equal(
        preprocess(WIDE, 30, (Choice("squash"),)),
        cv2.resize(WIDE, (30, 30), interpolation=cv2.INTER_AREA),
    )
    assert np.array_equal(
        preprocess(WIDE, 200, (Choice("squash"),)),
        cv2.resize(WIDE, (200, 200), interpolation=cv2.INTER_CUBIC),
    )


def test_right_size_stays_as_it_is():
    square = WIDE[:50, :50]
    assert np.array_equal(preprocess(square, 50, (Choice("squash"),)), square)


def test_pad_keeps_proportions_on_black():
    result = preprocess(np.full((50, 100), 200, np.uint8), 40, (Choice("pad"),))
    assert (result[10:30] == 200).all()
    assert not result[:10].any()
    assert not result[30:].any()


def test_crop_keeps_the_centre():
    image = np.zeros((40, 80), np.uint8)
    image[:, 20:60] = 90
    assert (preprocess(image, 40, (Choice("crop"),)) == 90).all()


def test_steps_run_in_order():
    steps = (Choice("squash"), Choice("clahe"), Choice.of("blur", sigma=3.0))
    swapped = (steps[0], steps[2], steps[1])
    assert not np.array_equal(preprocess(WIDE, 64, steps), preprocess(WIDE, 64, swapped))


def test_defaults_are_filled_in():
    full = check_steps((Choice("squash"), Choice("clahe")))
    assert full[1].kwargs == {"clip_limit": 2.0, "tiles": 16}


@pytest.mark.parametrize(
    "names", [(), ("clahe",), ("blur", "squash"), ("squash", "pad"), ("nonsense",)]
)
def test_steps_that_cannot_run_are_refused(names):
    with pytest.raises(CxrError):
        check_steps(tuple(map(Choice, names)))


def test_knob_out_of_range_is_refused():
    with pytest.raises(CxrError, match="sigma"):
        check_steps((Choice("squash"), Choice.of("blur", sigma=0.0)))


def test_every_row_can_be_built():
    assert all(callable(option.load()) for option in STEPS.values())
