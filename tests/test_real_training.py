"""Minutes long, on the real X-rays: training through the worker's own path learns them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from engine.data.pixels import pixels
from engine.data.sources import open_source
from engine.learning import prediction
from engine.runs import store
from engine.words.files import read_json
from engine.words.options import Choice

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    "C2": ("size=128", "epochs=3"),
    "D1": ("size=96", "epochs=6", "optimizer.learning_rate=0.02"),
}


def trained(preset: str, data: Path, *settings: str) -> dict[str, Any]:
    """Train a preset as a user of the command line does; return the finished run."""
    changes = [word for setting in settings for word in ("--set", setting)]
    command = [sys.executable, "-m", "engine", "train", preset, "--data", str(data), "--json"]
    done = subprocess.run([*command, *changes], cwd=ROOT, capture_output=True, check=True)
    run: dict[str, Any] = json.loads(done.stdout)
    assert run["status"] == "finished"
    return run


@pytest.mark.real
@pytest.mark.parametrize("preset", SETTINGS)
def test_a_preset_learns_the_real_images(preset: str, kermany: Path, cxr_dirs: Path) -> None:
    run = trained(preset, kermany, *SETTINGS[preset])
    assert run["metrics"]["validation_auc"] > 0.95
    assert run["metrics"]["test_auc"] > 0.80


@pytest.mark.real
def test_a_pretrained_backbone_learns_the_real_images_and_a_second_run_finds_its_features(
    kermany: Path, cxr_dirs: Path, shared_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(shared_weights))
    first = trained("A2-GAP", kermany, "size=96", "epochs=10")
    assert first["metrics"]["test_auc"] > 0.85  # 0.946 was measured
    assert first["parameters"] == 7_037_504 + 1024 * 128 + 128 + 128 * 2 + 2
    again = trained("A2-GAP", kermany, "size=96", "epochs=10", "imbalance=class_weight")
    assert again["metrics"]["test_auc"] > 0.85
    (one,), (other,) = (kept(run) for run in (first, again))
    assert one["files"][0]["computed"] == one["files"][0]["pictures"] == 5840
    assert other["files"][0]["computed"] == 0

    model = prediction.load(store.model_file(first["id"]))
    table = store.predictions(first["id"]).sample(200, random_state=0)
    catalogue = open_source(kermany)
    rows = pd.Index(catalogue.images["file"]).get_indexer(table["file"])
    grey = pixels(catalogue, 96, (Choice("squash"),))[rows]
    scores = table[["score_NORMAL", "score_PNEUMONIA"]].to_numpy()
    assert prediction.predict(model, grey) == pytest.approx(scores, abs=1e-4)


def kept(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what each phase of a run kept, or found kept."""
    notes: list[dict[str, Any]] = read_json(store.folder_of(run["id"]) / "meta.json")["kept"]
    return notes
