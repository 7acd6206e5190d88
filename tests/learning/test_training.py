"""Training learns, repeats itself for a seed, keeps what a stopped run had and refuses NaN."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import keras
import numpy as np
import pandas as pd
import pytest

from engine.data.catalogue import Catalogue, build_catalogue
from engine.learning import material, prediction
from engine.learning.assembly import assemble
from engine.learning.callbacks import Reporter
from engine.learning.feeding import Batches, encode
from engine.learning.listener import Silent
from engine.learning.preparing import counts, prepare
from engine.learning.rules import check
from engine.learning.supplies import PixelSupply
from engine.learning.training import train
from engine.words.errors import Cancelled, CxrError
from engine.words.options import Choice
from engine.words.recipe import Recipe

SIZE = 32


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Dark noise against noise with a bright square, in the official folders."""
    root = tmp_path_factory.mktemp("squares")
    random = np.random.default_rng(0)
    for part, images in (("train", 40), ("val", 20), ("test", 20)):
        for number in range(images):
            sick = number % 2
            image = random.integers(0, 80, (SIZE, SIZE), dtype=np.uint8)
            if sick:
                image[8:20, 10:22] += 120
            name = f"person{number}_bacteria_1.png" if sick else f"IM-{number:04d}-0001.png"
            file = root / part / ("PNEUMONIA" if sick else "NORMAL") / name
            file.parent.mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(file), image)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXR_MODELS_DIR", str(tmp_path_factory.mktemp("models")))
        return build_catalogue("squares", root)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_MODELS_DIR", str(tmp_path / "models"))


def recipe(catalogue: Catalogue, **changes) -> Recipe:
    base = Recipe(
        data=catalogue.hash,
        network=Choice("cnn_d"),
        optimizer=Choice.of("adam", learning_rate=0.003),
        size=SIZE,
        batch=10,
        epochs=6,
    )
    return replace(base, **changes)


class Stopper(Silent):
    """Asks to stop in the second epoch."""

    def __init__(self) -> None:
        self.finished = 0

    def epoch(self, number, logs) -> None:
        self.finished = number

    def stop_requested(self) -> bool:
        return self.finished >= 1


def read(folder: Path, name: str):
    return json.loads((folder / name).read_text())


def test_the_loss_falls_and_the_squares_are_found(catalogue, tmp_path):
    result = train(recipe(catalogue), catalogue, tmp_path, Silent())
    history = read(tmp_path, "history.json")
    assert history[-1]["loss"] < 0.5 * history[0]["loss"]
    assert result.metrics["test_accuracy"] > 0.9
    assert [row["epoch"] for row in history] == list(range(1, 7))


def test_a_run_leaves_predictions_for_every_image_that_its_model_repeats(catalogue, tmp_path):
    one = recipe(catalogue, epochs=1)
    train(one, catalogue, tmp_path, Silent())
    table = pd.read_parquet(tmp_path / "predictions.parquet")
    assert table["split"].value_counts().to_dict() == {"train": 40, "validation": 20, "test": 20}
    assert table["file"].tolist() == catalogue.images["file"].tolist()
    scores = table[["score_NORMAL", "score_PNEUMONIA"]].to_numpy()
    assert scores.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    ready = prepare(check(one), catalogue, Silent())
    model = prediction.load(tmp_path / "model.keras")
    assert prediction.predict(model, ready.pixels) == pytest.approx(scores, abs=1e-5)
    meta = read(tmp_path, "meta.json")
    assert meta["classes"] == ["NORMAL", "PNEUMONIA"]
    assert meta["parameters"] == model.count_params()
    assert meta["versions"]["keras"] == keras.__version__


def test_the_same_recipe_trains_to_the_same_figures(catalogue, tmp_path):
    steps = (Choice.of("shift", limit=0.1), Choice.of("rotate", limit=5.0))
    one = recipe(catalogue, epochs=2, augmentation=steps)
    for name in ("a", "b"):
        train(one, catalogue, tmp_path / name, Silent())
    first, second = (read(tmp_path / name, "history.json") for name in ("a", "b"))
    for row, other in zip(first, second, strict=True):
        assert row["loss"] == pytest.approx(other["loss"], rel=1e-3)
        assert row["val_loss"] == pytest.approx(other["val_loss"], rel=1e-3)


def test_a_stopped_run_keeps_its_history_and_its_best_model(catalogue, tmp_path):
    with pytest.raises(Cancelled):
        train(recipe(catalogue), catalogue, tmp_path, Stopper())
    assert len(read(tmp_path, "history.json")) == 1
    assert prediction.load(tmp_path / "model.keras").input_shape == (None, SIZE, SIZE, 1)


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_weights_that_blow_up_stop_the_run_with_advice(loss):
    reporter = Reporter(Silent(), batches=10, history=[])
    reporter.on_epoch_begin(0)
    reporter.on_train_batch_end(0, {"loss": 0.7})
    with pytest.raises(CxrError, match=r"epoch 1, batch 2.*learning rate"):
        reporter.on_train_batch_end(1, {"loss": loss})


def test_three_classes_train_with_a_score_for_each(catalogue, tmp_path):
    root = tmp_path / "kinds"
    random = np.random.default_rng(1)
    names = ("NORMAL/IM-{:04d}-0001", "PNEUMONIA/person{}_bacteria_1", "PNEUMONIA/person{}_virus_1")
    for part in ("train", "val", "test"):
        for number in range(24):
            file = root / part / f"{names[number % 3].format(number)}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(file), random.integers(0, 255, (SIZE, SIZE), dtype=np.uint8))
    kinds = build_catalogue("kinds", root)
    result = train(recipe(kinds, task="kinds", epochs=1), kinds, tmp_path / "run", Silent())
    table = pd.read_parquet(tmp_path / "run" / "predictions.parquet")
    assert {"score_NORMAL", "score_BACTERIAL", "score_VIRAL"} <= set(table.columns)
    assert 0 <= result.metrics["test_auc"] <= 1


def test_changed_data_is_refused(catalogue, tmp_path):
    with pytest.raises(CxrError, match="changed"):
        train(recipe(catalogue, data="0" * 16), catalogue, tmp_path, Silent())


def test_counts_before_launch_are_those_of_the_split(catalogue):
    table = counts(recipe(catalogue), catalogue)
    assert table.loc["NORMAL"].to_dict() == {"train": 20, "validation": 10, "test": 10}
    assert table.to_numpy().sum() == 80


def test_an_epoch_shows_every_training_row_once_and_no_other(catalogue):
    ready = prepare(check(recipe(catalogue)), catalogue, Silent())
    rows = ready.training_rows(ready.plans[0])
    numbered = np.arange(len(ready.pixels), dtype=np.uint8)[:, np.newaxis, np.newaxis]
    targets = encode(ready.labels, 2)[rows]
    supply = PixelSupply(numbered, rows, seed=1)
    batches = Batches(supply, targets, np.ones(len(rows), np.float32), 7, seed=1)
    orders = []
    for _ in range(2):
        shown = [batches[index] for index in range(len(batches))]
        order = np.concatenate([x.ravel() for x, _, _ in shown])
        assert sorted(order) == sorted(rows)
        assert (catalogue.images["split"].to_numpy()[order] == "train").all()
        labels = np.concatenate([y.argmax(axis=1) for _, y, _ in shown])
        assert (labels == ready.labels[order]).all()
        orders.append(order.tolist())
        batches.on_epoch_end()
    assert orders[0] != orders[1]


def test_class_weights_reach_the_loss_as_sample_weights(catalogue):
    weighted = check(recipe(catalogue, imbalance=Choice("class_weight")))
    ready = prepare(weighted, catalogue, Silent())
    plan = replace(ready.plans[0], weights=np.array([2.0, 0.5], np.float32))
    model = assemble(weighted, 2).model
    learning = material.whole(model, weighted, ready, plan, Silent())
    _, y, w = learning.training[0]
    assert w.tolist() == [0.5 if sick else 2.0 for sick in y[:, 0]]
    assert (learning.validation[0][2] == 1).all()
