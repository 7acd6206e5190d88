"""Pretrained backbones as a table: a new one is one row here, its file in weights.py, one test."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.words.errors import CxrError
from engine.words.options import Choice, Option, Param

WEIGHTS = Param(
    "imagenet",
    "What the backbone knows at the start: photographs (ImageNet), or nothing.",
    choices=("imagenet", "random"),
)
CUT = Param("", "Where the backbone ends: a cut point's name or a layer's number; empty: whole.")


@dataclass(frozen=True)
class Scaling:
    """What the backbone's own `preprocess_input` does to a grey value: x * scale + offset."""

    scale: tuple[float, ...]  # one factor per channel, in the order that the weights expect
    offset: tuple[float, ...]
    words: str


def _per_channel(mean: tuple[float, ...], deviation: tuple[float, ...]) -> Scaling:
    scale = tuple(1 / (255 * value) for value in deviation)
    offset = tuple(-low / value for low, value in zip(mean, deviation, strict=True))
    return Scaling(scale, offset, "0..1, then ImageNet's mean and deviation taken out")


CENTRED = Scaling((1 / 127.5,) * 3, (-1.0,) * 3, "-1..1")
# Caffe's order is blue, green, red; on grey pictures only the means tell the channels apart.
CAFFE = Scaling((1.0,) * 3, (-103.939, -116.779, -123.68), "0..255 less ImageNet's mean")
TORCH = _per_channel((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
INSIDE = Scaling((1.0,) * 3, (0.0,) * 3, "0..255: the backbone scales by itself")


@dataclass(frozen=True)
class Backbone(Option):
    """One row. Numbers count Keras's layers without the top, the input layer being number 0.

    A layer that is a network itself (ConvNeXt has some) counts as those that it is made of.
    """

    size: int = 224  # pixels a side that it was trained with
    smallest: int = 32  # pixels a side that it takes at least
    scaling: Scaling = CENTRED
    layers: int = 0
    parameters: int = 0
    multiply_adds: float = 0.0  # of one image at `size`: what a forward pass costs,
    outputs: float = 0.0  # and the values that its layers write for it
    cuts: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # layer: number, in words

    def end(self, choice: Choice) -> int:
        """Return the number of the layer that a choice cuts at; raise CxrError on a wrong one."""
        cut = str(choice.kwargs.get("cut", ""))
        if not cut:
            return self.layers - 1
        if cut in self.cuts:
            return self.cuts[cut][0]
        if cut.isdigit() and 0 < int(cut) < self.layers:
            return int(cut)
        known = ", ".join(self.cuts)
        raise CxrError(
            f"'{cut}' is no cut point of {self.label}. Choose one of {known}, or a layer's number "
            f"from 1 to {self.layers - 1}."
        )


def _row(name: str, help: str, **facts: object) -> Backbone:
    return Backbone(
        name,
        help,
        f"keras.applications:{name}",
        {"weights": WEIGHTS, "cut": CUT},
        **facts,  # type: ignore[arg-type]
    )


BACKBONES: Mapping[str, Backbone] = {
    "vgg16": _row(
        "VGG16",
        "Thirteen plain convolutions: easy to read, slow, and Grad-CAM's classic (report B).",
        scaling=CAFFE,
        layers=19,
        parameters=14_714_688,
        multiply_adds=15.4e9,
        outputs=15.4e6,
        cuts={
            "block3_pool": (10, "after block 3 of 5"),
            "block4_pool": (14, "after block 4 of 5"),
            "block5_conv3": (17, "last convolution"),
        },
    ),
    "resnet50": _row(
        "ResNet50",
        "Shortcuts around every three convolutions let fifty layers learn (report B).",
        scaling=CAFFE,
        layers=175,
        parameters=23_587_712,
        multiply_adds=3.9e9,
        outputs=37.3e6,
        cuts={
            "conv3_block4_out": (80, "after stage 3 of 5"),
            "conv4_block6_out": (142, "after stage 4 of 5"),
            "conv5_block3_1_relu": (167, "inside the last block"),
        },
    ),
    "resnet50v2": _row(
        "ResNet50V2",
        "ResNet50 with its activations before the convolutions (report A with class weights).",
        layers=190,
        parameters=23_564_800,
        multiply_adds=3.5e9,
        outputs=31.6e6,
        cuts={
            "conv3_block4_out": (85, "after stage 3 of 5"),
            "conv4_block6_out": (153, "after stage 4 of 5"),
            "conv5_block3_1_relu": (181, "inside the last block"),
        },
    ),
    "resnet152": _row(
        "ResNet152",
        "Three times as deep as ResNet50: the largest here (report A).",
        scaling=CAFFE,
        layers=515,
        parameters=58_370_944,
        multiply_adds=11.4e9,
        outputs=79.3e6,
        cuts={
            "conv3_block8_out": (120, "after stage 3 of 5"),
            "conv4_block36_out": (482, "after stage 4 of 5"),
            "conv5_block3_1_relu": (507, "inside the last block, report A's cut"),
        },
    ),
    "densenet121": _row(
        "DenseNet121",
        "Every layer sees all layers before it; small and strong on X-rays (reports A and B).",
        scaling=TORCH,
        layers=427,
        parameters=7_037_504,
        multiply_adds=2.9e9,
        outputs=50.1e6,
        cuts={
            "pool3_pool": (140, "after dense block 2 of 4"),
            "pool4_pool": (312, "after dense block 3 of 4"),
            "conv5_block15_1_relu": (415, "inside the last block, report A's cut"),
        },
    ),
    "inceptionv3": _row(
        "InceptionV3",
        "Filters of several sizes side by side; Kermany's own choice in 2018 (report A).",
        size=299,
        smallest=75,
        layers=311,
        parameters=21_802_784,
        multiply_adds=5.7e9,
        outputs=32.9e6,
        cuts={
            "mixed4": (132, "middle, before report A's trainable range"),
            "mixed7": (228, "before the last three blocks"),
            "conv2d_86": (283, "inside the last block, report A's cut"),
        },
    ),
    "mobilenet": _row(
        "MobileNet",
        "Made for telephones: each convolution split into a spatial and a channel half.",
        layers=86,
        parameters=3_228_864,
        multiply_adds=0.59e9,
        outputs=17.0e6,
        cuts={
            "conv_pw_5_relu": (35, "after 5 of 13 blocks"),
            "conv_pw_11_relu": (72, "after 11 of 13 blocks"),
        },
    ),
    "mobilenetv2": _row(
        "MobileNetV2",
        "The quickest here: good for a demo on any laptop (report D).",
        layers=154,
        parameters=2_257_984,
        multiply_adds=0.33e9,
        outputs=22.0e6,
        cuts={
            "block_5_add": (53, "after 5 of 16 blocks"),
            "block_12_add": (115, "after 12 of 16 blocks"),
            "block_15_add": (142, "after 15 of 16 blocks"),
        },
    ),
    "efficientnetv2b0": _row(
        "EfficientNetV2B0",
        "A modern network whose shape was searched for speed (2021).",
        scaling=INSIDE,
        layers=270,
        parameters=5_919_312,
        multiply_adds=0.74e9,
        outputs=16.2e6,
        cuts={
            "block4c_add": (75, "after stage 4 of 6"),
            "block5e_add": (148, "after stage 5 of 6"),
            "block6h_add": (266, "after the last stage"),
        },
    ),
    "convnexttiny": _row(
        "ConvNeXtTiny",
        "A convolutional network built like a transformer (2022): modern and heavy.",
        scaling=INSIDE,
        layers=137,
        parameters=27_820_128,
        multiply_adds=4.5e9,
        outputs=31.8e6,
        cuts={
            "convnext_tiny_downsampling_conv_1": (49, "after stage 2 of 4"),
            "convnext_tiny_downsampling_conv_2": (114, "after stage 3 of 4"),
        },
    ),
}
