"""Grad-CAM agrees with an independent computation, and says when there is nothing to see."""

from typing import Any

import numpy as np
import pytest

from engine.explaining.cam import cam, cam_layers, choose_layer
from engine.learning import prediction
from engine.vision.phantom import draw
from engine.words.errors import CxrError, NotFound
from engine.words.settings import PROJECT
from tests.explaining.made_maps import scratch

SIZE = 32


@pytest.fixture(scope="module")
def image() -> Any:
    return np.random.default_rng(0).integers(0, 256, (SIZE, SIZE), dtype=np.uint8)


def network(units: int, convolutions: bool = True) -> Any:
    return scratch(units, "sigmoid" if units == 1 else "softmax", convolutions=convolutions)


def by_tape(model: Any, image: Any, class_index: int, layer: int) -> Any:
    """Grad-CAM with a gradient tape: the model run by hand, the last activation left out."""
    import tensorflow as tf

    x = tf.constant(image[None, ..., None].astype(np.float32))
    for part in model.layers[1 : layer + 1]:
        x = part(x, training=False)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for part in model.layers[layer + 1 : -1]:
            y = part(y, training=False)
        last = model.layers[-1]
        logits = tf.matmul(y, last.kernel) + last.bias
        one = last.units == 1
        score = logits[:, 0] * (1 if class_index else -1) if one else logits[:, class_index]
    weights = tf.reduce_mean(tape.gradient(score, x), axis=(1, 2))
    return np.einsum("hwc,c->hw", x[0].numpy(), weights[0].numpy())


@pytest.mark.parametrize("units", [1, 2, 3])
@pytest.mark.parametrize("convolutions", [True, False])
def test_equals_a_gradient_tape_on_every_layer_and_class(
    units: int, convolutions: bool, image: Any
) -> None:
    model = network(units, convolutions)
    for layer in cam_layers(model):
        for index in range(max(2, units)):
            result = cam(model, image, index, layer=layer.index)
            raw = by_tape(model, image, index, layer.index)
            heat = np.maximum(raw, 0)
            assert result.heat.shape == (layer.rows, layer.columns) == raw.shape
            assert result.raw_max == pytest.approx(raw.max(), abs=1e-4, rel=1e-4)
            assert result.raw_min == pytest.approx(raw.min(), abs=1e-4, rel=1e-4)
            assert result.empty == (raw.max() <= 0)
            expected = heat if result.empty else heat / heat.max()
            np.testing.assert_allclose(result.heat, expected, atol=1e-4)


@pytest.mark.parametrize("name", ["C1", "C2", "D1", "D4"])
def test_equals_a_gradient_tape_on_the_shipped_networks(name: str) -> None:
    file = PROJECT / "models" / "showcase" / name / "model.keras"
    if not file.is_file():
        pytest.skip(f"the showcase has no {name} on this machine")
    model = prediction.load(file)
    drawn = draw(11, "viral", model.input_shape[1]).image
    for index in (0, 1):
        result = cam(model, drawn, index)
        raw = by_tape(model, drawn, index, result.layer.index)
        heat = np.zeros_like(raw) if result.empty else np.maximum(raw, 0) / raw.max()
        np.testing.assert_allclose(result.heat, heat, atol=1e-4)


def test_the_two_classes_of_one_sigmoid_unit_are_opposites(image: Any) -> None:
    model = network(1)
    sick, healthy = cam(model, image, 1), cam(model, image, 0)
    assert healthy.raw_max == pytest.approx(-sick.raw_min, rel=1e-4)
    assert healthy.raw_min == pytest.approx(-sick.raw_max, rel=1e-4)


def test_the_model_keeps_its_activation_and_its_answers(image: Any) -> None:
    model = network(2)
    batch = image[None, ..., None].astype(np.float32)
    before = model.predict_on_batch(batch)
    cam(model, image, 1)
    np.testing.assert_array_equal(model.predict_on_batch(batch), before)


def test_the_default_layer_of_a_backbone_joins_its_last_branches() -> None:
    import keras

    grey = keras.Input((64, 64, 1))
    x = keras.layers.Conv2D(4, 3, padding="same", strides=8)(grey)
    branch = keras.layers.Conv2D(2, 3, padding="same")(x)
    x = keras.layers.ReLU()(keras.layers.Concatenate()([x, branch]))
    coarse = keras.layers.Conv2D(3, 3, padding="same")(keras.layers.MaxPooling2D(4)(x))
    answer = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(coarse))
    chosen = choose_layer(cam_layers(keras.Model(grey, answer)))
    assert (chosen.kind, chosen.rows, chosen.channels) == ("ReLU", 8, 6)


def test_the_default_layer_is_the_last_convolution() -> None:
    chosen = choose_layer(cam_layers(network(2)))
    assert (chosen.kind, chosen.channels) == ("Conv2D", 8)
    assert chosen.label == "4: Conv2D, 16 x 16 x 8"


def test_without_convolutions_the_last_picture_shaped_layer_is_used() -> None:
    layers = cam_layers(network(2, convolutions=False))
    assert not any(layer.convolution for layer in layers)
    assert choose_layer(layers).label == "3: Dense, 32 x 32 x 8"


def test_a_map_with_nothing_positive_is_empty_and_not_stretched(image: Any) -> None:
    model = network(1)
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([-np.abs(kernel), bias])
    against = cam(model, image, 1)
    assert against.empty
    assert not against.heat.any()
    assert against.raw_min < 0
    model.layers[-1].set_weights([kernel * 0, bias])
    assert cam(model, image, 1).empty


def test_rounding_noise_counts_as_empty(image: Any) -> None:
    model = network(1)
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel * 1e-14, bias])
    assert cam(model, image, 1).empty


def test_what_does_not_fit_is_said(image: Any) -> None:
    model = network(2)
    with pytest.raises(CxrError, match="32 x 32 pixels"):
        cam(model, image[:20], 1)
    with pytest.raises(CxrError, match="class_index must be 0 to 1, got 2"):
        cam(model, image, 2)
    with pytest.raises(CxrError, match="Layer 0 has no picture"):
        cam(model, image, 1, layer=0)
    with pytest.raises(NotFound, match="gradcam"):
        cam(model, image, 1, method="tea-leaves")


def test_a_network_that_flattens_at_once_cannot_be_mapped(image: Any) -> None:
    import keras

    inputs = keras.Input((SIZE, SIZE, 1))
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(inputs)))
    with pytest.raises(CxrError, match="Choose another run"):
        cam(model, image, 1)


def test_diverged_weights_are_said(image: Any) -> None:
    model = network(2)
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel * np.nan, bias])
    with pytest.raises(CxrError, match="not finite"):
        cam(model, image, 1)


def test_a_bright_patch_that_the_network_looks_for_is_where_the_heat_is() -> None:
    """A network whose only filter is brightness must point at the bright patch."""
    import keras
    from keras import layers

    inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.Conv2D(1, 1, kernel_initializer="ones")(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(1, "sigmoid", kernel_initializer="ones")(x))
    image = np.zeros((SIZE, SIZE), np.uint8)
    image[20:24, 4:8] = 255
    heat = cam(model, image, 1).heat
    assert heat[20:24, 4:8].min() == 1
    assert heat.sum() == 16


def test_a_model_that_learned_since_is_asked_anew_and_one_that_is_gone_is_let_go(
    image: Any,
) -> None:
    import gc

    from engine.explaining.visualizers import _copies

    model = network(1)
    kernel, bias = model.layers[-1].get_weights()
    before = cam(model, image, 1)
    model.layers[-1].set_weights([-kernel, bias])
    assert cam(model, image, 1).raw_max == pytest.approx(-before.raw_min, rel=1e-4)
    assert model in _copies
    count = len(_copies)
    del model
    gc.collect()
    assert len(_copies) < count
