"""Painting patches over a picture: what the visitor drew, as boxes that Python can rely on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.vision.boxes import Box
from engine.words.errors import CxrError
from pages.shared import inline, state
from pages.shared.components.patch import MOST, patch
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np

SIDE = 800  # pixels of the longer side that are sent; the boxes are in shares


@dataclass(frozen=True)
class Painted:
    """The patches of one picture, and how often Python itself has put some there."""

    boxes: tuple[Box, ...] = ()
    asked: int = 0


def paint(picture: np.ndarray, key: str, label: str = "X-ray") -> tuple[Box, ...]:
    """Draw a picture (h, w) uint8 to paint on; return its patches, as they were at the release.

    `key` names the patches: they outlive a visit to another page, and stay when another picture is
    shown under the same key.
    """
    place = Key.PATCH.of("on", key)

    def changed(told: object) -> None:
        state.put(Key.PATCH.of(key), Painted(_read(told), _painted(key).asked))

    height, width = picture.shape
    painted = _painted(key)
    patch(
        inline.address(_shrunk(picture)),
        width / height,
        [(box.left, box.top, box.right, box.bottom) for box in painted.boxes],
        painted.asked,
        f"{label}: draw patches over it",
        changed,
        place,
    )
    return painted.boxes


def boxes(key: str) -> tuple[Box, ...]:
    """Return the patches of a picture without drawing it."""
    return _painted(key).boxes


def put(key: str, boxes: Sequence[Box]) -> None:
    """Replace the patches of a picture, before it is drawn or in a callback; Undo brings back."""
    state.put(Key.PATCH.of(key), Painted(tuple(boxes[:MOST]), _painted(key).asked + 1))


def _painted(key: str) -> Painted:
    kept = state.get(Key.PATCH.of(key))
    return kept if isinstance(kept, Painted) else Painted()


def _read(told: object) -> tuple[Box, ...]:
    """What a browser sent, as boxes; what is none is left out, for anyone may send anything."""
    found = []
    for entry in told if isinstance(told, list | tuple) else ():
        try:
            left, top, right, bottom = (min(max(float(edge), 0.0), 1.0) for edge in entry)
            if all(map(math.isfinite, (left, top, right, bottom))):
                found.append(Box(left, top, right, bottom))
        except (TypeError, ValueError, CxrError):
            continue
    return tuple(found[:MOST])


def _shrunk(picture: np.ndarray) -> np.ndarray:
    import cv2

    longest = max(picture.shape)
    if longest <= SIDE:
        return picture
    height, width = (max(1, round(length * SIDE / longest)) for length in picture.shape)
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
