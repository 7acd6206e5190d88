"""Class activation maps: which cells of a layer raise the score of a class."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.words.errors import CxrError
from engine.words.options import Choice, Option, build

METHODS = {
    "gradcam": Option(
        "Grad-CAM",
        "Weighs each channel of a layer by how much it raises the class's score "
        "(Selvaraju et al. 2017, arXiv 1610.02391).",
        "engine.explaining.cam:raw_gradcam",
    ),
}


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


@dataclass(frozen=True)
class CamResult:
    """A heat map at the layer's own resolution.

    `heat` (rows, columns) float32 is the positive part of the raw map over `raw_max`, so 0..1;
    all zero where `empty`. `raw_min` and `raw_max` are the raw map's, before its negative part
    is dropped: below zero a cell lowers the score.
    """

    heat: NDArray[np.float32]
    raw_min: float
    raw_max: float
    empty: bool
    layer: CamLayer
    method: str


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
            "it flattens the pixels at once. Choose another run."
        )
    if index is None:
        return _default(layers)
    for layer in layers:
        if layer.index == index:
            return layer
    known = ", ".join(str(layer.index) for layer in layers)
    raise CxrError(f"Layer {index} has no picture-shaped output. Choose one of: {known}.")


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


def cam(
    model: Any,
    image: NDArray[np.uint8],
    class_index: int,
    method: str = "gradcam",
    layer: int | None = None,
) -> CamResult:
    """Draw the heat map of one image (size, size) uint8, as the network sees it, for one class.

    The gradient is taken of the score before softmax or sigmoid, of an ensemble's mean score. One
    sigmoid unit speaks for class 1; class 0 is its negative. Raises CxrError on a wrong size,
    class, layer or method.
    """
    _check(model, image, class_index)
    chosen = choose_layer(cam_layers(model), layer)
    raw = build(
        Choice(method), METHODS, "method", model, image, _score(model, class_index), chosen.index
    )
    if not np.isfinite(raw).all():
        raise CxrError(
            "The network's gradients are not finite for this image: its weights may have diverged "
            "in training. Train the run again with a lower learning rate."
        )
    low, high = float(raw.min()), float(raw.max())
    # Below this the positive part is rounding noise; stretching it would invent a finding.
    empty = high <= max(1e-12, 1e-6 * abs(low))
    heat = np.zeros_like(raw) if empty else np.maximum(raw, 0) / high
    return CamResult(heat.astype(np.float32), low, high, empty, chosen, method)


def raw_gradcam(
    model: Any, image: NDArray[np.uint8], score: Callable[[Any], Any], layer: int
) -> NDArray[np.float32]:
    """Return Grad-CAM's weighted sum of channels, before its ReLU: (rows, columns) float32."""
    raw = _visualizer(model)(
        score,
        image[None, ..., None].astype(np.float32),
        penultimate_layer=layer,
        seek_penultimate_conv_layer=False,
        activation_modifier=None,
        expand_cam=False,
        normalize_cam=False,
    )
    return np.asarray(raw, dtype=np.float32)[0]


def _visualizer(model: Any) -> Any:
    """A Grad-CAM over a copy of the model that ends before softmax or sigmoid (`_linear`).

    Copying the layers takes most of a map's time, so the copy is kept as long as the model; its
    weights are taken over each time, for the model may have learned since.
    """
    with warnings.catch_warnings():  # tf-keras-vis 0.8.7 reaches scipy through its old name
        warnings.simplefilter("ignore", DeprecationWarning)
        from tf_keras_vis.gradcam import Gradcam

    kept = _visualizers.get(model)
    if kept is None:
        kept = _visualizers[model] = Gradcam(model, model_modifier=_linear, clone=True)
    else:
        kept.model.set_weights(model.get_weights())
    return kept


def _linear(model: Any) -> None:
    """Let a model end in scores; an ensemble in the mean of its members' scores."""
    import keras

    from engine.learning.ensembles import heads

    for layer in heads(model):
        layer.activation = keras.activations.linear


_visualizers: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def _score(model: Any, class_index: int) -> Callable[[Any], Any]:
    if int(model.output_shape[-1]) == 1:
        sign = 1.0 if class_index == 1 else -1.0
        return lambda outputs: sign * outputs[:, 0]
    return lambda outputs: outputs[:, class_index]


def _check(model: Any, image: NDArray[np.uint8], class_index: int) -> None:
    expected = tuple(model.input_shape[1:3])
    if image.shape != expected:
        raise CxrError(
            f"The network takes images of {expected[0]} x {expected[1]} pixels, got an array of "
            f"shape {image.shape}. Preprocess the image with the run's recipe first."
        )
    classes = max(2, int(model.output_shape[-1]))
    if not 0 <= class_index < classes:
        raise CxrError(f"class_index must be 0 to {classes - 1}, got {class_index}.")


def _picture_shape(layer: Any) -> tuple[int, int, int] | None:
    shape: tuple[int | None, ...] = getattr(layer.output, "shape", ())
    match shape:
        case (_, int(rows), int(columns), int(channels)) if min(rows, columns) > 1:
            return rows, columns, channels
    return None
