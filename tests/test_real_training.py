"""Minutes long, on the real X-rays: training through the worker's own path learns them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    "C2": ("size=128", "epochs=3"),
    "D1": ("size=96", "epochs=6", "optimizer.learning_rate=0.02"),
}


@pytest.mark.real
@pytest.mark.parametrize("preset", SETTINGS)
def test_a_preset_learns_the_real_images(preset: str, kermany: Path, cxr_dirs: Path) -> None:
    changes = [word for setting in SETTINGS[preset] for word in ("--set", setting)]
    command = [sys.executable, "-m", "engine", "train", preset, "--data", str(kermany), "--json"]
    done = subprocess.run([*command, *changes], cwd=ROOT, capture_output=True, check=True)
    run = json.loads(done.stdout)
    assert run["status"] == "finished"
    assert run["metrics"]["validation_auc"] > 0.95
    assert run["metrics"]["test_auc"] > 0.80
