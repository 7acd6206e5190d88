"""What each step does to known pictures, and that it says so."""

import numpy as np
import pytest

from engine.vision.augmentation import Pipeline
from engine.words.options import Value
from tests.vision.made_steps import CHEST, FLAT, RAMP, SIDE, centre, dot, numbers, step


def test_a_shift_moves_as_it_says() -> None:
    pipeline = Pipeline(step("shift", limit=0.3))
    for seed in range(6):
        found = pipeline.look(dot(48, 48), seed)
        right, down = numbers(found.told[0].text)
        x, y = centre(found.image)
        assert x - 48 == pytest.approx(
            right * 0.96 * (1 if "right" in found.told[0].text else -1), abs=0.6
        )
        assert y - 48 == pytest.approx(
            down * 0.96 * (1 if "down" in found.told[0].text else -1), abs=0.6
        )


def test_a_rotation_turns_as_it_says() -> None:
    pipeline = Pipeline(step("rotate", limit=30.0))
    for seed in range(6):
        found = pipeline.look(dot(78, 48), seed)
        x, y = centre(found.image)
        left = np.degrees(np.arctan2(47.5 - y, x - 47.5))
        (angle,) = numbers(found.told[0].text)
        assert left == pytest.approx(angle * (1 if "left" in found.told[0].text else -1), abs=1.5)


@pytest.mark.parametrize("name", ["zoom", "stretch"])
def test_a_change_of_size_is_as_it_says(name: str) -> None:
    pipeline = Pipeline(step(name, limit=0.3))
    for seed in range(5):
        sizes = numbers(pipeline.look(FLAT, seed).told[0].text)
        wide, high = sizes if len(sizes) == 2 else sizes * 2
        x, _ = centre(pipeline(dot(66, 48), seed))
        _, y = centre(pipeline(dot(48, 66), seed))
        assert (x - 47.5) / 18.5 * 100 == pytest.approx(wide, abs=3)
        assert (y - 47.5) / 18.5 * 100 == pytest.approx(high, abs=3)


def test_a_shear_leans_as_it_says() -> None:
    pipeline = Pipeline(step("shear", limit=20.0))
    for seed in range(5):
        text = pipeline.look(FLAT, seed).told[0].text
        low, _ = centre(pipeline(dot(48, 78), seed))
        high, _ = centre(pipeline(dot(48, 18), seed))
        lean = np.degrees(np.arctan((low - high) / 60)) * (1 if "right" in text else -1)
        assert lean == pytest.approx(numbers(text)[0], abs=1.5)


def test_a_crop_says_what_is_cut() -> None:
    pipeline = Pipeline(step("crop", limit=0.2))
    ramp = np.tile(np.arange(SIDE, dtype=np.uint8), (SIDE, 1))
    for seed in range(6):
        found = pipeline.look(ramp, seed)
        left, right, _, _ = numbers(found.told[0].text)
        if left < -1:
            assert found.image[:, 0].mean() == pytest.approx(-left / 100 * SIDE, abs=1.5)
        if right < -1:
            assert found.image[:, -1].mean() == pytest.approx(95 + right / 100 * SIDE, abs=1.5)


def test_a_flip_is_the_mirror_image() -> None:
    assert (Pipeline(step("flip"))(CHEST, 0) == CHEST[:, ::-1]).all()


@pytest.mark.parametrize("name", ["grid", "elastic"])
def test_a_distortion_bends_by_what_it_says_and_hides_nothing_in_the_middle(name: str) -> None:
    pipeline = Pipeline(step(name))
    for seed in range(4):
        (bent,) = numbers(pipeline.look(CHEST, seed).told[0].text)
        x, y = centre(pipeline(dot(48, 48), seed))
        assert np.hypot(x - 48, y - 48) <= bent / 100 * SIDE + 1


def test_contrast_and_brightness_go_both_ways_by_what_they_say() -> None:
    contrast, brightness = Pipeline(step("contrast", limit=0.5)), Pipeline(step("brightness"))
    gentle = (RAMP // 4 + 40).astype(np.uint8)
    factors, added = [], []
    for seed in range(8):
        found, lighter = contrast.look(gentle, seed), brightness.look(FLAT, seed)
        (factor,), (step_,) = numbers(found.told[0].text), numbers(lighter.told[0].text)
        assert found.image.std() / gentle.std() == pytest.approx(factor, abs=0.03)
        assert lighter.image.mean() - 120 == pytest.approx(step_, abs=1)
        factors.append(factor)
        added.append(step_)
    assert min(factors) < 1 < max(factors) and min(added) < 0 < max(added)


def test_gamma_keeps_black_and_white_and_moves_the_middle() -> None:
    pipeline = Pipeline(step("gamma", limit=0.5))
    for seed in range(6):
        found = pipeline.look(RAMP, seed)
        (exponent,) = numbers(found.told[0].text)
        assert found.image[0, 0] == 0 and found.image[0, -1] == 255
        expected = 255 * (RAMP[0, 48] / 255) ** exponent
        assert found.image[0, 48] == pytest.approx(expected, abs=2)


def test_noise_is_as_strong_as_it_says() -> None:
    pipeline = Pipeline(step("noise", limit=0.1))
    for seed in range(5):
        found = pipeline.look(FLAT, seed)
        (strength,) = numbers(found.told[0].text)
        assert found.image.std() == pytest.approx(strength, rel=0.04, abs=0.45)
        assert found.image.mean() == pytest.approx(120, abs=1)


@pytest.mark.parametrize(
    ("name", "knobs"),
    [("blur", {"limit": 4.0}), ("motion", {"length": 15}), ("coarse", {"smallest": 0.1})],
)
def test_detail_is_lost_and_the_mean_stays(name: str, knobs: dict[str, Value]) -> None:
    busy = np.random.default_rng(0).integers(60, 200, (SIDE, SIDE), dtype=np.uint8)
    pipeline = Pipeline(step(name, **knobs))
    details = []
    for seed in range(6):
        drawn = pipeline(busy, seed).astype(float)
        details.append(np.abs(np.diff(drawn, axis=0)).mean() + np.abs(np.diff(drawn)).mean())
        assert name == "coarse" or drawn.mean() == pytest.approx(busy.mean(), abs=2)
    plain = np.abs(np.diff(busy.astype(float), axis=0)).mean() * 2
    assert min(details) < 0.7 * plain
    assert max(details) < 1.1 * plain


def test_a_poorer_jpeg_differs_more() -> None:
    def difference(quality: int) -> float:
        drawn = Pipeline(step("jpeg", quality=quality))(CHEST, 5).astype(float)
        return float(np.abs(drawn - CHEST).mean())

    assert 0 < difference(90) < difference(5)


def test_an_uneven_exposure_tilts_a_flat_picture() -> None:
    for seed in range(4):
        drawn = Pipeline(step("heel", limit=0.2))(FLAT, seed).astype(float)
        halves = drawn[:, :48].mean() - drawn[:, 48:].mean(), drawn[:48].mean() - drawn[48:].mean()
        assert max(map(abs, halves)) > 0.5
        assert drawn.std() > 0


def test_clahe_raises_local_contrast() -> None:
    faint = (CHEST // 6 + 90).astype(np.uint8)
    drawn = Pipeline(step("clahe", limit=8.0, tiles=4))(faint, 1)
    assert drawn.std() > 1.2 * faint.std()


def test_boxes_cover_what_they_say() -> None:
    pipeline = Pipeline(step("dropout"))
    for seed in range(5):
        found = pipeline.look(FLAT, seed)
        boxes, share = numbers(found.told[0].text)
        assert 1 <= boxes <= 3
        assert (found.image == 0).mean() * 100 == pytest.approx(share, abs=0.06)
