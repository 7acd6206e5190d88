"""A study is checked as a whole before anything of it is queued."""

from pathlib import Path

import pytest

from engine.data.sources import open_source
from engine.runs import drafts
from engine.words.errors import CxrError
from engine.words.options import Choice
from engine.words.recipe import Split
from tests.runs.conftest import make_recipe


def test_a_sweep_is_every_combination_with_every_seed() -> None:
    over = {"optimizer.learning_rate": ["0.01", "0.001"], "epochs": ["10", "20"]}
    draft = drafts.sweep(make_recipe(), over, seeds=3)
    assert len(draft.cells) == len({recipe.hash for recipe in draft.recipes}) == 12
    last = draft.recipes[-1]
    assert (last.optimizer.kwargs["learning_rate"], last.epochs, last.seed) == (0.001, 20, 2)
    assert draft.name == "C2: learning rate x epochs"


def test_an_optimizer_comes_before_its_settings_whatever_their_order() -> None:
    over = {"optimizer.learning_rate": ["0.02"], "optimizer": ["sgd", '{"name": "rmsprop"}']}
    found = [recipe.optimizer for recipe in drafts.sweep(make_recipe(), over).recipes]
    assert found == [Choice.of(name, learning_rate=0.02) for name in ("sgd", "rmsprop")]


def test_cells_that_are_no_sense_are_named_with_their_reasons() -> None:
    over = {"optimizer": ["adam", "magic"], "epochs": ["0", "2"]}
    with pytest.raises(CxrError) as error:
        drafts.sweep(make_recipe(), over)
    text = str(error.value)
    assert text.startswith("3 of 4 cells are no sense, so nothing was queued.")
    assert "[optimizer=adam, epochs=0, seed 0]: epochs must be" in text
    assert "[optimizer=magic, epochs=2, seed 0]: There is no optimizer 'magic'" in text


@pytest.mark.parametrize(
    ("over", "seeds", "words"),
    [
        ({"optimizer.learning_rate": ["0.001", "1e-3"]}, 1, "is the same training as"),
        ({"epochs": [str(number) for number in range(1, 102)]}, 2, "202 trainings.*at most 200"),
        ({}, 1, "two values or more"),
        ({"epochs": []}, 1, "has no values"),
        ({"seed": ["1", "2"]}, 1, "how many seeds"),
        ({"data": ["x"]}, 1, "the same images"),
        ({"epochs": ["2"]}, 0, "one seed or more"),
        ({"nonsense": ["2"]}, 1, "has no key 'nonsense'"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(
    over: dict[str, list[str]], seeds: int, words: str
) -> None:
    with pytest.raises(CxrError, match=words):
        drafts.sweep(make_recipe(), over, seeds)


def test_folds_are_ordinary_recipes_that_differ_in_the_fold() -> None:
    draft = drafts.folds(make_recipe(split=Split("random", 0.2)), k=3)
    assert [recipe.split for recipe in draft.recipes] == [
        Split("patient_folds", 0.2, k=3, fold=fold) for fold in (1, 2, 3)
    ]
    assert draft.name == "C2, 3 folds by patient"
    assert drafts.folds(make_recipe(), 2, "image").recipes[1].split.kind == "image_folds"
    for k in (1, 21):
        with pytest.raises(CxrError, match=r"split\.k must be"):
            drafts.folds(make_recipe(), k)
    with pytest.raises(CxrError, match="by patient or by image"):
        drafts.folds(make_recipe(), by="luck")


def test_a_source_that_cannot_be_divided_so_is_refused(tiny_folder: Path, models: Path) -> None:
    catalogue = open_source(tiny_folder)
    base = make_recipe(data=catalogue.hash)
    drafts.check_data(drafts.folds(base, 3), catalogue)
    with pytest.raises(CxrError, match=r"fold=1, seed 0.*20 folds need at least 20 patients"):
        drafts.check_data(drafts.folds(base, 20), catalogue)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("epochs=10,20", ["10", "20"]),
        ('optimizer=adam,{"name":"sgd","momentum":0.9}', ["adam", '{"name":"sgd","momentum":0.9}']),
        ('augmentation=[],[{"name":"shift"}]', ["[]", '[{"name":"shift"}]']),
        ('network="a,b",c', ['"a,b"', "c"]),
    ],
)
def test_values_are_read_from_one_text(text: str, values: list[str]) -> None:
    assert drafts.values(text) == (text.partition("=")[0], values)


@pytest.mark.parametrize("text", ["epochs", "epochs=", "=3", "epochs=1,,2"])
def test_a_text_without_values_is_refused(text: str) -> None:
    with pytest.raises(CxrError, match="Expected a setting and its values"):
        drafts.values(text)


def test_cells_that_are_no_sense_are_listed_and_can_be_left_out() -> None:
    over = {"optimizer": ("adam", "sgd"), "optimizer.momentum": ("0.5", "0.9")}
    base = make_recipe()
    wrong = drafts.problems(base, drafts.grid(base, over, seeds=2))
    assert len(wrong) == 4 and {cell.values["optimizer"] for cell, _ in wrong} == {"adam"}
    assert all("no setting 'momentum'" in why for _, why in wrong)
    draft = drafts.sweep(base, over, seeds=2, leave_out=True)
    assert [cell.values["optimizer"] for cell in draft.cells] == ["sgd"] * 4
    with pytest.raises(CxrError, match="2 of 2 cells are no sense"):
        drafts.sweep(base, {"optimizer.momentum": ("0.5", "0.9")}, leave_out=True)
    same = drafts.problems(base, drafts.grid(base, {"epochs": ("2", "2")}))
    assert [why for _, why in same] == ["It is the same training as [epochs=2, seed 0]."]
