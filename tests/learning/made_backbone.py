"""A backbone of fourteen layers, so that tests of whole trainings take a second.

It has what the real ones have: batch norm, a dropout inside, sums, two sizes of picture.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from engine.learning.backbones import BACKBONES, CUT, WEIGHTS, Backbone
from engine.learning.networks import NETWORKS
from engine.learning.weights import WEIGHTS as FILES
from engine.learning.weights import Source

SIZE = 32
ROW = Backbone(
    "Tiny",
    "For tests.",
    "tests.learning.made_backbone:tiny",
    {"weights": WEIGHTS, "cut": CUT},
    size=SIZE,
    layers=15,
    parameters=4_488,
    cuts={"add2": (7, "the first sum")},
)
SOURCE = Source("Tiny", "tiny/tiny.h5", "")
# These take long to save and to load, so they end at a cut: what follows is more of the same.
DEEP = {
    "resnet50": "conv3_block4_out",
    "resnet50v2": "conv3_block4_out",
    "resnet152": "conv3_block8_out",
    "densenet121": "pool3_pool",
    "inceptionv3": "mixed4",
}


def tiny(include_top: bool, weights: str | None, input_tensor: Any) -> keras.Model:
    """Build it as `keras.applications` builds the real ones."""
    assert not include_top
    x = _block(input_tensor, 1, 8, 2)
    x = layers.ReLU(name="relu1")(x)
    y = layers.Dropout(0.3, name="drop2")(_block(x, 2, 8))
    x = layers.Add(name="add2")([x, y])
    x = layers.ReLU(name="relu3")(_block(x, 3, 16, 2))
    x = layers.Add(name="add4")([x, _block(x, 4, 16)])
    x = layers.ReLU(name="relu4")(x)
    model = keras.Model(keras.utils.get_source_inputs(input_tensor), x)
    if weights:
        model.load_weights(weights)
    return model


def install(patch: pytest.MonkeyPatch, weights: Path) -> None:
    """Add the backbone to the tables; `weights` is the folder that holds its file."""
    tables: list[tuple[Any, Any]] = [(BACKBONES, ROW), (NETWORKS, ROW), (FILES, SOURCE)]
    for table, row in tables:
        patch.setitem(table, "tiny", row)
    patch.setenv("CXR_WEIGHTS_DIR", str(weights))


def write(model: keras.Model, path: Path) -> None:
    """Save a backbone whose batch norm has seen noise, so that it tells images apart."""
    for layer in model.layers:
        layer.momentum = 0.0
    shape = (64, *model.input_shape[1:])
    model(np.random.default_rng(0).uniform(-1, 1, shape), training=True)
    path.parent.mkdir(parents=True)
    model.save(path)


def write_tiny(root: Path) -> None:
    """Save the tiny backbone below a folder for CXR_WEIGHTS_DIR."""
    keras.utils.set_random_seed(0)
    write(tiny(False, None, keras.Input((SIZE, SIZE, 3))), root / SOURCE.keras / SOURCE.file)


def _block(x: Any, number: int, filters: int, strides: int = 1) -> Any:
    conv: Callable[[Any], Any] = layers.Conv2D(
        filters, 3, strides, padding="same", name=f"conv{number}"
    )
    return layers.BatchNormalization(name=f"bn{number}")(conv(x))
