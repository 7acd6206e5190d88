"""Builders of augmentation steps: the only file that knows albumentations."""

import os

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # no call home at import

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray

REFLECT = cv2.BORDER_REFLECT_101  # mirrored edges: no black wedge that betrays the draw


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


class Composed:
    """A composed pipeline whose draw depends on nothing but the seed it is called with."""

    def __init__(self, transforms: list[A.BasicTransform]) -> None:
        self._compose = A.Compose(transforms)

    def __call__(self, image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return one draw of the same (H, W) shape."""
        self._compose.set_random_seed(seed)
        drawn: NDArray[np.uint8] = self._compose(image=image[..., np.newaxis])["image"]
        return drawn.reshape(image.shape)
