"""Heat maps of many X-rays as one: their mean, how far they agree, how two groups differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.explaining.cam import CamResult
from engine.explaining.overlay import stretch
from engine.words.errors import CxrError
from engine.words.files import digest

Grey = NDArray[np.uint8]  # (size, size), what the network sees
Places = NDArray[np.intp]
Shares = NDArray[np.float64]  # of a map's heat, the sum over all pixels is 1

SMALL = 10  # maps under which a mean says more about these X-rays than about their kind
GRID = 9  # cells a side in which two groups are compared: pixels would differ by noise
SHUFFLES = 300
EDGE = 0.1  # of a side: the margin in which borders and markers lie


@dataclass(frozen=True, eq=False)
class Average:
    """The mean of several maps in the network's square, each counted alike.

    `shares` (size, size) is the mean of each map's share of its own heat: it sums to 1, or is all
    zero where every map is empty. Empty maps are in `images` and `xray`, not in `shares`.
    """

    shares: Shares
    xray: Grey  # the mean of all X-rays
    ninths: NDArray[np.int64]  # (3, 3): how many maps are warmest there
    grids: Shares  # (maps, GRID, GRID): each map's shares
    images: int
    empty: int

    @property
    def maps(self) -> int:
        """How many maps are in the mean."""
        return self.images - self.empty

    @property
    def peak(self) -> float:
        """The hottest pixel, in times what it would have if the heat were even; 0 without heat."""
        return float(self.shares.max() * self.shares.size)

    @property
    def heat(self) -> NDArray[np.float32]:
        """The mean as a heat map 0..1 of its own hottest pixel, (size, size)."""
        return (self.shares / (self.shares.max() or 1.0)).astype(np.float32)

    @property
    def parts(self) -> Shares:
        """How much of the mean's heat lies in each ninth of the picture, (3, 3)."""
        return thirds(self.shares)

    @property
    def edge(self) -> tuple[float, float]:
        """How much of the mean's heat lies at the picture's edge, and how much even heat would."""
        size = len(self.shares)
        margin = max(1, round(EDGE * size))
        inside = slice(margin, size - margin)
        outside = float(self.shares.sum() - self.shares[inside, inside].sum())
        return outside, 1 - (1 - 2 * margin / size) ** 2


@dataclass(frozen=True, eq=False)
class Difference:
    """How the mean maps of two groups differ.

    `moved` is the share of heat (0..1) that lies elsewhere in the one than in the other, in cells
    of GRID x GRID; `chance` what 95% of random groups of the same sizes stay under, and
    `p` how many of them reach `moved`. X-rays count as independent.
    """

    shares: Shares  # (size, size): the one's minus the other's
    moved: float
    chance: float
    p: float
    sizes: tuple[int, int]  # maps

    @property
    def clear(self) -> bool:
        """Whether it is more than chance makes of groups that do not differ."""
        return self.p < 0.05


def drawn(image_ids: Sequence[str] | NDArray[np.object_], most: int) -> Places:
    """Return which `most` of these images to average, in their order: by lot, always the same.

    The lot hangs on the image alone, so that those drawn of a whole are, each in its part, among
    those drawn of that part, and more are the fewer and others.
    """
    lots = np.array([digest(image_id.encode()) for image_id in image_ids])
    return np.sort(np.argsort(lots, kind="stable")[:most])


def sampled(
    image_ids: NDArray[np.object_], groups: Mapping[str, Places], most: int
) -> tuple[Places, dict[str, tuple[int, ...]]]:
    """Draw at most so many images of each group of places in `image_ids`, as `drawn` does.

    Returns the places of all of them, and for each group that holds any its own, as places in
    those.
    """
    own = {
        key: places[drawn(image_ids[places], most)] for key, places in groups.items() if len(places)
    }
    union = np.unique(np.concatenate([np.empty(0, np.intp), *own.values()]))
    members = {key: np.searchsorted(union, np.sort(places)) for key, places in own.items()}
    return union, {key: tuple(map(int, places)) for key, places in members.items()}


def average(images: Sequence[Grey], results: Sequence[CamResult]) -> Average:
    """Return the mean of the maps of X-rays (size, size); raises CxrError where there are none."""
    if not len(images) or len(images) != len(results):
        raise CxrError(
            "A mean needs one heat map for each X-ray and at least one of them; "
            f"got {len(images):,} X-rays and {len(results):,} maps."
        )
    size = images[0].shape[0]
    total, xray = np.zeros((size, size)), np.zeros((size, size))
    grids, ninths = [], np.zeros((3, 3), np.int64)
    for image, result in zip(images, results, strict=True):
        xray += image
        if result.empty:
            continue
        own = shares(result, size)
        total += own
        grids.append(_coarse(own))
        ninths.flat[int(thirds(own).argmax())] += 1
    maps = len(grids)
    return Average(
        total / max(maps, 1),
        np.rint(xray / len(images)).astype(np.uint8),
        ninths,
        np.array(grids).reshape(maps, GRID, GRID),
        len(images),
        len(images) - maps,
    )


def shares(result: CamResult, size: int) -> Shares:
    """Stretch a map that is not empty to the network's square; its pixels then sum to 1."""
    heat = np.maximum(stretch(result.heat, size, size), 0).astype(np.float64)
    return heat / heat.sum()


def difference(
    one: Average, other: Average, shuffles: int = SHUFFLES, seed: int = 0
) -> Difference | None:
    """Return how two means differ, None where one holds no map.

    Source of the comparison with chance: a permutation test, maps dealt anew to both groups.
    """
    if not one.maps or not other.maps:
        return None
    pool = np.concatenate([one.grids, other.grids]).reshape(one.maps + other.maps, -1)
    mine = np.zeros(len(pool), bool)
    mine[: one.maps] = True
    moved = _moved(pool, mine)
    random = np.random.default_rng(seed)
    dealt = np.array([_moved(pool, random.permutation(mine)) for _ in range(shuffles)])
    return Difference(
        one.shares - other.shares,
        moved,
        float(np.quantile(dealt, 0.95)),
        float((1 + (dealt >= moved - 1e-12).sum()) / (1 + shuffles)),
        (one.maps, other.maps),
    )


def thirds(values: Shares) -> Shares:
    """Return the sums over the nine parts of a square, (3, 3)."""
    rows = np.array_split(values, 3, axis=0)
    return np.array([[part.sum() for part in np.array_split(row, 3, axis=1)] for row in rows])


def _coarse(own: Shares) -> Shares:
    small = cv2.resize(own, (GRID, GRID), interpolation=cv2.INTER_AREA)
    return np.asarray(small / small.sum(), np.float64)


def _moved(pool: Shares, mine: NDArray[np.bool_]) -> float:
    return float(np.abs(pool[mine].mean(axis=0) - pool[~mine].mean(axis=0)).sum() / 2)
