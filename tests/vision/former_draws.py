"""Draws as they were made before steps were written as data: what finished runs were trained on."""

import os
import random

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

import albumentations as A
import cv2
import numpy as np

from engine.words.options import Choice

REFLECT, LANCZOS = cv2.BORDER_REFLECT_101, cv2.INTER_LANCZOS4


def report_a() -> A.BaseCompose:
    cut = {"keep_size": False, "sample_independently": True, "interpolation": LANCZOS}
    return A.Sequential(
        [
            A.CropAndPad(percent=-0.15, **cut, p=0.5),
            A.Rotate(limit=18, border_mode=REFLECT, p=0.5),
            A.RandomBrightnessContrast(0.2, 0.2, p=0.5),
            A.RandomScale(0.1, p=0.5),
            A.ElasticTransform(alpha=1, sigma=50, approximate=True, border_mode=REFLECT, p=0.5),
            A.GaussNoise(std_range=(10**0.5 / 255, 50**0.5 / 255), p=0.5),
        ],
        p=1,
    )


FORMER = {
    "contrast": lambda n: A.RandomBrightnessContrast(brightness_limit=0, contrast_limit=n, p=1),
    "brightness": lambda n: A.RandomBrightnessContrast(brightness_limit=n, contrast_limit=0, p=1),
    "shift": lambda n: A.Affine(
        translate_percent={"x": (-n, n), "y": (-n, n)}, scale=1, border_mode=REFLECT, p=1
    ),
    "zoom": lambda n: A.Affine(
        scale=(1 - n, 1 + n), keep_ratio=True, translate_px=0, border_mode=REFLECT, p=1
    ),
    "rotate": lambda n: A.Rotate(limit=(-n, n), border_mode=REFLECT, p=1),
}


class Former:
    """The pipeline of old; steps are of the first six and carry all their knobs."""

    def __init__(self, steps: tuple[Choice, ...]) -> None:
        built = [
            report_a() if step.name == "report_a" else FORMER[step.name](step.kwargs["limit"])
            for step in steps
        ]
        self._compose = A.Compose(built)

    def __call__(self, image: np.ndarray, seed: int) -> np.ndarray:
        self._compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
        drawn = np.asarray(self._compose(image=image[..., np.newaxis])["image"])
        if drawn.shape[:2] != image.shape:
            drawn = np.asarray(cv2.resize(drawn, image.shape[::-1], interpolation=LANCZOS))
        return drawn.reshape(image.shape)
