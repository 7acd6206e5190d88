"""Puts a recipe's network together: one flat graph from raw grey pixels to probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
from keras import layers

from engine.learning.backbones import BACKBONES, Backbone
from engine.learning.networks import HEADS, NETWORKS
from engine.learning.weights import load_error
from engine.words.errors import CxrError
from engine.words.options import Choice, build
from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Assembled:
    """A network, and which of its layers are a backbone's."""

    model: Any  # keras.Model: (size, size, 1) grey pixels 0..255 in, probabilities out
    numbers: Mapping[str, int]  # layer's name: its number in the backbone; others are absent


@dataclass(frozen=True)
class Base:
    """A backbone on grey pixels."""

    model: Any
    cut: Any  # the tensor that a head goes on from
    numbers: Mapping[str, int]


def assemble(recipe: Recipe, classes: int, weights: Path | None = None) -> Assembled:
    """Build a recipe's network; `weights` is its backbone's file, without one they are random.

    Raises CxrError where the file does not fit or the cut is no picture.
    """
    if recipe.network.name not in BACKBONES:
        return Assembled(build(recipe.network, NETWORKS, "network", recipe.size, classes), {})
    base = build_base(recipe.network, recipe.size, weights)
    answer = build(recipe.head, HEADS, "head", base.cut, classes)
    return Assembled(keras.Model(base.model.input, answer), base.numbers)


def build_base(choice: Choice, size: int, weights: Path | None = None) -> Base:
    """Build a backbone on (size, size, 1) grey pixels, its own scaling included."""
    row = BACKBONES[choice.name]
    grey = keras.Input((size, size, 1), name="grey")
    x = layers.Concatenate(name="rgb")([grey, grey, grey])
    if scales(row):
        x = layers.Rescaling(list(row.scaling.scale), list(row.scaling.offset), name="scale")(x)
    try:
        model = row.load()(include_top=False, weights=weights and str(weights), input_tensor=x)
    except (ValueError, OSError, KeyError) as error:
        if weights is None:
            raise
        raise load_error(choice.name, weights, error) from error
    model = _flat(model)
    added = 2 if scales(row) else 1  # the input layer is number 0 with and without them
    own = model.layers[added + 1 :]
    end = row.end(choice)
    cut = model.output if end == row.layers - 1 else own[end - 1].output
    if len(cut.shape) != 4:
        raise CxrError(
            f"Layer {end} of {row.label} has no picture-shaped output. Cut at another layer."
        )
    return Base(model, cut, {layer.name: number for number, layer in enumerate(own, 1)})


def scales(row: Backbone) -> bool:
    """Whether grey values are scaled before the backbone, which some do by themselves."""
    return set(row.scaling.scale) != {1.0} or set(row.scaling.offset) != {0.0}


def _flat(model: Any) -> Any:
    """Return the model without nested ones, their layers in their place."""
    if not any(isinstance(layer, keras.Sequential) for layer in model.layers):
        return model

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        if not isinstance(layer, keras.Sequential):
            return layer(*inputs, **options)
        x = inputs[0]
        for inner in layer.layers:  # a copy: the layer's own output belongs to the nested graph
            x = type(inner).from_config(inner.get_config())(x)
        return x

    flat = keras.models.clone_model(model, call_function=call)
    flat.set_weights(model.get_weights())
    return flat
