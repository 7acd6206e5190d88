"""The training code needs no TensorFlow: it trains under JAX, and TensorFlow runs the result."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from engine.data.pixels import pixels
from engine.data.sources import open_source
from engine.learning import prediction
from engine.words.files import read_json
from engine.words.recipe import Recipe

PROJECT = Path(__file__).resolve().parents[2]

TRAIN = """
import sys
from pathlib import Path

class NoTensorFlow:  # as where it is not installed
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tensorflow":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, NoTensorFlow())
from engine.data.sources import open_source
from engine.learning.listener import Silent
from engine.learning.presets import get_preset
from engine.learning.training import train

catalogue = open_source(sys.argv[1])
recipe = get_preset("C2").recipe(catalogue.hash)
for key, value in (("size", "32"), ("epochs", "2"), ("batch", "8")):
    recipe = recipe.with_setting(key, value)
train(recipe, catalogue, Path(sys.argv[2]), Silent())
"""


@pytest.mark.thorough
def test_a_model_trained_under_jax_predicts_the_same_under_tensorflow(
    cxr_dirs: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    pytest.importorskip("jax", reason="needs JAX (requirements-dev.txt)")
    run = subprocess.run(
        [sys.executable, "-c", TRAIN, str(tiny_folder), str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert read_json(tmp_path / "meta.json")["versions"]["backend"] == "jax"

    assert keras.backend.backend() == "tensorflow"
    assert len(read_json(tmp_path / "history.json")) == 2
    recipe = Recipe.from_json(read_json(tmp_path / "recipe.json"))
    catalogue = open_source(tiny_folder)
    grey = pixels(catalogue, recipe.size, recipe.preprocessing)
    model = prediction.load(tmp_path / "model.keras")
    stored = pd.read_parquet(tmp_path / "predictions.parquet").set_index("image_id")
    stored = stored.loc[catalogue.images["image_id"], ["score_NORMAL", "score_PNEUMONIA"]]
    assert len(stored) == 48
    np.testing.assert_allclose(prediction.predict(model, grey), stored, atol=1e-4)
