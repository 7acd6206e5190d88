"""What a network makes of grey values before its first learned layer, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.learning.backbones import BACKBONES, CAFFE, CENTRED, INSIDE, TORCH, Scaling
from engine.learning.networks import NETWORKS
from engine.words.options import find

COPIED = (
    "An X-ray has one channel, and the weights were learned on colour photographs: the grey "
    "picture is copied into three channels."
)


@dataclass(frozen=True)
class Style:
    """One way of scaling: its name, the formula, in words, and the channels in their order."""

    name: str
    formula: str
    words: str
    channels: tuple[str, ...]
    scaling: Scaling  # what the first learned layer receives


RGB, BGR = ("red", "green", "blue"), ("blue", "green", "red")
OWN = Style(
    "its own",
    "x / 255",
    "A network trained from scratch takes the one grey channel, black 0 and white 1: there is no "
    "colour and no channel order.",
    ("grey",),
    Scaling((1 / 255,), (0.0,), "0..1"),
)
STYLES: Mapping[Scaling, Style] = {
    CENTRED: Style(
        "tf",
        "x / 127.5 - 1",
        f"{COPIED} Black is -1 and white 1 in all of them, so the channels stay equal and their "
        "order does not matter.",
        RGB,
        CENTRED,
    ),
    CAFFE: Style(
        "caffe",
        "x - (103.939, 116.779, 123.68)",
        f"{COPIED} They are put in the order blue, green, red, as the Caffe library read files, "
        "and each loses the mean of its colour in ImageNet; nothing is divided. On a grey picture "
        "the channels differ by these constants alone: with the order turned round, blue would "
        "lose red's mean, and every value would be wrong by up to 20 levels.",
        BGR,
        CAFFE,
    ),
    TORCH: Style(
        "torch",
        "(x / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)",
        f"{COPIED} In the order red, green, blue each loses ImageNet's mean and is divided by its "
        "standard deviation, so on photographs values lie around 0. On a grey picture the channels "
        "differ by a little shift and stretch.",
        RGB,
        TORCH,
    ),
    INSIDE: Style(
        "built in",
        "inside: (x / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)",
        f"{COPIED} `preprocess_input` does nothing here: the network takes 0..255, and its own "
        "first layers scale, by ImageNet's mean and deviation in the order red, green, blue. "
        "Scaled twice, all pictures would look alike to it.",
        RGB,
        TORCH,
    ),
}


def style_of(network: str) -> Style:
    """Return how a network scales its input; raise NotFound on an unknown name."""
    find(NETWORKS, network, "network")
    return STYLES[BACKBONES[network].scaling] if network in BACKBONES else OWN


def scaled(grey: NDArray[np.uint8], network: str) -> NDArray[np.float32]:
    """Return what the first learned layer receives: (H, W) uint8 -> (H, W, channels)."""
    scaling = style_of(network).scaling
    values = grey[..., None] * np.array(scaling.scale, np.float32)
    return np.asarray(values + np.array(scaling.offset, np.float32), np.float32)


def reach(network: str) -> tuple[float, float]:
    """Return the lowest and highest value that a pixel can have there."""
    ends = scaled(np.array([[0, 255]], np.uint8), network)
    return float(ends.min()), float(ends.max())
