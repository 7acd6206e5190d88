"""The layers of a network that a heat map can be drawn for, and which of them is usual."""

from dataclasses import dataclass
from typing import Any

from engine.words.errors import CxrError

FINE = 5  # cells a side under which a map says little about where
FOLLOWING = {"Activation", "Add", "BatchNormalization", "Concatenate", "ReLU"}


@dataclass(frozen=True)
class CamLayer:
    """A layer whose output still has the picture's shape; `index` is its stable address."""

    index: int
    kind: str
    rows: int
    columns: int
    channels: int
    convolution: bool

    @property
    def label(self) -> str:
        """A name for the screen that does not shift within a process."""
        return f"{self.index}: {self.kind}, {self.rows} x {self.columns} x {self.channels}"


def cam_layers(model: Any) -> list[CamLayer]:
    """List the layers that a map can be drawn for, in the model's order."""
    import keras

    convolutions = (
        keras.layers.Conv2D,
        keras.layers.DepthwiseConv2D,
        keras.layers.SeparableConv2D,
    )
    skipped = (keras.layers.InputLayer, keras.layers.Rescaling)
    return [
        CamLayer(index, type(layer).__name__, *shape, isinstance(layer, convolutions))
        for index, layer in enumerate(model.layers)
        if not isinstance(layer, skipped) and (shape := _picture_shape(layer))
    ]


def choose_layer(layers: list[CamLayer], index: int | None = None) -> CamLayer:
    """Return the layer at `index`, or the default one; raise CxrError where none fits.

    The default is what the last convolution that still tells places apart leads to: its sum or
    joint with other branches, normalised and activated. A network without any convolution gives
    its last layer that has the picture's shape.
    """
    if not layers:
        raise CxrError(
            "A heat map needs a layer that keeps the picture's shape, and this network has none: "
            "it flattens the pixels at once. Choose another run, or a method that asks the pixels."
        )
    if index is None:
        return _default(layers)
    for layer in layers:
        if layer.index == index:
            return layer
    known = ", ".join(str(layer.index) for layer in layers)
    raise CxrError(f"Layer {index} has no picture-shaped output. Choose one of: {known}.")


def depths(layers: list[CamLayer], most: int = 4) -> list[CamLayer]:
    """Return one layer for each resolution, the finest first, and the default one: `most` at most.

    Of a resolution it is the last layer: what the network made of the picture at that depth.
    """
    last: dict[tuple[int, int], CamLayer] = {}
    for layer in layers:
        last[layer.rows, layer.columns] = layer
    default = choose_layer(layers)
    last[default.rows, default.columns] = default
    found = sorted(last.values(), key=lambda layer: layer.index)
    deeper = [layer for layer in found if layer.index > default.index]
    before = [layer for layer in found if layer.index < default.index]
    return ([*before[1 - most :], default, *deeper] if most > 1 else [default])[:most]


def _default(layers: list[CamLayer]) -> CamLayer:
    convolutions = [layer for layer in layers if layer.convolution]
    if not convolutions:
        return layers[-1]
    fine = [layer for layer in convolutions if min(layer.rows, layer.columns) >= FINE]
    last = (fine or convolutions)[-1]
    for layer in layers[layers.index(last) + 1 :]:
        if layer.kind not in FOLLOWING or (layer.rows, layer.columns) != (last.rows, last.columns):
            break
        last = layer
    return last


def _picture_shape(layer: Any) -> tuple[int, int, int] | None:
    shape: tuple[int | None, ...] = getattr(layer.output, "shape", ())
    match shape:
        case (_, int(rows), int(columns), int(channels)) if min(rows, columns) > 1:
            return rows, columns, channels
    return None
