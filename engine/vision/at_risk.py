"""How much of a disease a pipeline cuts out of the picture, measured on phantoms with their masks.

Places of the opacity are numbered in cells of a few pixels and followed through each draw: a cell
of which nothing is left in the picture is lost. So mirrored edges count for nothing, and a picture
that is merely shrunk loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.augmentation import Pipeline
from engine.vision.phantom import Phantom, draw
from engine.words.options import Choice

CELL = 32  # cells along a side
PATIENTS = (6, 7, 9, 13, 24, 38)  # with dense patches in different lobes
SIZE = 128  # pixels that are enough to measure on
DRAWS = 20
HALF = 0.5
_BLANK = np.zeros((32, 32), np.uint8)


@dataclass(frozen=True)
class Risk:
    """What draws of a pipeline took from opacities.

    `lost` (patients, draws) is the share of each opacity that a draw cuts off, 0 to 1; `mirrored`
    (draws,) whether it shows the chest as in a mirror.
    """

    lost: NDArray[np.float64]
    mirrored: NDArray[np.bool_]

    @property
    def worst(self) -> tuple[int, int]:
        """Patient (position) and draw that lost most."""
        patient, number = np.unravel_index(int(self.lost.argmax()), self.lost.shape)
        return int(patient), int(number)


def measure(
    steps: tuple[Choice, ...],
    patients: Sequence[int] = PATIENTS,
    draws: int = DRAWS,
    first: int = 0,
    size: int = SIZE,
) -> Risk:
    """Follow the opacities of phantoms with a bacterial pneumonia through draws of a pipeline.

    `first` is the seed of the first draw; the others follow.
    """
    pipeline = Pipeline(steps)
    places = [cells(_phantom(patient, size)) for patient in patients]
    seeds = range(first, first + draws)
    left = [still_there(pipeline, seed, (size, size)) for seed in seeds]  # alike for all of them
    lost = [[share_lost(one, there) for there in left] for one in places]
    return Risk(np.array(lost), np.array([mirrored(pipeline, seed) for seed in seeds]))


@lru_cache(maxsize=32)
def _phantom(patient: int, size: int) -> Phantom:
    return draw(patient, "bacterial", size)


def cells(phantom: Phantom) -> NDArray[np.float32]:
    """Number the cells that the opacity covers, from 1; 0 is elsewhere. (H, W)."""
    height, width = phantom.mask.shape
    rows, columns = np.mgrid[:height, :width]
    numbers = rows * CELL // height * CELL + columns * CELL // width + 1
    return np.where(phantom.mask, numbers, 0).astype(np.float32)


def still_there(pipeline: Pipeline, seed: int, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which places of a picture (H, W) a draw shows."""
    numbers = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
    moved = pipeline.follow(numbers, seed)
    there = np.zeros(numbers.size, bool)
    there[moved[moved >= 0].astype(np.intp)] = True
    return there.reshape(shape)


def share_lost(places: NDArray[np.float32], there: NDArray[np.bool_]) -> float:
    """Return the share of the numbered cells of which nothing is there any more."""
    numbers = places.astype(np.intp)
    covered = np.bincount(numbers.ravel(), minlength=2)[1:] > 0
    left = np.bincount(numbers[there], minlength=len(covered) + 1)[1:] > 0
    return float((~left[covered]).mean()) if covered.any() else 0.0


def mirrored(pipeline: Pipeline, seed: int) -> bool:
    """Tell whether a draw shows left as right."""
    flips = [told for told in pipeline.look(_BLANK, seed).told if told.step == "flip" and told.text]
    return len(flips) % 2 == 1


def before_and_after(
    steps: tuple[Choice, ...], patient: int, seed: int, size: int, colour: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a phantom and its draw as RGB pictures, the opacity outlined in `colour`.

    In the first one, what the draw cuts off is tinted.
    """
    phantom, pipeline = _phantom(patient, size), Pipeline(steps)
    places = cells(phantom)
    there = still_there(pipeline, seed, places.shape)
    left = np.isin(places, np.unique(places[there]))
    before = _outlined(phantom.image, phantom.mask, colour)
    gone = phantom.mask & ~left
    before[gone] = (0.5 * before[gone] + 0.5 * np.array(colour)).astype(np.uint8)
    moved = pipeline.follow(places, seed)
    return before, _outlined(pipeline(phantom.image, seed), moved > 0, colour)


def _outlined(
    image: NDArray[np.uint8], mask: NDArray[np.bool_], colour: tuple[int, int, int]
) -> NDArray[np.uint8]:
    picture = np.ascontiguousarray(np.repeat(image[..., np.newaxis], 3, axis=2))
    rims, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, rims, -1, colour, 2)
    return picture


def sentence(risk: Risk) -> str:
    """Say what the draws took from the label's reason."""
    patients, draws = risk.lost.shape
    count, gone = risk.lost.size, int((risk.lost >= HALF).sum())
    if not risk.lost.any():
        said = f"No draw cut off any of the opacity ({count:,} draws of {patients} phantoms)."
    else:
        said = (
            f"In {count:,} draws of {patients} phantoms with pneumonia a draw cut off "
            f"{risk.lost.mean():.1%} of the opacity on average and {risk.lost.max():.0%} at worst; "
            + (f"in {gone:,} of them" if gone else "never was")
            + " half of it or more"
            + (" was gone, and the label stayed." if gone else " gone.")
        )
    if risk.mirrored.any():
        said += (
            f" {int(risk.mirrored.sum())} of {draws} draws mirror the chest: the heart points to "
            "the wrong side, and the R marker is a mirrored R on the left."
        )
    return said
