"""A showcase folder of made-up runs: stored files as training writes them, no model."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd

from engine.learning.presets import get_preset
from engine.words.recipe import Recipe
from tests.judging import made


def write(folder: Path, data="0123456789abcdef", source="lungs") -> Path:
    """Write D1 (two classes), C2 (two, another recipe) and D4 (three) below `folder`."""
    for number, (name, classes) in enumerate(
        {"D1": made.TWO, "C2": made.TWO, "D4": made.THREE}.items()
    ):
        recipe = replace(get_preset(name).recipe(data), epochs=4)
        table = made.predictions(classes, images=240, seed=number, decimals=4)
        write_run(folder / name, recipe, classes, table, source)
    return folder


def write_run(
    place: Path, recipe: Recipe, classes: tuple[str, ...], table: pd.DataFrame, source: str
) -> None:
    """Write one run's recipe, history, predictions and meta."""
    place.mkdir(parents=True)
    (place / "recipe.json").write_text(json.dumps(recipe.to_json()))
    history = [
        {
            "epoch": epoch,
            "loss": 1 / epoch,
            "accuracy": 1 - 0.5 / epoch,
            "val_loss": 1 / epoch + 0.05 * epoch,
            "val_accuracy": 1 - 0.6 / epoch,
            "seconds": 2.0,
        }
        for epoch in range(1, 5)
    ]
    (place / "history.json").write_text(json.dumps(history))
    table.to_parquet(place / "predictions.parquet")
    meta = {"classes": list(classes), "source": source, "seconds": 8.0, "parameters": 464001}
    (place / "meta.json").write_text(json.dumps({**meta, "metrics": {}, "device": "CPU"}))
