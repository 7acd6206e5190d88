"""A longer training passes through a shorter one, and says where it does not."""

from pathlib import Path

import numpy as np
import pytest

from engine.data.catalogue import Catalogue
from engine.learning import prediction, prefixes
from engine.learning.listener import Silent
from engine.learning.rules import check
from engine.learning.training import train
from engine.words.files import read_json
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.learning.made_training import Ran, recipe, run

CNN = {
    "network": Choice.of("cnn_c", dropout=0.5),
    "head": Choice("own"),
    "regime": Choice("scratch"),
    "schedule": Choice.of("plateau", factor=0.5, patience=1),
    "augmentation": (Choice.of("shift", limit=0.1),),
}
FROZEN = {"optimizer": Choice.of("sgd", learning_rate=0.05, momentum=0.9)}


@pytest.mark.parametrize("changes", [CNN, FROZEN], ids=["scratch", "frozen"])
def test_what_a_longer_training_passes_equals_the_shorter_one_trained_alone(
    changes: dict[str, object], squares: Catalogue, tiny: None, tmp_path: Path
) -> None:
    long, short = (recipe(squares, **changes, epochs=epochs) for epochs in (3, 2))
    places = {count: tmp_path / f"at{count}" for count in (1, 2, 9)}
    train(long, squares, tmp_path / "long", Silent(), places)
    alone = run(short, squares, tmp_path / "alone")
    passed = Ran(
        places[2],
        read_json(places[2] / "history.json"),
        alone.table.iloc[:0],
        read_json(places[2] / "meta.json"),
    )
    assert Recipe.from_json(read_json(places[2] / "recipe.json")) == check(short)
    for mine, theirs in zip(passed.history, alone.history, strict=True):
        for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
            assert mine[name] == pytest.approx(theirs[name], rel=1e-5), name
    here, there = (prediction.load(place / "model.keras") for place in (places[2], alone.folder))
    for mine, theirs in zip(here.get_weights(), there.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)
    scores = scores_of(places[2])
    np.testing.assert_allclose(scores, alone.scores, atol=1e-6)
    assert passed.meta["metrics"] == pytest.approx(alone.meta["metrics"], rel=1e-4)
    assert passed.meta["epochs"] == 2 and (places[1] / "meta.json").is_file()
    assert not places[9].exists()  # not on the way
    final = read_json(tmp_path / "long" / "history.json")
    assert len(final) == 3 and not np.allclose(scores_of(tmp_path / "long"), scores)


def scores_of(folder: Path) -> np.ndarray:
    import pandas as pd

    return pd.read_parquet(folder / "predictions.parquet").filter(like="score_").to_numpy()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stopping": Choice("early")}, "Early stopping"),
        ({"schedule": Choice("cosine")}, "drawn over all epochs"),
        ({"regime": Choice("two_phases")}, "second phase"),
        ({"imbalance": Choice("ensemble")}, "members"),
    ],
)
def test_a_training_that_looks_ahead_passes_through_none(
    changes: dict[str, object], words: str, squares: Catalogue, tiny: None
) -> None:
    one, other = (check(recipe(squares, **changes, epochs=epochs)) for epochs in (20, 10))
    assert words in prefixes.obstacle(one)
    assert prefixes.wanted(one, [10]) == set()
    assert prefixes.family(one) != prefixes.family(other)


def test_trainings_that_differ_in_their_epochs_alone_are_of_one_family(
    squares: Catalogue, tiny: None
) -> None:
    one, other = (check(recipe(squares, epochs=epochs)) for epochs in (20, 10))
    assert prefixes.family(one) == prefixes.family(other)
    assert prefixes.family(one) != prefixes.family(check(recipe(squares, epochs=20, seed=1)))
    assert prefixes.wanted(one, [10, 20, 30]) == {10}


def test_what_would_be_kept_of_a_frozen_part_in_another_way_is_not_passed(
    squares: Catalogue, tiny: None, tmp_path: Path
) -> None:
    augmented = recipe(squares, augmentation=(Choice.of("shift", limit=0.1),), epochs=9)
    places = {1: tmp_path / "at1", 8: tmp_path / "at8"}  # one epoch is too short to keep views
    train(augmented, squares, tmp_path / "long", Silent(), places)
    assert not places[1].exists() and (places[8] / "meta.json").is_file()
