"""A recipe as a script is the same recipe, and runs."""

import ast
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.learning.presets import PRESETS
from engine.runs import script
from engine.runs.run import Run
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split
from engine.words.settings import PROJECT
from tests.runs.conftest import make_recipe


def run_of(recipe: Recipe, **changes: str) -> Run:
    values = {"id": "abc", "name": "C2", "source": "lungs"} | changes
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Run(
        values["id"],
        values["name"],
        "C2",
        recipe,
        values["source"],
        "finished",
        "",
        "me",
        moment,
        1.0,
    )


@pytest.mark.parametrize("name", list(PRESETS))
def test_each_presets_statement_makes_the_same_recipe(name: str) -> None:
    recipe = PRESETS[name].recipe("0123456789abcdef")
    known: dict[str, object] = {"Recipe": Recipe, "Choice": Choice, "Split": Split}
    known["catalogue"] = SimpleNamespace(hash=recipe.data)
    exec(script.in_python(recipe), known)
    assert known["recipe"] == recipe


def test_a_fold_is_written_with_its_number() -> None:
    recipe = make_recipe(data="x", split=Split("patient_folds", 0.2, k=5, fold=2))
    known: dict[str, object] = {"Recipe": Recipe, "Choice": Choice, "Split": Split}
    exec(script.in_python(recipe), known | {"catalogue": SimpleNamespace(hash="x")}, known)
    assert known["recipe"] == recipe


def test_a_strange_name_stays_within_the_docstring() -> None:
    text = script.script(run_of(make_recipe(), source='the """quoted""" \\ one', name="A\nB é"))
    assert "the '''quoted''' / one" in (ast.get_docstring(ast.parse(text)) or "")
    assert script.file_name(run_of(make_recipe(), name="A\nB é/..")) == "a-b"


def test_the_script_is_short() -> None:
    text = script.script(run_of(PRESETS["D4"].recipe("0123456789abcdef")))
    lines = text.splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 100


def test_the_script_trains_and_prints_figures(cxr_dirs: Path, tiny_folder: Path) -> None:
    recipe = Recipe(
        "0123456789abcdef",
        Choice.of("cnn_c", dropout=0.5),
        Choice("adam"),
        split=Split("patient", validation=0.3),
        size=16,
        epochs=1,
    )
    file = cxr_dirs / "c2.py"
    file.write_text(script.script(run_of(recipe)))
    done = subprocess.run(
        [sys.executable, str(file), str(tiny_folder), str(cxr_dirs / "out")],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Balanced accuracy" in done.stdout
    assert "These are other images than the run's" in done.stderr
    kept = json.loads((cxr_dirs / "out" / "recipe.json").read_text())
    assert (kept["epochs"], kept["split"]["kind"], kept["size"]) == (1, "patient", 16)
    assert (cxr_dirs / "out" / "model.keras").is_file()
