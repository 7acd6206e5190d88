"""An MLflow server on PostgreSQL as the run store, with trainings on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.server import ROOT
from engine.runs import store
from engine.words.errors import NotFound
from tests.cluster.conftest import folders


def test_what_one_machine_trained_another_one_evaluates_and_deletes(
    place: Path, run_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = folders(place / "here") | {"MLFLOW_TRACKING_URI": run_store}
    there = folders(place / "there") | {"MLFLOW_TRACKING_URI": run_store}
    settings = ("size=32", "epochs=2", "seed=90")
    given = [word for setting in settings for word in ("--set", setting)]
    run_id = json.loads(engine(here, "train", "Quick", "--data", "phantom", *given, "--json"))["id"]
    for name, value in there.items():
        monkeypatch.setenv(name, value)
    run = store.get_run(run_id)
    assert run.status == "finished"
    assert run_id in [one.id for one in store.list_runs()]
    assert len(store.history(run_id)) == 2
    assert set(store.predictions(run_id)["split"]) == {"train", "validation", "test"}
    assert "Epoch 2 of 2" in store.log_text(run_id)
    assert store.model_file(run_id).is_relative_to(place / "there")
    assert "on 12 images of 'test'" in engine(there, "evaluate", run_id)
    store.delete_run(run_id)
    with pytest.raises(NotFound):
        store.get_run(run_id)
    assert not store.folder_of(run_id).exists()


def engine(env: Mapping[str, str], *arguments: str) -> str:
    """Run a command as on another machine; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "engine", *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
