"""Trainings in every state, made from files: no worker, no TensorFlow."""

import json
import time

from engine.data import sources
from engine.learning import rules
from engine.learning.presets import PRESETS
from engine.runs import jobs, store
from engine.words.files import write_json


def queued(source: str, preset: str = "Quick", owner: str = "Ada", seed: int = 0) -> str:
    """Put a preset's training into the queue; nothing starts it."""
    data = sources.open_source(source).hash
    recipe = rules.check(PRESETS[preset].recipe(data).with_seed(seed))
    run = store.create_run(recipe, source, owner)
    jobs.create(run)
    return run.id


def running(run_id: str, epochs: int = 3) -> str:
    """Let a queued training be in the middle of the epoch after `epochs`."""
    store.mark(run_id, "running")
    jobs.write_state(run_id, jobs.State("running"))
    folder = jobs.folder_of(run_id)
    losses = [0.7, 0.4, 0.5, 0.6, 0.8, 0.9]
    rows = [
        {
            "epoch": number,
            "loss": 0.6 / number,
            "accuracy": 0.6 + number / 20,
            "val_loss": losses[number - 1],
            "val_accuracy": 0.7,
            "seconds": 2.0,
        }
        for number in range(1, epochs + 1)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "epochs.jsonl").write_text(text)
    (folder / "log.txt").write_text("Epoch 1 of 8: loss 0.6\n")
    now = {
        "phase": "Training",
        "epoch": epochs + 1,
        "batch": 11,
        "batches": 22,
        "logs": {"loss": 0.2, "accuracy": 0.8},
        "eta_seconds": 125.0,
        "updated": time.time(),
    }
    write_json(folder / "progress.json", now)
    return run_id


def ended(run_id: str, status: str, reason: str = "") -> str:
    """End a training; a finished one has figures but no model."""
    if status == "finished":
        meta = {
            "classes": ["NORMAL", "PNEUMONIA"],
            "metrics": {"test_accuracy": 0.875, "test_auc": 0.91, "test_loss": 0.3},
            "device": "cpu (2 cores)",
            "seconds": 93.0,
            "parameters": 462_721,
        }
        write_json(store.folder_of(run_id) / "meta.json", meta)
        (store.folder_of(run_id) / "predictions.parquet").touch()  # a run without it is retrained
        store.attach(run_id, store.folder_of(run_id))
    store.mark(run_id, status, reason)
    jobs.write_state(run_id, jobs.State(status, reason))
    return run_id
