"""Every image of a catalogue, decoded once and kept as a uint8 memory map."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress, in_order
from engine.vision.decoding import Grey, read
from engine.vision.preprocessing import check_steps, pipeline
from engine.words.errors import CxrError, UnreadableImage
from engine.words.files import digest_json
from engine.words.options import Choice

AREA, SUFFIX = "pixels", ".u8"  # raw bytes: the catalogue knows the shape
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
    path = cache.fetch(
        AREA,
        key(catalogue, size, full),
        SUFFIX,
        lambda target: _fill(target, catalogue, size, full, progress),
        of=[catalogue.hash],
    )
    shape = (len(catalogue.images), size, size)
    return np.memmap(path, np.uint8, "r", shape=shape)


def key(catalogue: Catalogue, size: int, steps: tuple[Choice, ...]) -> str:
    """Return what names the pixels: a digest of content, size and steps, defaults filled in."""
    return _key(catalogue.hash, size, steps)


def known(data: str, size: int, steps: tuple[Choice, ...]) -> bool:
    """Say at once whether the pixels of a catalogue of this hash are there."""
    return cache.is_there(cache.folder() / AREA / f"{_key(data, size, steps)}{SUFFIX}")


def _key(data: str, size: int, steps: tuple[Choice, ...]) -> str:
    full = [step.to_json() for step in check_steps(steps)]
    return digest_json([VERSION, data, size, full])


class Recording:
    """The pixels of a source, taken along while its catalogue decodes every file anyway.

    Use it as a context manager, give it to build_catalogue, then call `keep`.
    """

    def __init__(self, size: int, steps: tuple[Choice, ...]) -> None:
        self._size = size
        self._steps = check_steps(steps)
        self.view = pipeline(size, self._steps)
        self._count = 0
        self._file: IO[bytes] | None = None  # opened with the first image: often there is none

    def __enter__(self) -> "Recording":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._file:
            return
        path = Path(self._file.name)
        try:
            with cache.disk_space(path):
                self._file.close()
        finally:
            path.unlink(missing_ok=True)

    def add(self, kept: Grey) -> None:
        """Append one image's pixels."""
        folder = cache.folder() / AREA
        with cache.disk_space(folder):
            if not self._file:
                folder.mkdir(parents=True, exist_ok=True)
                self._file = tempfile.NamedTemporaryFile(dir=folder, prefix=".tmp-", delete=False)  # noqa: SIM115
            self._file.write(np.ascontiguousarray(kept).data)
        self._count += 1

    def keep(self, catalogue: Catalogue) -> bool:
        """Put the pixels into the cache; False where some files did not have to be read."""
        if not self._file or self._count != len(catalogue.images):
            return False
        path = Path(self._file.name)
        with cache.disk_space(path):
            self._file.close()
        name = key(catalogue, self._size, self._steps)
        cache.fetch(AREA, name, SUFFIX, path.replace, of=[catalogue.hash])
        return True


def _fill(
    target: Path,
    catalogue: Catalogue,
    size: int,
    steps: tuple[Choice, ...],
    progress: Progress | None,
) -> None:
    run = pipeline(size, steps)

    def one(file: str) -> Grey:
        try:
            return run(read(catalogue.root / file))
        except UnreadableImage as error:
            raise CxrError(
                f"{file} was a readable image when the data was listed, and now: {error} "
                "List the data again."
            ) from None

    # Plain writes, not a map: a full disk is then an error and no killed process.
    with target.open("wb") as out:
        for image in in_order(one, list(catalogue.images["file"]), progress, "decoding images"):
            out.write(np.ascontiguousarray(image).data)
