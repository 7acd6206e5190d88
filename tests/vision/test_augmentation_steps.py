"""Every step on known pictures: what it does, by how much, and that it says so."""

import re

import cv2
import numpy as np
import pytest

from engine.learning.imbalance import COPIES
from engine.learning.presets import PRESETS
from engine.learning.rules import check
from engine.vision.augmentation import FORMER, STEPS, Pipeline, check_steps, code
from engine.vision.phantom import draw
from engine.words.options import Choice, Value
from tests.vision.former_draws import Former

SIDE = 96
PLACING = ("shift", "zoom", "rotate", "shear", "stretch", "crop", "grid", "elastic", "flip")
# Recipe hashes from before the table grew: finished runs must be found under them.
HASHES = {
    "C4": "2b181b54bc3b227c",
    "C5": "9bd8a6abee2c5d3b",
    "A5": "e94f54708b51ffd8",
    "B-VGG16": "c03732ec32c56c7d",
}
CHEST = draw(3, "viral", SIDE).image
FLAT = np.full((SIDE, SIDE), 120, np.uint8)
RAMP = np.tile(np.linspace(0, 255, SIDE).round().astype(np.uint8), (SIDE, 1))


def step(name: str, **knobs: Value) -> tuple[Choice, ...]:
    """Return one step that happens in every draw."""
    chance = {"chance": 1.0} if "chance" in STEPS[name].params else {}
    return (Choice.of(name, **{**chance, **knobs}),)


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"[+-]?\d+\.?\d*", text)]


def dot(x: int, y: int) -> np.ndarray:
    """Return a soft white dot on black, which survives any interpolation."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(image, (x, y), 3, 255, -1)
    return image


def centre(image: np.ndarray) -> tuple[float, float]:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    weight = image.astype(float) / image.sum()
    return float((columns * weight).sum()), float((rows * weight).sum())


@pytest.mark.parametrize("preset", HASHES)
def test_recipes_of_old_keep_their_hash(preset: str) -> None:
    assert check(PRESETS[preset].recipe("data")).hash == HASHES[preset]


@pytest.mark.parametrize(
    "steps",
    [PRESETS["C4"].settings["augmentation"], PRESETS["B-VGG16"].settings["augmentation"], COPIES]
    + [step(name) for name in ("brightness", "contrast", "rotate")]
    + [(*COPIES, Choice("shift"), Choice("rotate")), (Choice("zoom"), *COPIES)],
)
def test_draws_of_old_pipelines_are_the_same_to_the_byte(steps: tuple[Choice, ...]) -> None:
    new, old = Pipeline(steps), Former(check_steps(steps))
    for image in (CHEST, CHEST[:61, :80].copy()):
        for seed in range(12):
            assert (new(image, seed) == old(image, seed)).all()


def test_the_steps_of_old_are_the_first_of_the_table_and_have_no_new_knob() -> None:
    assert list(STEPS)[: len(FORMER)] == list(FORMER)
    assert all(set(row.params) <= {"limit"} for row in FORMER.values())


@pytest.mark.parametrize("name", STEPS)
def test_every_row_warns_and_holds_at_the_ends_of_its_knobs(name: str) -> None:
    row = STEPS[name]
    assert row.help.endswith(".") and row.harms.endswith(".")
    for end in ("low", "high"):
        knobs = {key: type(param.default)(getattr(param, end)) for key, param in row.params.items()}
        drawn = Pipeline(step(name, **{**knobs, "chance": 1.0} if "chance" in knobs else knobs))
        for seed in range(3):
            image = drawn(CHEST, seed)
            assert image.shape == CHEST.shape and image.dtype == np.uint8


@pytest.mark.parametrize("name", [name for name, row in STEPS.items() if "chance" in row.params])
def test_a_chance_is_kept_and_a_step_left_out_says_nothing(name: str) -> None:
    pipeline = Pipeline((Choice.of(name, chance=0.25),))
    looked = [pipeline.look(CHEST, seed) for seed in range(60)]
    happened = [bool(draw.told[0].text) for draw in looked]
    assert 4 <= sum(happened) <= 28
    for found, yes in zip(looked, happened, strict=True):
        assert yes or (found.image == CHEST).all()
    assert not any(
        draw.told[0].text
        for seed in range(5)
        if (draw := Pipeline((Choice.of(name, chance=0.0),)).look(CHEST, seed))
    )


def test_looking_draws_what_training_draws() -> None:
    steps = tuple(Choice(name) for name in STEPS)
    pipeline = Pipeline(steps)
    for seed in range(3):
        found = pipeline.look(CHEST, seed)
        assert (found.image == pipeline(CHEST, seed)).all()
        assert [told.step for told in found.told] == list(STEPS)
    assert Pipeline(()).look(CHEST, 0).told == ()


@pytest.mark.parametrize("name", PLACING)
def test_a_seed_places_pictures_of_any_size_alike(name: str) -> None:
    chest = cv2.GaussianBlur(CHEST, (0, 0), 2)
    large = cv2.resize(chest, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_CUBIC)
    pipeline = Pipeline((Choice.of("noise", chance=1.0, limit=0.0), *step(name)))
    differences, others = [], []
    for seed in range(4):
        small = pipeline(chest, seed).astype(float)
        shrunk = cv2.resize(pipeline(large, seed), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        differences.append(np.abs(small - shrunk)[8:-8, 8:-8].mean())
        others.append(np.abs(small - chest)[8:-8, 8:-8].mean())
    assert np.mean(differences) < 0.5 * np.mean(others)
    assert pipeline.look(CHEST, 1).told[1] == pipeline.look(large, 1).told[1] or name in (
        "shift",  # by whole pixels
        "crop",
        "grid",
        "elastic",
    )


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


@pytest.mark.parametrize("name", [*PLACING, "report_a"])
def test_places_follow_the_picture(name: str) -> None:
    pipeline = Pipeline(step(name))
    smooth = cv2.GaussianBlur(CHEST, (0, 0), 2)
    places = np.arange(SIDE * SIDE, dtype=np.float32).reshape(SIDE, SIDE)
    for seed in (0, 1, 6):
        moved = pipeline.follow(places, seed)
        assert set(np.unique(moved)) <= set(places.ravel())
        if name != "report_a":  # which changes the greys as well
            shown = smooth.ravel()[moved.astype(int)].astype(float)
            assert np.abs(pipeline(smooth, seed) - shown).mean() < 3


def test_places_under_a_box_are_gone() -> None:
    pipeline = Pipeline(step("dropout"))
    ones = np.ones((SIDE, SIDE), np.float32)
    for seed in range(3):
        assert ((pipeline.follow(ones, seed) < 0) == (pipeline(FLAT, seed) == 0)).all()
    assert (Pipeline(()).follow(ones, 0) == ones).all()


@pytest.mark.parametrize(
    "steps",
    [(), COPIES, PRESETS["C4"].settings["augmentation"], tuple(Choice(name) for name in STEPS)],
    ids=["none", "report A", "C4", "every step"],
)
def test_the_code_draws_the_same_to_the_byte(steps: tuple[Choice, ...]) -> None:
    written = code(steps)
    assert "engine" not in written
    space: dict[str, object] = {}
    exec(written, space)
    pipeline = Pipeline(steps)
    for seed in range(8):
        drawn = space["draw"](space["pipeline"], CHEST, seed)  # type: ignore[operator]
        assert (drawn == pipeline(CHEST, seed)).all()
