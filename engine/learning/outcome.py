"""What a run leaves in its folder: recipe, history, model, predictions and their figures."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score

from engine.data.catalogue import Catalogue
from engine.learning.course import Course
from engine.learning.ensembles import majority
from engine.learning.metrics import metrics
from engine.learning.preparing import PARTS, Prepared
from engine.learning.weights import WeightsFile
from engine.words.errors import CxrError
from engine.words.files import read_json, write_atomic, write_json
from engine.words.recipe import Recipe

PACKAGES = ("keras", "tensorflow", "jax", "numpy", "opencv-python-headless", "albumentations")


def save_history(recipe: Recipe, history: list[dict[str, float]], folder: Path) -> None:
    """Write recipe.json and history.json."""
    write_json(folder / "recipe.json", recipe.to_json())
    write_json(folder / "history.json", history)


def save_model(model: Any, folder: Path) -> None:
    """Write model.keras without the optimizer's memory."""
    bare = keras.Model(model.inputs, model.outputs)
    write_atomic(folder / "model.keras", bare.save)


def save_results(
    recipe: Recipe,
    catalogue: Catalogue,
    ready: Prepared,
    model: Any,
    course: Course,
    clock: dict[str, float],
    folder: Path,
) -> dict[str, float]:
    """Write predictions.parquet and meta.json; return the metrics."""
    scores = course.scores()
    if not np.isfinite(scores).all():
        raise CxrError("The trained network answers with NaN. Try a smaller learning rate.")
    table = prediction_table(catalogue, ready, scores, course.votes())
    write_atomic(folder / "predictions.parquet", lambda path: table.to_parquet(path, index=False))
    found = {
        f"{part}_{name}": value
        for part in PARTS
        for name, value in figures(ready, scores, part, course.votes()).items()
    }
    meta = {
        "classes": list(ready.classes),
        "metrics": found,
        **_epochs(folder),
        "parameters": model.count_params(),
        "source": catalogue.name,
        "synthetic": catalogue.synthetic,
        "counts": {part: int((ready.parts == part).sum()) for part in PARTS},
        "shown_per_epoch": len(ready.plans[0].rows),
        "members": len(ready.plans),
        "kept": course.notes,
        **_weights(course.weights),
        "seconds": _seconds(clock),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": device(),
        "versions": versions(),
    }
    write_json(folder / "meta.json", meta)
    return found


def _weights(file: WeightsFile | None) -> dict[str, Any]:
    return {"weights": {**vars(file), "path": file.path.name}} if file else {}


def _epochs(folder: Path) -> dict[str, int]:
    losses = [row["val_loss"] for row in read_json(folder / "history.json")]
    return {"best_epoch": int(np.argmin(losses)) + 1, "epochs": len(losses)}


def _seconds(clock: dict[str, float]) -> dict[str, float]:
    marks = list(clock.values())
    phases = ("reading", "training", "saving")
    spent = zip(phases, marks[1:], marks, strict=False)
    return {phase: round(end - start, 1) for phase, end, start in spent}


def prediction_table(
    catalogue: Catalogue,
    ready: Prepared,
    scores: NDArray[np.float32],
    votes: NDArray[np.intp] | None,
) -> pd.DataFrame:
    """One row an image: who it is, its part, its true class, a score (and votes) for each class."""
    table = catalogue.images[["image_id", "file", "patient", "kind"]].copy()
    table.insert(2, "split", ready.parts.to_numpy())
    table.insert(3, "label", ready.targets.to_numpy())
    for index, name in enumerate(ready.classes):
        table[f"score_{name}"] = scores[:, index]
        if votes is not None:
            table[f"votes_{name}"] = votes[:, index]
    return table


def figures(
    ready: Prepared, scores: NDArray[np.float32], part: str, votes: NDArray[np.intp] | None = None
) -> dict[str, float]:
    """Accuracy at the largest score, cross-entropy and AUC (one against rest) of a part.

    An ensemble also has the accuracy of its majority vote.
    """
    rows = ready.rows(part)
    truth = ready.labels[rows]
    found = metrics(truth, scores[rows])
    if votes is not None:
        voted = majority(votes[rows], scores[rows])
        found["vote_accuracy"] = float(accuracy_score(truth, voted))
    return found


def device() -> str:
    """Name what the network ran on, such as 'gpu:0' or 'cpu (2 cores)'."""
    names = keras.distribution.list_devices()
    gpus = [name for name in names if not name.startswith("cpu")]
    return ", ".join(gpus) if gpus else f"cpu ({os.cpu_count()} cores)"


def versions() -> dict[str, str]:
    """Python's, the backend's and the main packages' versions, where installed."""
    found = {"python": platform.python_version(), "backend": keras.backend.backend()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # another backend's package need not be here
    return found
