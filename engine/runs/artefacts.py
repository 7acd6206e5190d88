"""The files that a training leaves in its folder, read with plain errors."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from engine.words.errors import CxrError, NotFound
from engine.words.files import read_json

RECIPE = "recipe.json"
HISTORY = "history.json"
MODEL = "model.keras"
PREDICTIONS = "predictions.parquet"
META = "meta.json"
LOG = "log.txt"
HISTORY_COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")

Find = Callable[[str], Path]  # a file's name -> where it lies; raises NotFound


def in_folder(folder: Path, owner: str) -> Find:
    """Return a finder for the files of one folder; `owner` names the run in errors."""

    def find(name: str) -> Path:
        path = folder / name
        if not path.is_file():
            raise NotFound(
                f"The run {owner} has no {name}. It did not get that far, or the file was removed; "
                "train the run again to have it."
            )
        return path

    return find


def read_history(find: Find) -> pd.DataFrame:
    """One row per epoch (HISTORY_COLUMNS first); no rows where no epoch is done."""
    try:
        return history_table(_read(find, HISTORY, read_json))
    except NotFound:
        return history_table([])


def history_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Turn epochs' figures into a table that has the usual columns even when empty."""
    table = pd.DataFrame(rows)
    missing = [name for name in HISTORY_COLUMNS if name not in table]
    for name in missing:
        table[name] = pd.Series(math.nan, index=table.index, dtype="float64")
    rest = [name for name in table if name not in HISTORY_COLUMNS]
    return table[[*HISTORY_COLUMNS, *rest]].astype({"epoch": "int64"})


def read_predictions(find: Find) -> pd.DataFrame:
    """The stored scores: image_id, file, split, label, patient, kind, score_<CLASS>."""
    return _read(find, PREDICTIONS, pd.read_parquet)


def read_meta(find: Find) -> Mapping[str, Any]:
    """What training noted about itself; empty where it did not get that far."""
    try:
        return _read(find, META, read_json)
    except NotFound:
        return {}


def seconds_of(meta: Mapping[str, Any]) -> float:
    """How long a training took, its phases together."""
    value = meta.get("seconds", 0.0)
    return float(sum(value.values()) if isinstance(value, Mapping) else value)


def _read(find: Find, name: str, read: Callable[[Path], Any]) -> Any:
    path = find(name)
    try:
        return read(path)
    except (ValueError, OSError) as error:
        raise CxrError(
            f"{path} cannot be read ({first_line(error)}). Restore it or train the run again."
        ) from error


def first_line(error: BaseException) -> str:
    """An error's first line, or its type where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def flat_metrics(value: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """Nested figures as one level: {"test": {"auc": .9}} becomes {"test.auc": .9}."""
    flat: dict[str, float] = {}
    for key, entry in value.items():
        if isinstance(entry, Mapping):
            flat |= flat_metrics(entry, f"{prefix}{key}.")
        elif isinstance(entry, (int, float)) and not isinstance(entry, bool):
            flat[prefix + key] = float(entry)
    return flat
