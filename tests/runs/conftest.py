"""Runs in a models folder of their own."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
import pytest

from engine import worker
from engine.runs import cluster, devices, jobs, local, ray, spare
from engine.words.files import write_json
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.runs.fake_ray import FakeRay
from tests.runs.spares import FAKE


@pytest.fixture
def models(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, with no showcase and SQLite tracking."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(empty_database, folder)
    monkeypatch.setenv("CXR_MODELS_DIR", str(folder))
    monkeypatch.setenv("CXR_SHOWCASE_DIR", str(tmp_path / "showcase"))
    monkeypatch.setenv("CXR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return folder


@pytest.fixture
def fake_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers that only pretend to train, on a machine without a GPU; no spare is left."""
    monkeypatch.setattr(local, "COMMAND", FAKE)
    monkeypatch.setattr(local, "PAUSE", 0.0)
    monkeypatch.setattr(local, "_keeper", spare.Keeper())
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    yield
    local._keeper.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fake job is done within this process the moment it is started, which saves seconds."""
    from tests.runs import fake_worker

    yield from _at_once(monkeypatch, fake_worker.train)


@pytest.fixture
def really_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A job is trained within this process the moment it is started."""
    yield from _at_once(monkeypatch, worker.train_for_real)


def _at_once(monkeypatch: pytest.MonkeyPatch, train: worker.Train) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def launch(job: jobs.Job, device: devices.Device) -> None:
        jobs.write_process(job.run_id, jobs.process_of(os.getpid(), device.name))
        with (jobs.folder_of(job.run_id) / "log.txt").open("a") as log, redirect_stdout(log):
            worker.work(job, train)
        jobs.release(job.run_id)

    monkeypatch.setattr(local, "launch", launch)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def fake(models: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    """A cluster with two machines that share the models folder; time is no matter."""
    there = FakeRay()
    monkeypatch.setenv("CXR_RAY_ADDRESS", there.address)
    monkeypatch.setenv("CXR_RAY_SHARED", "1")
    monkeypatch.setattr(cluster, "_check", lambda address, tracking: None)  # runs are in SQLite
    monkeypatch.setattr(ray, "_client", lambda address: there)
    monkeypatch.setattr(ray, "AGAIN", 0.0)
    monkeypatch.setattr(ray, "GRACE", 0.0)
    monkeypatch.setattr(ray, "_not_before", {})
    return there


def make_recipe(**changes: object) -> Recipe:
    """A small valid recipe."""
    values: dict[str, object] = {
        "data": "0123456789abcdef",
        "network": Choice.of("cnn_c", dropout=0.5),
        "optimizer": Choice.of("adam", learning_rate=0.001),
        "preset": "C2",
        "size": 32,
        "epochs": 3,
    }
    return Recipe(**(values | changes))  # type: ignore[arg-type]


META = {
    "classes": ["NORMAL", "PNEUMONIA"],
    "metrics": {"test": {"accuracy": 0.75, "auc": 0.9}},
    "device": "CPU, 2 cores",
    "versions": {"keras": "3.15.1"},
    "seconds": {"reading": 2.5, "training": 10.0},
    "best_epoch": 2,
    "parameters": 1234,
    "source": "phantom",
}


def write_training(folder: Path, recipe: Recipe) -> Path:
    """What a training leaves in its folder, model aside."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "recipe.json", recipe.to_json())
    write_json(folder / "meta.json", META)
    row = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.4, "val_accuracy": 0.7, "seconds": 1.0}
    write_json(folder / "history.json", [{"epoch": 1, **row}, {"epoch": 2, **row}])
    table = {
        "image_id": ["a", "b"],
        "file": ["test/NORMAL/IM-1.png", "test/PNEUMONIA/p.png"],
        "split": ["test", "test"],
        "label": ["NORMAL", "PNEUMONIA"],
        "patient": ["p1", "p2"],
        "kind": ["normal", "viral"],
        "score_NORMAL": [0.8, 0.3],
        "score_PNEUMONIA": [0.2, 0.7],
    }
    pd.DataFrame(table).to_parquet(folder / "predictions.parquet")
    return folder


IMAGES = 12  # that fake folds judge


def write_fold(folder: Path, recipe: Recipe) -> None:
    """The predictions of one fold: every k-th image is its test, the others trained it."""
    split = recipe.split
    rows = [
        {
            "image_id": f"id{number}",
            "file": f"{number:02}.png",
            "split": "test" if number % split.k == split.fold - 1 else "train",
            "label": ("NORMAL", "PNEUMONIA")[number // split.k % 2],
            "patient": f"p{number}",
            "kind": "",
            "score_NORMAL": 1 - split.fold / 10,
            "score_PNEUMONIA": split.fold / 10,
        }
        for number in range(IMAGES)
    ]
    pd.DataFrame(rows).to_parquet(folder / "predictions.parquet")
