"""Builders of augmentation steps: the only file that knows albumentations.

A builder returns a `Call`: what is to be built, as data. The pipeline and the code that is shown
come from the same calls, so they cannot differ.
"""

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # no call home at import

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray

REFLECT = cv2.BORDER_REFLECT_101  # mirrored edges: no black wedge that betrays the draw
LANCZOS = cv2.INTER_LANCZOS4
HOLE = -1.0  # what a tracked place becomes under a blackened box

# Pictures of this size are too small to share: on many cores OpenCV's own threads made a draw cost
# up to twice the processor time, which training then lacked.
cv2.setNumThreads(1)


@dataclass(frozen=True)
class Call:
    """A transform of albumentations by name, with its arguments and the transforms within it."""

    name: str
    args: dict[str, Any]
    inner: tuple["Call", ...] = ()

    def build(self) -> Any:
        """Return the transform."""
        made = getattr(A, self.name)
        return (
            made([call.build() for call in self.inner], **self.args)
            if self.inner
            else made(**self.args)
        )


def _call(name: str, **args: Any) -> Call:
    return Call(name, args)


def contrast(limit: float) -> Call:
    """Scale grey values by a factor from 1 - limit to 1 + limit."""
    return _call("RandomBrightnessContrast", brightness_limit=0, contrast_limit=limit, p=1)


def brightness(limit: float) -> Call:
    """Add up to `limit` of the grey range."""
    return _call("RandomBrightnessContrast", brightness_limit=limit, contrast_limit=0, p=1)


def shift(limit: float) -> Call:
    """Move by up to `limit` of the width and of the height."""
    span = {"x": (-limit, limit), "y": (-limit, limit)}
    return _call("Affine", translate_percent=span, scale=1, border_mode=REFLECT, p=1)


def zoom(limit: float) -> Call:
    """Scale both sides by a factor from 1 - limit to 1 + limit."""
    span = (1 - limit, 1 + limit)
    return _call("Affine", scale=span, keep_ratio=True, translate_px=0, border_mode=REFLECT, p=1)


def rotate(limit: float) -> Call:
    """Turn by up to `limit` degrees either way."""
    return _call("Rotate", limit=(-limit, limit), border_mode=REFLECT, p=1)


def report_a() -> Call:
    """Report A's pipeline for copies of the rarer class, in today's names of the arguments.

    `alpha=1` with `sigma=50` moves a pixel by about 0.01 and never by 0.2, so the approximate
    field serves as well and costs a sixth. The noise's variance was 10 to 50 on grey values.
    """
    cut = {"percent": -0.15, "keep_size": False, "sample_independently": True}
    warp = {"alpha": 1, "sigma": 50, "approximate": True, "border_mode": REFLECT}
    parts = (
        _call("CropAndPad", **cut, interpolation=LANCZOS, p=0.5),
        _call("Rotate", limit=18, border_mode=REFLECT, p=0.5),
        _call("RandomBrightnessContrast", brightness_limit=0.2, contrast_limit=0.2, p=0.5),
        _call("RandomScale", scale_limit=0.1, p=0.5),
        _call("ElasticTransform", **warp, p=0.5),
        _call("GaussNoise", std_range=(10**0.5 / 255, 50**0.5 / 255), p=0.5),
    )
    return Call("Sequential", {"p": 1}, parts)


def shear(limit: float, chance: float) -> Call:
    """Lean by up to `limit` degrees either way."""
    span = {"x": (-limit, limit), "y": (0, 0)}
    return _call("Affine", shear=span, scale=1, border_mode=REFLECT, p=chance)


def stretch(limit: float, chance: float) -> Call:
    """Scale width and height, each by a factor of its own from 1 - limit to 1 + limit."""
    span = {"x": (1 - limit, 1 + limit), "y": (1 - limit, 1 + limit)}
    return _call("Affine", scale=span, translate_px=0, border_mode=REFLECT, p=chance)


def crop(limit: float, chance: float) -> Call:
    """Cut or add up to `limit` at each side on its own; what is added mirrors the edge."""
    how = {"sample_independently": True, "keep_size": True, "border_mode": REFLECT}
    return _call("CropAndPad", percent=(-limit, limit), **how, p=chance)


def grid(limit: float, cells: int, chance: float) -> Call:
    """Change the sides of a grid's cells by up to `limit`."""
    span = (-limit, limit)
    return _call(
        "GridDistortion", num_steps=cells, distort_limit=span, border_mode=REFLECT, p=chance
    )


def elastic(limit: float, chance: float) -> Call:
    """Bend by a thin-plate spline (Bookstein 1989), the same for a picture of any size.

    The usual elastic transform draws a field pixel by pixel: at another size it is another draw.
    """
    span = (0.0, limit)
    return _call("ThinPlateSpline", scale_range=span, border_mode=REFLECT, p=chance)


def flip(chance: float) -> Call:
    """Mirror left to right."""
    return _call("HorizontalFlip", p=chance)


def gamma(limit: float, chance: float) -> Call:
    """Raise grey values (0..1) to a power from 1 - limit to 1 + limit."""
    span = (100 * (1 - limit), 100 * (1 + limit))
    return _call("RandomGamma", gamma_limit=span, p=chance)


def heel(limit: float, chance: float) -> Call:
    """Lighten or darken along a line of any direction, by up to `limit` at its end."""
    return _call("Illumination", mode="linear", intensity_range=(0.01, limit), p=chance)


def clahe(limit: float, tiles: int, chance: float) -> Call:
    """Equalise locally with a clip limit from 1 to `limit` (Zuiderveld 1994)."""
    return _call("CLAHE", clip_limit=(1.0, limit), tile_grid_size=(tiles, tiles), p=chance)


def noise(limit: float, chance: float) -> Call:
    """Add Gaussian noise of a standard deviation up to `limit` of the grey range."""
    return _call("GaussNoise", std_range=(0.0, limit), p=chance)


def blur(limit: float, chance: float) -> Call:
    """Convolve with a Gaussian of a sigma from 0.1 to `limit` pixels."""
    return _call("GaussianBlur", blur_limit=0, sigma_limit=(0.1, limit), p=chance)


def motion(length: int, chance: float) -> Call:
    """Smear along a line of 3 to `length` pixels (odd) in any direction."""
    return _call("MotionBlur", blur_limit=(3, length - 1 + length % 2), p=chance)


def coarse(smallest: float, chance: float) -> Call:
    """Shrink to a size from `smallest` to 0.99 of each side, and back."""
    return _call("Downscale", scale_range=(smallest, 0.99), p=chance)


def jpeg(quality: int, chance: float) -> Call:
    """Compress as JPEG of a quality from `quality` to 95."""
    return _call("ImageCompression", quality_range=(quality, 95), p=chance)


def dropout(boxes: int, side: float, chance: float) -> Call:
    """Blacken 1 to `boxes` boxes of sides from 0.02 to `side` of the picture's."""
    sides = {"hole_height_range": (0.02, side), "hole_width_range": (0.02, side)}
    return _call(
        "CoarseDropout", num_holes_range=(1, boxes), **sides, fill=0, fill_mask=HOLE, p=chance
    )


def draw(pipeline: A.Compose, image: np.ndarray, seed: int) -> np.ndarray:
    """Return the draw of a grey picture (H, W) uint8 that the seed determines."""
    # set_random_seed would seed every step alike, and what is turned to the left would always
    # be the paler too: the steps take turns at one generator instead.
    pipeline.set_random_state(np.random.default_rng(seed), random.Random(seed))
    drawn = np.asarray(pipeline(image=image[..., np.newaxis])["image"])
    if drawn.shape[:2] != image.shape:  # a step may cut or scale
        drawn = cv2.resize(drawn, image.shape[::-1], interpolation=cv2.INTER_LANCZOS4)
    return drawn.reshape(image.shape)


class Composed:
    """A composed pipeline whose draw depends on nothing but the seed it is called with."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._compose = A.Compose([call.build() for call in calls])

    def __call__(self, image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return one draw of the same (H, W) shape."""
        return draw(self._compose, image, seed)

    def follow(self, places: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
        """Return where the places of a picture (H, W) go in a draw: no value is ever mixed.

        Blackened places are HOLE.
        """
        self._compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
        blank = np.zeros((*places.shape, 1), np.uint8)
        moved = np.asarray(self._compose(image=blank, mask=places)["mask"])
        if moved.shape != places.shape:
            moved = cv2.resize(moved, places.shape[::-1], interpolation=cv2.INTER_NEAREST)
        return np.asarray(moved, np.float32)

    def drawn(self) -> list[list[tuple[str, dict[str, Any]]]]:
        """Return what each step did in the last draw: (transform's name, its parameters)."""
        return [list(_applied(step)) for step in self._compose.transforms]


def _applied(step: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(step, A.BaseCompose):
        for inner in step.transforms:
            yield from _applied(inner)
    elif step.params:
        yield type(step).__name__, step.params
