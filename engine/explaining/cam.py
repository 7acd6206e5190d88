"""Heat maps: which parts of an image raise the score of a class, by any method of the table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.explaining.halves import AT_ONCE
from engine.explaining.layers import CamLayer, cam_layers, choose_layer
from engine.explaining.methods import METHODS, completed, has_layer
from engine.words.errors import CxrError
from engine.words.options import Choice

__all__ = ["METHODS", "CamLayer", "CamResult", "cam", "cam_layers", "cams", "choose_layer"]

Progress = Callable[[int, int], object]  # done, total; it may raise Cancelled


@dataclass(frozen=True)
class CamResult:
    """A heat map at the layer's own resolution, or at the picture's where `layer` is None.

    `heat` (rows, columns) float32 is the positive part of the raw map over `raw_max`, so 0..1;
    all zero where `empty`. `raw_min` and `raw_max` are the raw map's, before its negative part
    is dropped: below zero a cell lowers the score.
    """

    heat: NDArray[np.float32]
    raw_min: float
    raw_max: float
    empty: bool
    layer: CamLayer | None
    method: str


def cam(
    model: Any,
    image: NDArray[np.uint8],
    class_index: int,
    method: str | Choice = "gradcam",
    layer: int | None = None,
) -> CamResult:
    """Compute the map of an image (size, size) uint8, as the network sees it, for one class.

    The score is the one before softmax or sigmoid, an ensemble's mean score. One sigmoid unit
    speaks for class 1; class 0 is its negative. A method by name has its default knobs. Raises
    CxrError on a wrong size, class, layer or method.
    """
    return cams(model, image[None], [class_index], method, layer)[0]


def cams(
    model: Any,
    images: NDArray[np.uint8],
    class_indices: Sequence[int] | NDArray[np.intp],
    method: str | Choice = "gradcam",
    layer: int | None = None,
    progress: Progress | None = None,
) -> list[CamResult]:
    """Compute the maps of images (n, size, size) uint8, each for its own class (n,); see `cam`.

    Several images pass at once, and an image's map is the one that it gets alone.
    """
    classes = np.asarray(class_indices, np.intp).reshape(-1)
    _check(model, images, classes)
    choice = completed(method)
    layered = has_layer(choice)
    chosen = choose_layer(cam_layers(model), layer) if layered else None
    if not len(images):
        return []
    build = METHODS[choice.name].load()
    found: list[CamResult] = []
    for start in range(0, len(images), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        index = chosen.index if chosen else None
        maps = build(model, images[part], classes[part], index, **choice.kwargs)
        found += [_result(raw, chosen, choice.name) for raw in maps]
        if progress:
            progress(len(found), len(images))
    return found


def _result(raw: NDArray[np.float32], layer: CamLayer | None, method: str) -> CamResult:
    if not np.isfinite(raw).all():
        raise CxrError(
            "The network's gradients are not finite for this image: its weights may have diverged "
            "in training. Train the run again with a lower learning rate."
        )
    low, high = float(raw.min()), float(raw.max())
    # Below this the positive part is rounding noise; stretching it would invent a finding.
    empty = high <= max(1e-12, 1e-6 * abs(low))
    heat = np.zeros_like(raw) if empty else np.maximum(raw, 0) / high
    return CamResult(heat.astype(np.float32), low, high, empty, layer, method)


def _check(model: Any, images: NDArray[np.uint8], classes: NDArray[np.intp]) -> None:
    expected = tuple(model.input_shape[1:3])
    if images.shape[1:] != expected:
        raise CxrError(
            f"The network takes images of {expected[0]} x {expected[1]} pixels, got an array of "
            f"shape {images.shape[1:]}. Preprocess the image with the run's recipe first."
        )
    if len(classes) != len(images):
        raise CxrError(f"Each of {len(images)} images needs a class, got {len(classes)} classes.")
    count = max(2, int(model.output_shape[-1]))
    for index in classes[(classes < 0) | (classes >= count)]:
        raise CxrError(f"class_index must be 0 to {count - 1}, got {index}.")
