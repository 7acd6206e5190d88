"""What an epoch shows is counted before launch, and is the training part's alone."""

from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine.data.catalogue import Catalogue, build_catalogue
from engine.learning.imbalance import STRATEGIES
from engine.learning.listener import Silent
from engine.learning.preparing import PARTS, planned, prepare
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split

SIZES = {"train": (12, 31), "val": (10, 14), "test": (9, 11)}  # of NORMAL and PNEUMONIA


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Unequal classes; no two images are alike."""
    root = tmp_path_factory.mktemp("unequal")
    random = np.random.default_rng(0)
    for part, sizes in SIZES.items():
        for sick, images in enumerate(sizes):
            folder = root / part / ("PNEUMONIA" if sick else "NORMAL")
            folder.mkdir(parents=True)
            for number in range(images):
                name = f"person{part}{number}_virus_1" if sick else f"IM-{part}{number}-0001"
                image = random.integers(0, 255, (16, 16), dtype=np.uint8)
                assert cv2.imwrite(str(folder / f"{name}.png"), image)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXR_MODELS_DIR", str(tmp_path_factory.mktemp("models")))
        return build_catalogue("unequal", root)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("CXR_MODELS_DIR", str(tmp_path / "models"))


def recipe(catalogue: Catalogue, strategy: str = "none", **changes) -> Recipe:
    base = Recipe(
        data=catalogue.hash,
        network=Choice("cnn_c"),
        optimizer=Choice("adam"),
        size=16,
        imbalance=Choice(strategy),
    )
    return replace(base, **changes)


@pytest.mark.parametrize("kind", ["official", "patient", "random"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_image_of_validation_or_test_is_ever_shown(catalogue, strategy, kind):
    split = Split(kind, validation=0.2, test=0.2)
    ready = prepare(recipe(catalogue, strategy, split=split, seed=3), catalogue, Silent())
    known = {part: set(ready.rows(part).tolist()) for part in PARTS}
    assert sum(map(len, known.values())) == len(catalogue.images)
    shown = [set(ready.training_rows(plan).tolist()) for plan in ready.plans]
    assert len(shown) == (3 if strategy == "ensemble" else 1)
    for rows in shown:
        assert rows <= known["train"]
        pixels = {ready.pixels[row].tobytes() for row in rows}
        unseen = {ready.pixels[row].tobytes() for row in known["validation"] | known["test"]}
        assert not pixels & unseen
    for plan in ready.plans:
        copied = ready.training_rows(plan)[plan.draws > 0]
        assert set(copied.tolist()) <= known["train"]
    if strategy != "undersample":
        assert set().union(*shown) == known["train"]


def test_strategies_change_neither_the_split_nor_the_images_that_judge(catalogue):
    plain = prepare(recipe(catalogue), catalogue, Silent())
    for strategy in STRATEGIES:
        ready = prepare(recipe(catalogue, strategy), catalogue, Silent())
        assert ready.parts.equals(plain.parts)
        assert (ready.labels == plain.labels).all()


@pytest.mark.parametrize(
    ("strategy", "shown", "repeats", "copies", "members", "pictures"),
    [
        ("none", [12, 31], [0, 0], [0, 0], 1, 43),
        ("class_weight", [12, 31], [0, 0], [0, 0], 1, 43),
        ("undersample", [12, 12], [0, 0], [0, 0], 1, 24),
        ("oversample", [31, 31], [19, 0], [0, 0], 1, 43),
        ("oversample_augmented", [31, 31], [19, 0], [19, 0], 1, 62),
        ("ensemble", [12, 11], [0, 0], [0, 0], 3, 43),
        ("focal", [12, 31], [0, 0], [0, 0], 1, 43),
    ],
)
def test_what_an_epoch_shows_is_counted_before_launch(
    catalogue, strategy, shown, repeats, copies, members, pictures
):
    found = planned(recipe(catalogue, strategy), catalogue)
    assert found.table.index.tolist() == ["NORMAL", "PNEUMONIA"]
    assert found.table["train"].tolist() == [12, 31]
    assert found.table["validation"].tolist() == [10, 14]
    assert found.table["test"].tolist() == [9, 11]
    assert found.table["shown"].tolist() == shown
    assert found.table["repeats"].tolist() == repeats
    assert found.table["copies"].tolist() == copies
    assert (found.members, found.per_epoch, found.pictures) == (members, sum(shown), pictures)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_counts_are_those_of_the_training_itself(catalogue, strategy):
    one = recipe(catalogue, strategy, seed=7)
    ready, found = prepare(one, catalogue, Silent()), planned(one, catalogue)
    shown = Counter(ready.targets.iloc[ready.training_rows(ready.plans[0])])
    assert found.table["shown"].to_dict() == dict(shown)
    assert found.members == len(ready.plans)


def test_the_pictures_that_augmentation_draws_are_counted(catalogue):
    found = planned(recipe(catalogue, "ensemble"), catalogue)
    assert found.drawn(epochs=10) == 3 * 10 * 23
    assert found.drawn(epochs=10, views=4) == 4 * 43
