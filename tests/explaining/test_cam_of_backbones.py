"""Every backbone can be asked where it looks; gradients pass from its answer to its pictures."""

from typing import Any

import keras
import numpy as np
import pytest

from engine.explaining.cam import cam, cam_layers, choose_layer
from engine.learning.assembly import assemble
from engine.learning.backbones import BACKBONES
from engine.learning.rules import check
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.learning.made_backbone import DEEP


@pytest.mark.parametrize("name", BACKBONES)
def test_a_heat_map_of_every_backbone_is_finite_and_has_its_layers_shape(name: str) -> None:
    size = max(64, BACKBONES[name].smallest)
    model = network(name, size)
    image = np.random.default_rng(0).integers(0, 256, (size, size), dtype=np.uint8)
    chosen = choose_layer(cam_layers(model))
    assert min(chosen.rows, chosen.columns) >= 2
    found = cam(model, image, 1)
    assert found.layer == chosen
    assert found.heat.shape == (chosen.rows, chosen.columns)
    assert np.isfinite(found.heat).all()
    assert found.raw_min < found.raw_max  # the answer depends on the place


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
    backbone = Choice.of(name, weights="random", cut=DEEP.get(name, ""))
    one = Recipe("", backbone, Choice("adam"), head, size=size)
    model = assemble(check(one), 2).model
    norms = [one for one in model.layers if isinstance(one, keras.layers.BatchNormalization)]
    for layer in norms:
        layer.momentum = 0.0
    if norms:
        noise = np.random.default_rng(1).integers(0, 256, (4, size, size, 1))
        model(noise.astype(np.float32), training=True)
    return model
