"""Any picture becomes the asked square."""

import cv2
import numpy as np
import pytest

from engine.vision.preprocessing import (
    CROPS,
    FILTERS,
    RESIZES,
    STEPS,
    check_steps,
    geometry,
    preprocess,
    resize_of,
)
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
@pytest.mark.parametrize("after", [True, False])
def test_every_filter_runs_before_and_after_the_resize(name, after):
    steps = (Choice("squash"), Choice(name)) if after else (Choice(name), Choice("squash"))
    plain = preprocess(WIDE, 64, (Choice("squash"),))
    filtered = preprocess(WIDE, 64, steps)
    assert filtered.shape == plain.shape
    assert filtered.dtype == np.uint8
    changes = name != "notch"  # which has nothing to cut in noise
    assert np.array_equal(filtered, plain) != changes


@pytest.mark.parametrize("name", [*CROPS, *FILTERS])
@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("shape", [(16, 16), (17, 400)])
def test_every_knob_at_its_ends_takes_the_smallest_and_longest_pictures(name, end, shape):
    knobs = {key: getattr(param, end) for key, param in STEPS[name].params.items()}
    # Behind a crop: what it cuts out is a view into the picture.
    steps = (Choice("lungs"), Choice.of(name, **knobs), Choice("pad"))
    image = np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)
    assert preprocess(image, 32, steps).shape == (32, 32)


def test_a_filter_before_the_resize_acts_on_the_original():
    steps = (Choice.of("blur", sigma=3.0), Choice("squash"))
    blurred = cv2.GaussianBlur(WIDE, (0, 0), 3.0)
    assert np.array_equal(preprocess(WIDE, 30, steps), preprocess(blurred, 30, (Choice("squash"),)))


@pytest.mark.parametrize("name", RESIZES)
@pytest.mark.parametrize(("way", "flag"), [("cubic", cv2.INTER_CUBIC), ("area", cv2.INTER_AREA)])
def test_the_interpolation_asked_for_is_used(name, way, flag):
    square = WIDE[:60, :60]
    for size in (25, 90):
        found = preprocess(square, size, (Choice.of(name, interpolation=way),))
        assert np.array_equal(found, cv2.resize(square, (size, size), interpolation=flag))


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
    ("names", "said"),
    [
        ((), "No step makes the square"),
        (("clahe",), "No step makes the square"),
        (("squash", "pad"), "2 steps make the square"),
        (("pad", "lungs"), "Move it up"),
        (("nonsense",), "no preprocessing step"),
    ],
)
def test_steps_that_cannot_run_are_refused_with_what_to_do(names, said):
    with pytest.raises(CxrError, match=said):
        check_steps(tuple(map(Choice, names)))


def test_the_resize_is_found_wherever_it_stands():
    steps = (Choice("lungs"), Choice("blur"), Choice("crop"), Choice("clahe"))
    assert resize_of(steps) == Choice("crop")
    assert [step.name for step in geometry(steps)] == ["lungs", "crop"]


def test_automatic_interpolation_is_no_part_of_the_steps():
    for name in RESIZES:
        assert check_steps((Choice.of(name, interpolation="auto"),)) == (Choice(name),)


def test_every_row_says_what_it_is_for_and_when_it_harms():
    assert all(row.help and row.harms for row in STEPS.values())
    assert set(STEPS) == {*RESIZES, *CROPS, *FILTERS}


def test_knob_out_of_range_is_refused():
    with pytest.raises(CxrError, match="sigma"):
        check_steps((Choice("squash"), Choice.of("blur", sigma=0.0)))


def test_every_row_can_be_built():
    assert all(callable(option.load()) for option in STEPS.values())
