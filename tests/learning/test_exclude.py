"""Flawed images are left out of training and validation, and never of the test."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.data.catalogue import Catalogue, build_catalogue
from engine.judging.comparison import difference_sentences
from engine.learning.excluding import EXCLUDED, leave_out
from engine.learning.listener import Silent
from engine.learning.preparing import counts, planned, prepare
from engine.learning.rules import check
from engine.runs import script
from engine.vision import phantom
from engine.words.errors import CxrError, NotFound
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split

SIZES = {"train": (9, 12), "val": (10, 10), "test": (4, 4)}  # of NORMAL and PNEUMONIA
LIMIT = Choice.of("underexposure", above=0.5)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """One phantom again and again with a little grain; every third image is washed out."""
    root, random = tmp_path_factory.mktemp("flawed"), np.random.default_rng(0)
    chest = phantom.draw(1, "normal", 96).image.astype(float)
    for part, sizes in SIZES.items():
        for sick, images in enumerate(sizes):
            for number in range(images):
                grain = random.normal(0, 1, chest.shape)
                picture = 195 + 0.2 * chest if number % 3 == 2 else chest
                name = f"person{part}{number}_virus_1" if sick else f"IM-{part}{number}-0001"
                file = root / part / ("PNEUMONIA" if sick else "NORMAL") / f"{name}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                image = np.clip(picture + grain, 0, 255).astype(np.uint8)
                assert cv2.imwrite(str(file), image)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXR_MODELS_DIR", str(tmp_path_factory.mktemp("models")))
        return build_catalogue("flawed", root)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def one_cache(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The images are looked at once for all tests."""
    monkeypatch.setenv("CXR_MODELS_DIR", str(models))


@pytest.fixture(scope="module")
def washed(catalogue: Catalogue) -> np.ndarray:
    """Which images were washed out."""
    numbers = catalogue.images["file"].str.extract(r"(\d+)(?:-0001|_virus_1)")[0].astype(int)
    return (numbers % 3 == 2).to_numpy()


def recipe(catalogue: Catalogue, *exclude: Choice, **changes: object) -> Recipe:
    base = Recipe(catalogue.hash, Choice("cnn_c"), Choice("adam"), size=16, exclude=exclude)
    return replace(base, **changes)


def test_what_is_above_the_limit_neither_teaches_nor_chooses_and_test_stays_whole(
    catalogue: Catalogue, washed: np.ndarray
) -> None:
    plain = prepare(recipe(catalogue), catalogue, Silent())
    ready = prepare(recipe(catalogue, LIMIT), catalogue, Silent())
    open_ = plain.parts.isin(["train", "validation"]).to_numpy()
    assert ((ready.parts == EXCLUDED).to_numpy() == (washed & open_)).all()
    assert (ready.parts[~(washed & open_)] == plain.parts[~(washed & open_)]).all()
    assert (ready.rows("test") == plain.rows("test")).all()
    assert washed[ready.rows("test")].any()
    shown = set(ready.training_rows(ready.plans[0]).tolist())
    assert shown == set(np.flatnonzero((plain.parts == "train").to_numpy() & ~washed).tolist())


def test_how_many_of_each_class_are_left_out_is_counted_before_launch(
    catalogue: Catalogue, washed: np.ndarray
) -> None:
    one = recipe(catalogue, LIMIT, split=Split(validation=0.2), imbalance=Choice("oversample"))
    table = planned(one, catalogue).table
    assert table["excluded"].to_dict() == {"NORMAL": 3 + 3, "PNEUMONIA": 4 + 3}
    assert table["test"].tolist() == [4, 4]
    assert table["shown"].nunique() == 1  # the classes are made equal of what is left
    whole = planned(replace(one, exclude=()), catalogue).table
    assert not whole["excluded"].any()
    parts = ["train", "validation", "excluded"]
    assert (table[parts].sum(axis=1) == whole[parts].sum(axis=1)).all()
    assert counts(one, catalogue).columns.tolist() == ["train", "validation", "test"]


@pytest.mark.parametrize("kind", ["patient", "random"])
def test_a_drawn_split_is_the_same_with_and_without_limits(catalogue: Catalogue, kind: str) -> None:
    split = Split(kind, validation=0.4, test=0.3)
    plain = prepare(recipe(catalogue, split=split), catalogue, Silent())
    ready = prepare(recipe(catalogue, LIMIT, split=split), catalogue, Silent())
    assert (ready.rows("test") == plain.rows("test")).all()
    assert set(ready.rows("train")) < set(plain.rows("train"))


def test_limits_that_leave_no_image_of_a_class_are_refused(
    catalogue: Catalogue, washed: np.ndarray
) -> None:
    targets = catalogue.images["label"]
    parts = catalogue.images["split"].replace("val", "validation")
    healthy = (targets == "NORMAL") & (parts == "train") & ~washed
    elsewhere = parts.mask(healthy, "test")  # what is left of the healthy ones is washed out
    with pytest.raises(CxrError, match="no image of class NORMAL in the train part: all 3") as told:
        leave_out(elsewhere, targets, (LIMIT, Choice.of("grid", above=1.0)), catalogue)
    assert "3 of them for under-exposure" in str(told.value)


def test_limits_are_checked_with_the_recipe(catalogue: Catalogue) -> None:
    full = check(recipe(catalogue, Choice("grid")))
    assert full.exclude == (Choice.of("grid", above=0.5),)
    with pytest.raises(NotFound, match="no artefact 'fog'"):
        check(recipe(catalogue, Choice("fog")))
    with pytest.raises(CxrError, match="above"):
        check(recipe(catalogue, Choice.of("grid", above=2)))


def test_what_is_left_out_is_part_of_a_recipes_script_and_differences(catalogue: Catalogue) -> None:
    one = recipe(catalogue, Choice.of("grid", above=0.5))
    known: dict[str, object] = {"Recipe": Recipe, "Choice": Choice, "Split": Split}
    exec(script.in_python(one), {**known, "catalogue": catalogue}, known)
    assert known["recipe"] == one
    assert "exclude" not in script.in_python(recipe(catalogue))
    said = difference_sentences({"one": one, "other": recipe(catalogue)}, {"grid": "Grid lines"})
    assert said == ["Images left out: Grid lines (above 0.5) in one, nothing in other."]
