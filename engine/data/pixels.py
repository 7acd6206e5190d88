"""Every image of a catalogue, decoded once and kept as a uint8 memory map."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.data.catalogue import Catalogue
from engine.vision.decoding import read
from engine.vision.preprocessing import check_steps, pipeline
from engine.words.errors import CxrError, UnreadableImage
from engine.words.files import digest_json
from engine.words.options import Choice

Progress = Callable[[int, int, str], None]

VERSION = 1  # raise it when decoding or preprocessing changes its results


def pixels(
    catalogue: Catalogue,
    size: int,
    steps: tuple[Choice, ...],
    progress: Progress | None = None,
) -> NDArray[np.uint8]:
    """Return a read-only memory map (n, size, size) uint8, row i = `catalogue.images` row i.

    Raises CxrError where the steps cannot run, a file has gone or the disk is full.
    """
    full = check_steps(steps)
    key = digest_json([VERSION, catalogue.hash, size, [step.to_json() for step in full]])
    path = cache.fetch(
        "pixels", key, ".npy", lambda target: _fill(target, catalogue, size, full, progress)
    )
    result: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return result


def _fill(
    target: Path,
    catalogue: Catalogue,
    size: int,
    steps: tuple[Choice, ...],
    progress: Progress | None,
) -> None:
    run = pipeline(size, steps)
    files = list(catalogue.images["file"])
    total = len(files)
    out: Any = np.lib.format.open_memmap(
        target, mode="w+", dtype=np.uint8, shape=(total, size, size)
    )

    def one(row: int) -> None:
        try:
            out[row] = run(read(catalogue.root / files[row]))
        except UnreadableImage as error:
            raise CxrError(
                f"{files[row]} was a readable image when the data was listed, and now: {error} "
                "List the data again."
            ) from None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, _ in enumerate(pool.map(one, range(total)), start=1):
            if progress and (done % 50 == 0 or done == total):
                progress(done, total, "decoding images")
    out.flush()
