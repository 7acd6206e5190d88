"""What a chain of steps did to a picture, in numbers, as a picture and in a sentence."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

MIDDLE = 128  # of a difference image: nothing changed


@dataclass(frozen=True)
class Levels:
    """A picture's grey values 0..255: mean, standard deviation, shares of pure black and white."""

    mean: float
    deviation: float
    black: float
    white: float


@dataclass(frozen=True)
class Difference:
    """What changed: a picture (middle grey: nothing; white: `most` levels brighter), in levels."""

    picture: Grey
    average: float
    most: int


def histogram(image: Grey) -> NDArray[np.float64]:
    """Return the share of the pixels at each of the 256 grey values."""
    counts = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel()
    return np.asarray(counts / image.size, np.float64)


def levels(image: Grey) -> Levels:
    """Return what a picture's grey values are like."""
    shares = histogram(image)
    values = np.arange(256)
    mean = float(shares @ values)
    variance = float(shares @ (values - mean) ** 2)
    return Levels(mean, variance**0.5, float(shares[0]), float(shares[-1]))


def difference(before: Grey, after: Grey) -> Difference:
    """Compare two pictures of one size."""
    change = after.astype(np.int16) - before
    most = int(np.abs(change).max())
    shown = np.rint(MIDDLE + change * ((MIDDLE - 1) / max(1, most))).astype(np.uint8)
    return Difference(shown, float(np.abs(change).mean()), most)


def contrast_sentence(before: Grey, after: Grey) -> str:
    """Say how the grey values moved."""
    was, now = levels(before), levels(after)
    return (
        f"Mean brightness {was.mean:.0f} became {now.mean:.0f} of 255 and the spread (standard "
        f"deviation) {was.deviation:.0f} became {now.deviation:.0f}; {_percent(now.black)} of the "
        f"pixels are pure black now (before {_percent(was.black)}), {_percent(now.white)} pure "
        f"white (before {_percent(was.white)})."
    )


def difference_sentence(found: Difference) -> str:
    """Say how much changed and how the difference image is to be read."""
    if not found.most:
        return "No pixel changed: these steps leave the grey values of this X-ray as they are."
    return (
        f"An average pixel changed by {found.average:.1f} of 255 grey levels, the most changed one "
        f"by {found.most}. Middle grey: unchanged; white: {found.most} levels brighter; black: "
        f"{found.most} levels darker."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share == 0 or share >= 0.01 else "under 1%"
