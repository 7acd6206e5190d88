"""A showcase of tiny networks on tiny phantom images, written as a training leaves it."""

import atexit
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.catalogue import Catalogue
from engine.words.options import Choice
from engine.words.recipe import Recipe

SIZE = 32


_BUILT: dict[str, Path] = {}


def build(showcase: Path, catalogue: Catalogue) -> None:
    """Write TINY (one sigmoid unit), DENSE (no convolution) and KINDS (three classes).

    The same runs on the same images are made once for all tests of this process.
    """
    if catalogue.hash not in _BUILT:
        kept = Path(tempfile.mkdtemp(prefix="little-showcase-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        _build(kept, catalogue)
        _BUILT[catalogue.hash] = kept
    shutil.copytree(_BUILT[catalogue.hash], showcase, dirs_exist_ok=True)


def _build(showcase: Path, catalogue: Catalogue) -> None:
    for name, task, units, convolutions in (
        ("TINY", "labels", 1, True),
        ("DENSE", "labels", 2, False),
        ("KINDS", "kinds", 3, True),
    ):
        recipe = Recipe(
            data=catalogue.hash,
            network=Choice("cnn_d"),
            optimizer=Choice("adam"),
            preset=name,
            task=task,
            size=SIZE,
        )
        _write(showcase / name, recipe, catalogue, _network(units, convolutions))


def _network(units: int, convolutions: bool) -> Any:
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    for width in (4, 8):
        if convolutions:
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            x = layers.MaxPooling2D()(x)
        else:
            x = layers.Dense(width, activation="relu")(x)
    x = layers.Flatten()(x)
    activation = "sigmoid" if units == 1 else "softmax"
    return keras.Model(inputs, layers.Dense(units, activation=activation)(x))


def _write(folder: Path, recipe: Recipe, catalogue: Catalogue, model: Any) -> None:
    from engine.data.pixels import pixels
    from engine.learning.prediction import predict

    folder.mkdir(parents=True)
    (folder / "recipe.json").write_text(json.dumps(recipe.to_json()))
    (folder / "history.json").write_text("[]")
    model.save(folder / "model.keras")
    classes = catalogue.classes(recipe.task)
    table = catalogue.images[["image_id", "file", "patient", "kind"]].copy()
    split = catalogue.images["split"].to_numpy().astype(object)
    split[np.flatnonzero(split == "train")[::4]] = "validation"
    table["split"] = split
    table["label"] = catalogue.targets(recipe.task).to_numpy()
    scores = predict(model, np.asarray(pixels(catalogue, SIZE, recipe.preprocessing)))
    for index, name in enumerate(classes):
        table[f"score_{name}"] = scores[:, index]
    table.to_parquet(folder / "predictions.parquet", index=False)
    meta = {"classes": list(classes), "source": catalogue.name, "parameters": model.count_params()}
    (folder / "meta.json").write_text(json.dumps(meta))
