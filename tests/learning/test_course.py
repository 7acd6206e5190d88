"""Members of an ensemble and phases of a training, from the first to what a stopped run keeps."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from engine.data.catalogue import Catalogue
from engine.learning import prediction
from engine.learning.ensembles import MEAN
from engine.learning.listener import Silent
from engine.learning.preparing import prepare
from engine.learning.rules import check
from engine.learning.training import train
from engine.words.errors import Cancelled, CxrError
from engine.words.files import read_json
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.learning.made_backbone import install
from tests.learning.made_training import Ran, recipe, run

pytestmark = pytest.mark.usefixtures("tiny")
TWO = Choice.of("two_phases", layers=4, epochs=3, learning_rate=0.01)


class Stopper(Silent):
    """Asks to stop once so many epochs are over and, then, so many batches."""

    def __init__(self, epochs: int, batches: int = 0, while_doing: str = "") -> None:
        self.epochs, self.batches, self.while_doing = epochs, batches, while_doing
        self.doing = ""
        self.best: Any = None

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Keep what is being done."""
        self.doing = text

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Count it."""
        self.epochs -= 1

    def batch(self, epoch: int, batch: int, batches: int, logs: Mapping[str, float]) -> None:
        """Count those after the last epoch that is wanted."""
        self.batches -= self.epochs <= 0

    def stop_requested(self) -> bool:
        """Say whether it is time."""
        return self.epochs <= 0 and self.batches <= 0 and self.doing.startswith(self.while_doing)


def pixels_of(one: Recipe, catalogue: Catalogue) -> Any:
    return prepare(check(one), catalogue, Silent()).pixels


@pytest.fixture(scope="module")
def three(
    squares: Catalogue, tiny_weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Recipe, Ran]:
    """An ensemble of three that fine-tune their last layers."""
    with pytest.MonkeyPatch.context() as patch:
        install(patch, tiny_weights)
        patch.setenv("CXR_MODELS_DIR", str(tmp_path_factory.mktemp("models")))
        last = Choice.of("last", layers=6)
        one = recipe(squares, imbalance=Choice("ensemble"), regime=last, epochs=2)
        return one, run(one, squares, tmp_path_factory.mktemp("three"))


def test_each_member_has_its_own_epochs(three: tuple[Recipe, Ran]) -> None:
    _, ran = three
    rows = [(row["epoch"], row["member"]) for row in ran.history]
    assert rows == [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)]
    assert ran.meta["members"] == 3
    assert ran.meta["shown_per_epoch"] == 12 + 10  # the first member's part of 28


def test_the_saved_network_answers_with_the_mean_that_was_stored(
    three: tuple[Recipe, Ran], squares: Catalogue
) -> None:
    one, ran = three
    model = prediction.load(ran.folder / "model.keras")
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    found = prediction.predict(model, pixels_of(one, squares))
    assert found == pytest.approx(ran.scores, abs=1e-5)
    names = [layer.name for layer in model.layers]
    assert names.count("conv1") == 1  # what is frozen is there once
    assert {f"conv4_m{member}" for member in (1, 2, 3)} <= set(names)


def test_votes_are_the_members_own(three: tuple[Recipe, Ran], squares: Catalogue) -> None:
    one, ran = three
    model = prediction.load(ran.folder / "model.keras")
    grey = pixels_of(one, squares)
    sick = [
        prediction.predict(keras.Model(model.input, answer), grey)[:, 1] > 0.5
        for answer in model.get_layer(MEAN).input
    ]
    votes = ran.table[["votes_NORMAL", "votes_PNEUMONIA"]].to_numpy()
    assert (votes[:, 1] == np.sum(sick, axis=0)).all()
    assert (votes.sum(axis=1) == 3).all()
    assert set(votes[:, 1]) - {0, 3}  # they do not agree on all images
    test = ran.table["split"] == "test"
    truth = ran.table.loc[test, "label"] == "PNEUMONIA"
    expected = accuracy_score(truth, votes[test, 1] >= 2)
    assert ran.meta["metrics"]["test_vote_accuracy"] == pytest.approx(expected)


def test_a_single_network_has_no_votes(squares: Catalogue, tmp_path: Path) -> None:
    ran = run(recipe(squares, epochs=1), squares, tmp_path)
    assert not [name for name in ran.table if name.startswith("votes_")]
    assert not [name for name in ran.meta["metrics"] if "vote" in name]
    assert "member" not in ran.history[0] and "phase" not in ran.history[0]


def stopped(
    one: Recipe, catalogue: Catalogue, folder: Path, when: Stopper
) -> tuple[list[dict[str, float]], Any]:
    """Return the history of a training that was stopped, and the network that it kept."""
    with pytest.raises(Cancelled):
        train(one, catalogue, folder, when)
    kept = folder / "model.keras"
    return read_json(folder / "history.json"), prediction.load(kept) if kept.exists() else None


def test_stopped_early_in_the_second_phase_it_keeps_the_first_ones_network(
    squares: Catalogue, tmp_path: Path
) -> None:
    one = recipe(squares, regime=TWO)
    history, model = stopped(one, squares, tmp_path / "two", Stopper(epochs=3, batches=1))
    assert [row["phase"] for row in history] == [1, 1, 1]
    first = run(recipe(squares, regime=Choice("frozen")), squares, tmp_path / "one")
    grey = pixels_of(one, squares)
    assert prediction.predict(model, grey) == pytest.approx(first.scores, abs=1e-4)


def test_stopped_later_it_keeps_the_best_of_the_second_phase(
    squares: Catalogue, tmp_path: Path
) -> None:
    one = recipe(squares, regime=TWO)
    history, model = stopped(one, squares, tmp_path / "two", Stopper(epochs=5, batches=1))
    assert [row["phase"] for row in history] == [1, 1, 1, 2, 2]
    best = min(history[3:], key=lambda row: row["val_loss"])
    ready = prepare(check(one), squares, Silent())
    rows = ready.rows("validation")
    scores = prediction.predict(model, ready.pixels[rows])
    loss = -np.log(scores[np.arange(len(rows)), ready.labels[rows]]).mean()
    assert loss == pytest.approx(best["val_loss"], rel=1e-3)


@pytest.mark.parametrize(
    ("epochs", "members"),
    [(3, 1), (4, 2)],  # in the first epoch of the second member, and after it
)
def test_a_stopped_ensemble_keeps_the_members_that_learned(
    epochs: int, members: int, squares: Catalogue, tmp_path: Path
) -> None:
    one = recipe(squares, imbalance=Choice("ensemble"))
    history, model = stopped(one, squares, tmp_path, Stopper(epochs, batches=1))
    assert [row["member"] for row in history] == [1, 1, 1, 2][:epochs]
    answers = sum(layer.name.startswith("head_answer") for layer in model.layers)
    assert answers == members
    scores = prediction.predict(model, pixels_of(one, squares))
    assert scores.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    "when", [Stopper(0, while_doing="Computing"), Stopper(0, batches=1)], ids=["features", "batch"]
)
def test_stopped_before_its_first_epoch_ends_it_keeps_no_network(
    when: Stopper, squares: Catalogue, tmp_path: Path
) -> None:
    assert stopped(recipe(squares), squares, tmp_path, when) == ([], None)


def test_a_phase_that_stops_early_is_followed_by_the_next(
    squares: Catalogue, tmp_path: Path
) -> None:
    early = Choice.of("early", patience=1)
    steep = Choice.of("sgd", learning_rate=3.0)
    one = recipe(squares, regime=TWO, epochs=40, stopping=early, optimizer=steep)
    history = run(one, squares, tmp_path).history
    phases = [row["phase"] for row in history]
    assert 2 <= phases.count(1) < 40 and phases.count(2) >= 1
    assert [row["epoch"] for row in history] == list(range(1, len(history) + 1))


def test_weights_that_are_not_there_are_never_replaced_by_random_ones(
    squares: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("CXR_WEIGHTS_URL", "http://127.0.0.1:9/")
    with pytest.raises(CxrError, match="weights of Tiny are not on this machine"):
        train(recipe(squares), squares, tmp_path / "run", Silent())
    assert not (tmp_path / "run" / "model.keras").exists()
    asked = replace(recipe(squares), regime=Choice("scratch"), epochs=1)
    random = run(replace(asked, network=Choice.of("tiny", weights="random")), squares, tmp_path)
    assert "weights" not in random.meta
