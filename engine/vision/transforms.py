"""Builders of augmentation steps: the only file that knows albumentations."""

import os
import random

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # no call home at import

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray

REFLECT = cv2.BORDER_REFLECT_101  # mirrored edges: no black wedge that betrays the draw
LANCZOS = cv2.INTER_LANCZOS4

# Pictures of this size are too small to share: on many cores OpenCV's own threads made a draw cost
# up to twice the processor time, which training then lacked.
cv2.setNumThreads(1)


def contrast(limit: float) -> A.BasicTransform:
    """Scale grey values by a factor from 1 - limit to 1 + limit."""
    return A.RandomBrightnessContrast(brightness_limit=0, contrast_limit=limit, p=1)


def brightness(limit: float) -> A.BasicTransform:
    """Add up to `limit` of the grey range."""
    return A.RandomBrightnessContrast(brightness_limit=limit, contrast_limit=0, p=1)


def shift(limit: float) -> A.BasicTransform:
    """Move by up to `limit` of the width and of the height."""
    span = {"x": (-limit, limit), "y": (-limit, limit)}
    return A.Affine(translate_percent=span, scale=1, border_mode=REFLECT, p=1)


def zoom(limit: float) -> A.BasicTransform:
    """Scale both sides by a factor from 1 - limit to 1 + limit."""
    return A.Affine(
        scale=(1 - limit, 1 + limit), keep_ratio=True, translate_px=0, border_mode=REFLECT, p=1
    )


def rotate(limit: float) -> A.BasicTransform:
    """Turn by up to `limit` degrees either way."""
    return A.Rotate(limit=(-limit, limit), border_mode=REFLECT, p=1)


def report_a() -> A.BaseCompose:
    """Report A's pipeline for copies of the rarer class, in today's names of the arguments.

    `alpha=1` with `sigma=50` moves a pixel by about 0.01 and never by 0.2, so the approximate
    field serves as well and costs a sixth. The noise's variance was 10 to 50 on grey values.
    """
    return A.Sequential(
        [
            A.CropAndPad(
                percent=-0.15,
                keep_size=False,
                sample_independently=True,
                interpolation=LANCZOS,
                p=0.5,
            ),
            A.Rotate(limit=18, border_mode=REFLECT, p=0.5),
            A.RandomBrightnessContrast(0.2, 0.2, p=0.5),
            A.RandomScale(0.1, p=0.5),
            A.ElasticTransform(alpha=1, sigma=50, approximate=True, border_mode=REFLECT, p=0.5),
            A.GaussNoise(std_range=(10**0.5 / 255, 50**0.5 / 255), p=0.5),
        ],
        p=1,
    )


class Composed:
    """A composed pipeline whose draw depends on nothing but the seed it is called with."""

    def __init__(self, transforms: list[A.BasicTransform | A.BaseCompose]) -> None:
        self._compose = A.Compose(transforms)

    def __call__(self, image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return one draw of the same (H, W) shape."""
        # set_random_seed would seed every step alike, and what is turned to the left would always
        # be the paler too: the steps take turns at one generator instead.
        self._compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
        drawn = np.asarray(self._compose(image=image[..., np.newaxis])["image"])
        if drawn.shape[:2] != image.shape:  # a step may cut or scale
            drawn = np.asarray(cv2.resize(drawn, image.shape[::-1], interpolation=LANCZOS))
        return drawn.reshape(image.shape)
