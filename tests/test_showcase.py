"""What ships is what it says: models small, with their own predictions, by today's recipes."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.data import pixels
from engine.learning import prediction
from engine.learning.rules import check
from engine.runs import showcase, store
from engine.runs.run import Run
from engine.vision.decoding import read
from engine.vision.preprocessing import preprocess
from engine.words.errors import NotFound
from engine.words.options import Choice
from engine.words.settings import PROJECT

NAMES = ("Best", "C1", "C2", "C5", "D1", "D4")
MEAN = "Best-mean"  # of three seeds, without a network
LARGEST = {"Best": 30_000_000}  # bytes of a network
SMALL = 4_000_000  # all others
# As they were when the runs were trained: the recipe's hash, and the key of the pixels.
KEYS = {
    "Best": ("6b4a54e760dd71d4", "cae5bf592d10d2ec"),
    "C1": ("8e570c6f0afbd8ff", "46ca4e3b55373723"),
    "C2": ("77bf41d1f01a2450", "46ca4e3b55373723"),
    "C5": ("8000b7580b3e0ff8", "46ca4e3b55373723"),
    "D1": ("a707e6e2728fe000", "7c5531ef365845df"),
    "D4": ("710ba26fcf32bc2f", "7c5531ef365845df"),
}


@pytest.fixture(autouse=True)
def shipped(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_SHOWCASE_DIR", str(PROJECT / "models" / "showcase"))


def run_of(name: str) -> Run:
    return showcase.get_showcase(f"{showcase.PREFIX}{name}")


def test_all_are_listed_without_the_run_store() -> None:
    assert {run.name for run in showcase.list_showcase()} == {*NAMES, MEAN}


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_run_is_small_whole_and_of_a_recipe_that_still_holds(name: str) -> None:
    run = run_of(name)
    assert store.model_file(run.id).stat().st_size < LARGEST.get(name, SMALL)
    assert check(run.recipe) == run.recipe
    assert run.created.year >= 2026
    history, table = store.history(run.id), store.predictions(run.id)
    assert 1 <= len(history) <= run.recipe.epochs
    assert (table["split"] == "test").sum() == 624
    patients = table.groupby("split")["patient"].agg(set)
    assert not patients["train"] & patients["validation"]
    assert not patients["train"] & patients["test"]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_recipe_keeps_its_hash_and_its_pixels_key(name: str) -> None:
    recipe = run_of(name).recipe
    (resize,) = recipe.preprocessing
    chosen = replace(recipe, preprocessing=(Choice.of(resize.name, interpolation="auto"),))
    for one in (recipe, check(recipe), check(chosen)):
        found = pixels.key(SimpleNamespace(hash=one.data), one.size, one.preprocessing)
        assert (one.hash, found) == KEYS[name]
    other = replace(recipe, preprocessing=(Choice.of(resize.name, interpolation="cubic"),))
    assert check(other).hash != recipe.hash


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_repeats_its_predictions_on_real_images(name: str, kermany: Path) -> None:
    run = run_of(name)
    table = store.predictions(run.id)
    rows = table[table["split"] == "test"].iloc[::40]
    images = [
        preprocess(read(kermany / file), run.recipe.size, run.recipe.preprocessing)
        for file in rows["file"]
    ]
    found = prediction.predict(prediction.load(store.model_file(run.id)), np.stack(images))
    stored = rows[[f"score_{label}" for label in run.classes]].to_numpy()
    assert found == pytest.approx(stored, abs=1e-3)


def test_the_mean_that_ships_holds_the_seed_that_ships_and_says_that_it_has_no_network() -> None:
    mean, best = run_of(MEAN), run_of("Best")
    assert mean.recipe.seeds == (0, 1, 2) and best.recipe.seed == 0
    table, own = (store.predictions(run.id).set_index("file") for run in (mean, best))
    first = table["seed_0_PNEUMONIA"].loc[own.index].to_numpy()
    assert first == pytest.approx(own["score_PNEUMONIA"].to_numpy())
    with pytest.raises(NotFound, match="ship without it"):
        store.model_file(mean.id)


def test_the_figures_that_ship_are_those_of_the_predictions_that_ship() -> None:
    for name in (*NAMES, MEAN):
        run, table = run_of(name), store.predictions(f"{showcase.PREFIX}{name}")
        rows = table[table["split"] == "test"]
        scores = rows[[f"score_{label}" for label in run.classes]].to_numpy()
        called = np.array(run.classes)[scores.argmax(axis=1)]
        assert (called == rows["label"]).mean() == pytest.approx(run.metrics["test_accuracy"])
