"""What each network makes of grey values is worked out right and said of every network."""

import numpy as np
import pytest

from engine.learning.backbones import BACKBONES
from engine.learning.networks import NETWORKS
from engine.learning.scaling import reach, scaled, style_of
from engine.words.errors import NotFound

GREY = np.array([[0, 255], [51, 204]], np.uint8)


@pytest.mark.parametrize(
    ("network", "style", "black", "white"),
    [
        ("mobilenetv2", "tf", (-1, -1, -1), (1, 1, 1)),
        ("vgg16", "caffe", (-103.939, -116.779, -123.68), (151.061, 138.221, 131.32)),
        ("densenet121", "torch", (-2.118, -2.036, -1.804), (2.249, 2.429, 2.640)),
        ("convnexttiny", "built in", (-2.118, -2.036, -1.804), (2.249, 2.429, 2.640)),
        ("cnn_d", "its own", (0,), (1,)),
    ],
)
def test_black_and_white_become(network, style, black, white):
    values = scaled(GREY, network)
    assert style_of(network).name == style
    assert values.shape == (2, 2, len(style_of(network).channels))
    assert values[0, 0] == pytest.approx(black, abs=1e-3)
    assert values[0, 1] == pytest.approx(white, abs=1e-3)
    assert reach(network) == pytest.approx((min(black), max(white)), abs=1e-3)


def test_every_network_is_explained():
    for name in NETWORKS:
        style = style_of(name)
        assert len(style.channels) == len(style.scaling.scale)
        assert style.words.endswith(".")
    assert {style_of(name).name for name in BACKBONES} == {"tf", "caffe", "torch", "built in"}


def test_an_unknown_network_is_named():
    with pytest.raises(NotFound, match="nonsense"):
        scaled(GREY, "nonsense")
