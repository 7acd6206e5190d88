"""Covering parts of a picture, to see whether the score depends on them.

A cover is itself something that the network never saw: each way to cover says what it does to a
score by itself, and when it misleads.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.boxes import Box as Box
from engine.vision.boxes import mask
from engine.words.errors import CxrError
from engine.words.options import Choice, Option, build

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

HERE = "engine.explaining.occlusion"
DEFAULT = "mean"
HOW = {
    "black": Option(
        "Black",
        "Value 0, as where nothing stopped the X-rays. The strongest cover: it takes away what "
        "was there and adds four sharp edges, so it often moves a score wherever it lies.",
        f"{HERE}:black",
        harms="A black box is itself something the network never saw. Black is also how air "
        "looks: over a white lung it can pass for a healthy one.",
    ),
    "mean": Option(
        "Mean grey",
        "The picture's mean grey: about as bright as before on the whole, with edges that are "
        "softer than black ones. The usual first choice (Zeiler and Fergus 2014).",
        f"{HERE}:mean",
        harms="A flat grey square exists in no X-ray, and over a dark lung it is brighter than "
        "what it covers: its haze can look like an opacity and raise the score.",
    ),
    "blur": Option(
        "Blur",
        "Keeps how bright it is there and takes away lines and texture: no new edges, so the "
        "score moves little by the cover itself.",
        f"{HERE}:blur",
        harms="Only detail is hidden. A large white opacity stays as white as it was, so a score "
        "that does not move does not show that the place is unimportant.",
    ),
    "noise": Option(
        "Noise",
        "Grains with the picture's own mean and spread of grey: nothing can be recognised, but "
        "there is a lot of texture, and a score often moves by that alone.",
        f"{HERE}:noise",
        harms="Networks read texture. A score that jumps may answer the grains and not what they "
        "hide, so compare it with a random place.",
    ),
    "mirror": Option(
        "Mirrored",
        "What lies at the same place on the other side of the chest: real anatomy, hardly an "
        "edge, so the score moves little where both sides are alike.",
        f"{HERE}:mirror",
        harms="The heart lies on one side, and disease on the other side is copied in. A patch "
        "over the middle line only turns what was there around and hides nothing.",
    ),
    "inpaint": Option(
        "Filled in",
        "Continues the surroundings into the patch (Telea 2004, in OpenCV): no edges and no "
        "grain, so that the cover itself says as little as can be.",
        f"{HERE}:inpaint",
        harms="It invents. Disease that reaches over the patch's edge flows back in, and a large "
        "patch becomes a smooth smear that can look like fluid.",
    ),
}

SMALL, TINY = 256, 96  # pixels of the longer side on which smooth covers are computed
BLURRED = 1 / 16  # of the longer side is the blur's sigma: ribs and vessels go
GRAINS = 112  # a side: finer ones would average out where the network sees a small square
RADIUS = 4.0  # pixels around a point that Telea's method looks at


def cover(image: Grey, boxes: Sequence[Box], how: str = DEFAULT) -> Grey:
    """Return the picture (h, w) uint8 with what lies inside `boxes` replaced, by a row of HOW.

    Everything outside keeps its pixels. Raises CxrError on another kind of array, NotFound on an
    unknown way.
    """
    if image.ndim != 2 or image.dtype != np.uint8 or not image.size:
        raise CxrError(
            f"Covering takes a grey picture (height, width) of type uint8, got shape {image.shape} "
            f"of type {image.dtype}. Decode the file first."
        )
    inside = mask(boxes, *image.shape)
    filled = build(Choice(how), HOW, "cover", image, inside)
    return np.where(inside, filled, image)


def share(boxes: Sequence[Box]) -> float:
    """The share of the picture (0..1) that boxes cover together, overlaps counted once."""
    return float(mask(boxes, SMALL, SMALL).mean())


def black(image: Grey, inside: Mask) -> Grey:
    """Value 0 everywhere."""
    return np.zeros_like(image)


def mean(image: Grey, inside: Mask) -> Grey:
    """The mean grey of the whole picture."""
    return np.full_like(image, round(float(image.mean())))


def blur(image: Grey, inside: Mask) -> Grey:
    """Smoothed until ribs and vessels are gone."""
    little = _small(image, TINY)
    return _large(cv2.GaussianBlur(little, (0, 0), BLURRED * max(little.shape)), image)


def noise(image: Grey, inside: Mask) -> Grey:
    """Grains with the picture's mean and spread; the same ones each time."""
    height, width = image.shape
    scale = min(1.0, GRAINS / max(height, width))
    sides = max(1, round(height * scale)), max(1, round(width * scale))
    drawn = np.random.default_rng(0).normal(float(image.mean()), float(image.std()), sides)
    grains = np.clip(np.rint(drawn), 0, 255).astype(np.uint8)
    enlarged = cv2.resize(grains, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(enlarged, np.uint8)


def mirror(image: Grey, inside: Mask) -> Grey:
    """The picture turned left to right."""
    return image[:, ::-1]


def inpaint(image: Grey, inside: Mask) -> Grey:
    """The surroundings continued into `inside`; the mean where there are none."""
    if inside.all():
        return mean(image, inside)
    little = _small(image)
    height, width = little.shape
    hole = cv2.resize(inside.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA)
    # What is covered even in part must not flow back in.
    hole = cv2.dilate(np.asarray(hole, np.uint8), np.ones((3, 3), np.uint8))
    if hole.all():
        return mean(image, inside)
    return _large(cv2.inpaint(little, hole, RADIUS, cv2.INPAINT_TELEA), image)


def _small(image: Grey, side: int = SMALL) -> Grey:
    height, width = image.shape
    scale = side / max(height, width)
    if scale >= 1:
        return image
    sides = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, sides, interpolation=cv2.INTER_AREA), np.uint8)


def _large(little: NDArray[Any], image: Grey) -> Grey:
    height, width = image.shape
    enlarged = cv2.resize(little, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged, np.uint8)
