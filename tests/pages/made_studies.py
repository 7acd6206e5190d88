"""Studies whose trainings stand as a test says: made from files, no worker, no TensorFlow."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.data import sources
from engine.learning.presets import PRESETS
from engine.runs import drafts, groups, jobs, store, studies
from engine.runs.groups import Study
from engine.words.recipe import Recipe
from tests.runs.conftest import write_fold

RATE = "optimizer.learning_rate"
GRID: Mapping[str, Sequence[str]] = {RATE: ("0.01", "0.001"), "epochs": ("2", "4")}


def base(source: str) -> Recipe:
    """A recipe of which no training passes through another."""
    recipe = PRESETS["Quick"].recipe(sources.open_source(source).hash)
    return recipe.with_setting("stopping", "early").with_setting("size", "32")


def sweep(source: str, over: Mapping[str, Sequence[str]] = GRID, seeds: int = 2) -> Study:
    """Queue a sweep; nothing starts it."""
    return studies.start(drafts.sweep(base(source), over, seeds), source, "Ada")


def folds(source: str, k: int = 3, size: int = 32) -> Study:
    """Queue a study of folds; nothing starts it."""
    recipe = base(source).with_setting("size", str(size))
    return studies.start(drafts.folds(recipe, k), source, "Ada")


def finish(study: Study, number: int, validation: float, test: float) -> str:
    """End a cell with these AUCs, two epochs, and a fold's predictions."""
    run_id = study.cells[number].run
    folder = store.folder_of(run_id)
    names = [f"{part}_{name}" for part in ("validation", "test") for name in ("accuracy", "loss")]
    metrics = {"validation_auc": validation, "test_auc": test} | dict.fromkeys(names, 0.5)
    meta = {"classes": ["NORMAL", "PNEUMONIA"], "metrics": metrics, "device": "cpu", "seconds": 9.0}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meta.json").write_text(json.dumps(meta))
    (folder / "recipe.json").write_text(json.dumps(study.recipes[number].to_json()))
    row = {"accuracy": 0.8, "val_accuracy": 0.7, "seconds": 1.0}
    rows = [{"epoch": n, "loss": 1 / n, "val_loss": 1.1 / n, **row} for n in (1, 2)]
    (folder / "history.json").write_text(json.dumps(rows))
    if study.recipes[number].split.k:
        write_fold(folder, study.recipes[number])
    else:
        (folder / "predictions.parquet").touch()
    store.attach(run_id, folder)
    return ended(run_id, "finished")


def ended(run_id: str, status: str, reason: str = "") -> str:
    """Let a cell's run have ended."""
    store.mark(run_id, status, reason)
    jobs.write_state(run_id, jobs.State(status, reason))
    return run_id


def again(study: Study) -> Study:
    """The study as it is on disk now."""
    return groups.read(study.id)


def file_of(study: Study) -> Path:
    """Where a study lies."""
    return groups.folder() / f"{study.id}.json"
