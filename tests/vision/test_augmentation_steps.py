"""The table of steps: old recipes and draws stay, chances are kept, places and code follow."""

import cv2
import numpy as np
import pytest

from engine.learning.imbalance import COPIES
from engine.learning.presets import PRESETS
from engine.learning.rules import check
from engine.vision.augmentation import FORMER, STEPS, Pipeline, check_steps, code
from engine.words.options import Choice
from tests.vision.former_draws import Former
from tests.vision.made_steps import CHEST, FLAT, SIDE, step

PLACING = ("shift", "zoom", "rotate", "shear", "stretch", "crop", "grid", "elastic", "flip")
# Recipe hashes from before the table grew: finished runs must be found under them.
HASHES = {
    "C4": "2b181b54bc3b227c",
    "C5": "9bd8a6abee2c5d3b",
    "A5": "e94f54708b51ffd8",
    "B-VGG16": "c03732ec32c56c7d",
}


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
