"""What a frozen trunk says of every image: computed once, row by row, kept as a memory map."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.data import cache, growing
from engine.data.parallel import in_order
from engine.learning.listener import Listener
from engine.learning.supplies import Rows
from engine.vision.augmentation import Augmenter
from engine.vision.seeds import draw_seed
from engine.words.errors import Cancelled, CxrError
from engine.words.files import digest, digest_json
from engine.words.locks import locked

if TYPE_CHECKING:
    import keras

AREA, SUFFIX = "features", ".npy"
VERSION = 1  # raise it when what is kept changes its meaning
CHUNK = 64  # images that go through the network, and onto the disk, at once
POLL = 0.5  # seconds between two looks at features that another job computes
COMPUTING = "Computing features"
WAITING = "Waiting for features that another job computes"


class TooLarge(CxrError):
    """A feature does not fit float16; float32 holds it."""


@dataclass(frozen=True)
class Images:
    """What goes through the trunk, row by row."""

    count: int
    key: Any  # JSON: what determines the pixels of every row
    get: Callable[[int, int], NDArray[np.uint8]]  # (start, stop) -> (b, s, s), from any thread


@dataclass(frozen=True, eq=False)
class Features:
    """What the trunk says of each row, and what it took to know."""

    values: NDArray[Any]  # (count, ...), a read-only memory map
    cached: bool  # nothing had to be computed
    seconds: float
    computed: int  # rows computed now; the others were there
    path: Path
    passed: int = 0  # rows that an earlier trunk had to compute for it; `seconds` has their time


def plain(pixels: NDArray[np.uint8], key: Any) -> Images:
    """Return every row of the pixel cache (n, s, s); `key` names that cache."""
    flat = np.asarray(pixels)
    return Images(len(flat), key, lambda start, stop: flat[start:stop].copy())


def drawn(
    pixels: Rows,
    key: Any,
    rows: NDArray[np.integer],
    draws: NDArray[np.integer],
    augment: Augmenter,
    seed: int,
) -> Images:
    """Return draws of images: row i is draw `draws[i]` of `pixels[rows[i]]`, 0 the image itself.

    `key` names the pixel cache and the steps of `augment`.
    """

    def get(start: int, stop: int) -> NDArray[np.uint8]:
        part = slice(start, stop)
        images = pixels[rows[part]]
        for image, row, draw in zip(images, rows[part], draws[part], strict=True):
            if draw:
                image[:] = augment(image, draw_seed(seed, row, draw))
        return images

    return Images(len(rows), drawn_key(key, rows, draws, seed), get)


def drawn_key(
    key: Any, rows: NDArray[np.integer], draws: NDArray[np.integer], seed: int
) -> list[Any]:
    """Return the key of `drawn` images, without any pixels."""
    return [key, *(digest(np.asarray(one, "<i8").tobytes()) for one in (rows, draws)), seed]


def known(images_key: Any, trunk_key: Any, dtype: str) -> bool:
    """Say at once whether these features are there."""
    return cache.is_there(_path(images_key, trunk_key, dtype))


def fetch(
    images: Images,
    trunk_key: Any,
    dtype: str,
    build: Callable[[], "keras.Model"],
    listener: Listener,
) -> Features:
    """Return the features of all images; `build` gives the trunk where some must be computed.

    The trunk takes grey pixels (s, s, 1) from 0 to 255. An interrupted computation goes on where
    it stopped; of several jobs that want the same features one computes and the others wait.
    Raises TooLarge, CxrError (full disk, NaN) or Cancelled.
    """
    began, computed = time.monotonic(), -1
    path = _path(images.key, trunk_key, dtype)
    part = path.with_suffix(cache.PART)

    def make(target: Path) -> None:
        nonlocal computed
        if cache.lacks_checksum(path):  # killed while it was taken: the rows are all there
            path.replace(part)
        computed = _complete(part, images, np.dtype(dtype), build, listener)
        part.replace(target)

    with cache.disk_space(part), _alone(part, images.count, listener):
        cache.fetch(AREA, path.stem, SUFFIX, make, of=_keys(images.key))
    values: NDArray[Any] = np.load(path, mmap_mode="r")
    seconds = time.monotonic() - began
    return Features(values, computed < 0, seconds, max(computed, 0), path)


def _keys(value: Any) -> list[str]:
    """Return every text in a nested key: the pixels' own key is among them."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _keys(list(value.values()))
    return (
        [text for part in value for text in _keys(part)] if isinstance(value, list | tuple) else []
    )


def _path(images_key: Any, trunk_key: Any, dtype: str) -> Path:
    name = digest_json([VERSION, images_key, trunk_key, dtype])
    return cache.folder() / AREA / f"{name}{SUFFIX}"


@contextmanager
def _alone(part: Path, count: int, listener: Listener) -> Iterator[None]:
    """Hold the lock of these features; tell how far another job is while that one holds it."""
    done = 0
    while True:
        with locked(part.with_suffix(cache.LOCK), wait=0) as mine:
            if mine:
                yield
                return
        grown = growing.look(part)
        done = max(done, grown.rows if grown else 0)  # in the end the file is renamed
        _tell(listener, WAITING, done, count)
        time.sleep(POLL)


def _complete(
    part: Path,
    images: Images,
    dtype: np.dtype[Any],
    build: Callable[[], "keras.Model"],
    listener: Listener,
) -> int:
    """Append the rows that are missing; return how many."""
    grown = growing.look(part)
    if grown and grown.rows == images.count and grown.dtype == dtype:
        return 0
    trunk = build()
    first = growing.begin(part, (images.count, *trunk.output_shape[1:]), dtype)
    done = first
    _tell(listener, COMPUTING, done, images.count)
    starts = range(first, images.count, CHUNK)
    chunks = in_order(
        lambda start: images.get(start, min(start + CHUNK, images.count)), starts, chunk=1
    )
    with closing(chunks), part.open("ab") as file:
        run = _runner(trunk, min(CHUNK, images.count), dtype)
        for chunk in chunks:
            try:
                rows = run(chunk)
            except CxrError:
                file.truncate(0)  # of no use to anyone
                raise
            file.write(rows.data)
            file.flush()
            done += len(rows)
            _tell(listener, COMPUTING, done, images.count)
    return done - first


def _runner(
    trunk: "keras.Model", batch: int, dtype: np.dtype[Any]
) -> Callable[[NDArray[np.uint8]], NDArray[Any]]:
    """Return what turns grey images (b, s, s), or other features, into features of `dtype`."""
    import keras

    # One pass does not repay XLA's compiling (on a CPU its code is slower too); JAX needs it.
    trunk.jit_compile = keras.backend.backend() == "jax"
    limit = float(np.finfo(dtype).max)

    def run(chunk: NDArray[np.uint8]) -> NDArray[Any]:
        # The last chunk is filled up: another batch size would be compiled anew.
        x = np.zeros((batch, *trunk.input_shape[1:]), np.float32)
        x[: len(chunk)] = chunk.reshape(len(chunk), *x.shape[1:])  # grey pixels get a channel
        rows = np.asarray(trunk.predict_on_batch(x))[: len(chunk)]
        low, high = float(rows.min()), float(rows.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            raise CxrError(
                "The frozen part of the network answers with NaN or infinity. Train in float32 "
                "precision; if it is so already, its weights file is damaged: fetch it again."
            )
        if max(-low, high) > limit:
            raise TooLarge(
                f"Features must lie within {limit:,.0f} to be kept as {dtype}, and one is "
                f"{max(low, high, key=abs):,.0f}. Choose features=float32."
            )
        return np.ascontiguousarray(rows, dtype)

    return run


def _tell(listener: Listener, text: str, done: int, total: int) -> None:
    listener.phase(text, done, total)
    if listener.stop_requested():
        raise Cancelled
