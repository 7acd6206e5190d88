"""A network split at a layer gives the maps of the whole one."""

from typing import Any

import pytest

from engine.explaining.cam import cam_layers, cams, choose_layer
from engine.explaining.halves import AT_ONCE, halves
from engine.explaining.visualizers import ENOUGH, _linear_copy, at_once
from tests.choosing import few
from tests.explaining import made_maps
from tests.explaining.made_maps import assert_is, pictures, scratch


@pytest.mark.parametrize("method", few(["gradcam", "gradcam++", "layercam"], {"gradcam"}))
@pytest.mark.parametrize("kind", ["frozen backbone, one sigmoid unit", "scratch, three of softmax"])
def test_many_images_pass_up_to_the_layer_compiled_and_give_the_same(
    networks: Any, kind: str, method: str
) -> None:
    model, images = networks(kind), pictures(ENOUGH)
    classes = [0, 1, 1, 0]
    layer = choose_layer(cam_layers(model)).index
    assert halves(model, _linear_copy(model), layer)
    raw = made_maps.expected(method, model, images, classes, layer)
    for result, wanted in zip(cams(model, images, classes, method), raw, strict=True):
        assert_is(result, wanted)


def test_a_network_is_split_only_where_nothing_passes_by(networks: Any) -> None:
    model = networks("frozen backbone, one sigmoid unit")
    copy = _linear_copy(model)
    number = {layer.name: at for at, layer in enumerate(model.layers)}
    assert halves(model, copy, number["add2"]) and halves(model, copy, number["relu1"])
    inside = number["bn2"]  # a sum takes what came before it, too
    assert halves(model, copy, inside) is None
    images = pictures(ENOUGH)
    found = cams(model, images, [1] * ENOUGH, layer=inside)
    raw = made_maps.expected("gradcam", model, images, [1] * ENOUGH, inside)
    for result, wanted in zip(found, raw, strict=True):
        assert_is(result, wanted)
    ensemble = networks("ensemble of softmax")  # the other members pass by
    usual = choose_layer(cam_layers(ensemble)).index
    assert halves(ensemble, _linear_copy(ensemble), usual) is None


def test_a_split_network_that_learned_since_is_asked_anew() -> None:
    model, images = scratch(1, "sigmoid"), pictures(ENOUGH)
    before = cams(model, images, [1] * ENOUGH)
    for layer in (2, -1):  # below the split and above it
        kernel, bias = model.layers[layer].get_weights()
        model.layers[layer].set_weights([-kernel, bias])
    after = cams(model, images, [1] * ENOUGH)
    usual = choose_layer(cam_layers(model)).index
    raw = made_maps.expected("gradcam", model, images, [1] * ENOUGH, usual)
    for first, result, wanted in zip(before, after, raw, strict=True):
        assert_is(result, wanted)
        assert first.raw_max != pytest.approx(result.raw_max, rel=1e-3)


def test_a_deep_network_passes_fewer_images_at_once(networks: Any) -> None:
    import keras

    inputs = keras.Input((1024, 1024, 1))
    x = inputs
    for _ in range(4):
        x = keras.layers.Conv2D(16, 3, padding="same")(x)
    large = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x)))
    assert (at_once(large), at_once(networks("scratch, two of softmax"))) == (1, AT_ONCE)
