"""Deletion and insertion: does the score follow when pixels go, or come, in the order of heat?

Petsiuk, Das, Saenko 2018: RISE, section 4.2 (arXiv 1806.07421).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.explaining.occlusion import HOW
from engine.explaining.overlay import stretch
from engine.explaining.trust_baselines import CELLS, random_heat
from engine.words.options import Choice, build

Grey = NDArray[np.uint8]
Score = Callable[[NDArray[np.uint8]], NDArray[np.floating]]  # (n, s, s) -> (n,) of one class

STEPS = 12  # of the picture's pixels each
FILLINGS = {name: HOW[name] for name in ("blur", "mean", "black")}


@dataclass(frozen=True, eq=False)
class Curves:
    """One X-ray's scores while pixels go and come: (steps + 1,) each, at equal shares 0..1."""

    deletion: NDArray[np.float64]  # from the whole X-ray to none of it
    insertion: NDArray[np.float64]  # from none of it to the whole X-ray

    @property
    def deleted(self) -> float:
        """Area under the deletion curve, 0..1: the lower, the better the order."""
        return area(self.deletion)

    @property
    def inserted(self) -> float:
        """Area under the insertion curve, 0..1: the higher, the better the order."""
        return area(self.insertion)


def curves(
    score: Score,
    image: Grey,
    heat: NDArray[np.float32],
    filling: str = "blur",
    steps: int = STEPS,
    seed: int = 0,
) -> Curves:
    """Ask `score` about an image (s, s) with 0, 1, .. `steps` shares of its pixels taken.

    `heat` (any size) is stretched to the image. Raises CxrError for an unknown filling.
    """
    place = ranks(heat, (image.shape[0], image.shape[1]), seed)
    pairs = [covered(image, place, share, filling) for share in np.linspace(0, 1, steps + 1)]
    gone, come = (np.stack(part) for part in zip(*pairs, strict=True))
    given = np.asarray(score(np.concatenate([gone, come])), np.float64)
    return Curves(given[: steps + 1], given[steps + 1 :])


def covered(image: Grey, place: NDArray[np.intp], share: float, filling: str) -> tuple[Grey, Grey]:
    """Return an image without its first `share` of pixels in the order `place`, and only those."""
    empty = build(Choice(filling), FILLINGS, "filling", image, np.ones(image.shape, bool))
    taken = place < round(share * image.size)
    return np.where(taken, empty, image), np.where(taken, image, empty)


def ranks(heat: NDArray[np.float32], shape: tuple[int, int], seed: int = 0) -> NDArray[np.intp]:
    """Number the pixels of a picture (height, width) from the hottest, 0, on.

    Equal heat, such as all that a map leaves at zero, is ordered by a random map: an empty map
    gives the order of chance, not one from top to bottom.
    """
    chance = stretch(random_heat((CELLS, CELLS), seed), *shape)
    order = np.lexsort((-chance.ravel(), -stretch(heat, *shape).ravel()))
    place = np.empty(order.size, np.intp)
    place[order] = np.arange(order.size)
    return place.reshape(shape)


def area(scores: NDArray[np.floating]) -> float:
    """Area under scores at equal distances over 0..1, by the trapezoid rule."""
    return float(np.trapezoid(scores, dx=1 / (len(scores) - 1)))
