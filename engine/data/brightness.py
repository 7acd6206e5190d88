"""How bright each image is: the mean grey of its preview pixels, computed once per content."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress
from engine.data.pixels import key, known, pixels
from engine.data.sources import PREVIEW

AREA, SUFFIX = "greys", ".npy"
AT_ONCE = 256  # images: 13 MB


def mean_grey(catalogue: Catalogue, progress: Progress | None = None) -> NDArray[np.float32]:
    """Return the mean grey 0..255 of each image, (n,), row i = `catalogue.images` row i.

    Takes a moment where the preview pixels are there, else as long as decoding every file. Raises
    CxrError where a file has gone or the disk is full.
    """

    def make(path: Path) -> None:
        seen = pixels(catalogue, *PREVIEW, progress)
        parts = [
            seen[start : start + AT_ONCE].mean(axis=(1, 2), dtype=np.float32)
            for start in range(0, len(seen), AT_ONCE)
        ]
        np.save(path, np.concatenate(parts))

    path = cache.fetch(AREA, key(catalogue, *PREVIEW), SUFFIX, make, of=[catalogue.hash])
    return np.asarray(np.load(path), dtype=np.float32)


def is_quick(catalogue: Catalogue) -> bool:
    """Say at once whether `mean_grey` has nothing to decode."""
    kept = cache.folder() / AREA / f"{key(catalogue, *PREVIEW)}{SUFFIX}"
    return cache.is_there(kept) or known(catalogue.hash, *PREVIEW)
