"""Grad-CAM of every backbone equals a gradient tape's, several images at a time."""

from typing import Any

import keras
import numpy as np
import pytest

from engine.explaining.cam import cam, cam_layers, cams, choose_layer
from engine.learning.assembly import assemble
from engine.learning.backbones import BACKBONES
from engine.learning.rules import check
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.choosing import few
from tests.explaining.made_maps import expected
from tests.learning.made_backbone import DEEP

CUT = {
    **DEEP,
    "convnexttiny": "convnext_tiny_downsampling_conv_1",
    "efficientnetv2b0": "block4c_add",
}


@pytest.mark.parametrize("name", few(BACKBONES, {"vgg16", "mobilenetv2"}))
def test_a_heat_map_of_every_backbone_is_the_tapes(name: str) -> None:
    size = max(64, BACKBONES[name].smallest)
    model = network(name, size)
    images = np.random.default_rng(0).integers(0, 256, (2, size, size), dtype=np.uint8)
    chosen = choose_layer(cam_layers(model))
    assert min(chosen.rows, chosen.columns) >= 2
    found = cams(model, images, [1, 0])
    wanted = expected("gradcam", model, images, [1, 0], chosen.index)
    for result, raw in zip(found, wanted, strict=True):
        assert result.layer == chosen
        assert result.heat.shape == (chosen.rows, chosen.columns)
        assert result.raw_min < result.raw_max  # the answer depends on the place
        reach = float(np.abs(raw).max())
        assert result.raw_max == pytest.approx(raw.max(), abs=1e-4 * reach)
        assert result.raw_min == pytest.approx(raw.min(), abs=1e-4 * reach)
        if not result.empty:
            np.testing.assert_allclose(result.heat, np.maximum(raw, 0) / raw.max(), atol=1e-4)


def test_an_early_layer_of_a_backbone_has_a_finer_map() -> None:
    model = network("mobilenet", 64)
    image = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    layer = next(one for one in cam_layers(model) if one.rows == 16)
    found = cam(model, image, 0, layer=layer.index)
    assert found.heat.shape == (16, 16)
    assert found.raw_min < found.raw_max


def network(name: str, size: int) -> Any:
    """Build it from random weights; batch norm that has seen noise keeps the signal alive."""
    keras.utils.set_random_seed(2)
    head = Choice.of("gap", dropout=0.0)
    backbone = Choice.of(name, weights="random", cut=CUT.get(name, ""))
    one = Recipe("", backbone, Choice("adam"), head, size=size)
    model = assemble(check(one), 2).model
    norms = [one for one in model.layers if isinstance(one, keras.layers.BatchNormalization)]
    for layer in norms:
        layer.momentum = 0.0
    if norms:
        noise = np.random.default_rng(1).integers(0, 256, (4, size, size, 1))
        model(noise.astype(np.float32), training=True)
    return model
