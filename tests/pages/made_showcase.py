"""A showcase of made-up runs (files as training writes them, no model) and pages opened on it."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.learning.presets import get_preset
from engine.words.recipe import Recipe, Split
from engine.words.settings import PROJECT
from pages.shared import background, cached
from tests.judging import made


def prepare(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the showcase below `home`, empty the app's caches, keep its threads asleep."""
    monkeypatch.setattr(background, "start", lambda: background.Background())
    for kept in (cached.showcase, cached.folder_of):
        kept.clear()
    cached.forget_runs()
    write(home / "showcase")
    return home


def opened(page: str, **choices: str) -> AppTest:
    """Open a page of the app with these choices made; fail on an exception."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=300)
    for name, value in choices.items():
        app.session_state[name] = value
    app.switch_page(page).run()
    assert not app.exception, app.exception
    return app


def write(folder: Path, data="0123456789abcdef", source="lungs") -> Path:
    """Write D1 (two classes), C2 (two, another recipe) and D4 (three) below `folder`."""
    for number, (name, classes) in enumerate(
        {"D1": made.TWO, "C2": made.TWO, "D4": made.THREE}.items()
    ):
        recipe = replace(get_preset(name).recipe(data), epochs=4, split=Split())
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
