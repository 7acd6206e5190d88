"""Networks as a table: a new one is one row, one builder and one test."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.words.options import Choice, Option, Param, build

_ROOM = "engine.learning.scratch"
_DROPOUT = "Share of the values hidden at random in each training step; 0 hides none."

NETWORKS = {
    "dnn": Option(
        "Dense network (C1)",
        "Three tiny dense layers on each pixel, then one on all: it sees no neighbourhoods.",
        f"{_ROOM}:dnn",
        {"dropout": Param(0.5, _DROPOUT, low=0.0, high=0.9)},
    ),
    "cnn_c": Option(
        "Small CNN (C2, C3)",
        "Two convolutions with pooling; without dropout it is C3.",
        f"{_ROOM}:cnn_c",
        {"dropout": Param(0.5, _DROPOUT, low=0.0, high=0.9)},
    ),
    "cnn_d": Option(
        "Deeper CNN (D1)",
        "Six convolutions with pooling and light dropout, for two or three classes.",
        f"{_ROOM}:cnn_d",
    ),
}


@dataclass(frozen=True)
class Summary:
    """What a network is made of, before a single step is trained."""

    total: int
    trainable: int
    input_shape: tuple[int, ...]  # height, width, channels
    layers: pd.DataFrame  # name, kind, output, params


def build_network(choice: Choice, size: int, classes: int) -> Any:
    """Return the untrained keras.Model: raw grey pixels 0..255 in, probabilities out."""
    return build(choice, NETWORKS, "network", size, classes)


def summary(choice: Choice, size: int, classes: int) -> Summary:
    """Count a network's parameters by building it (imports Keras)."""
    model = build_network(choice, size, classes)
    rows = [
        (layer.name, type(layer).__name__, _shape(layer.output.shape), layer.count_params())
        for layer in model.layers
    ]
    trainable = sum(int(weight.size) for weight in _values(model.trainable_weights))
    return Summary(
        total=model.count_params(),
        trainable=trainable,
        input_shape=tuple(model.input_shape[1:]),
        layers=pd.DataFrame(rows, columns=["name", "kind", "output", "params"]),
    )


def _values(weights: list[Any]) -> list[Any]:
    return [weight.numpy() for weight in weights]


def _shape(shape: tuple[int | None, ...]) -> str:
    return " x ".join(str(side) for side in shape[1:])
