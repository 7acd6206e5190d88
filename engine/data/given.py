"""Files given to be asked about: a folder, a ZIP or single files, without classes or labels."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from engine.data import archive
from engine.data.folders import SUFFIXES, is_ignored
from engine.vision.decoding import read_bytes
from engine.words.errors import CxrError, UnreadableImage

Reader = Callable[[], bytes]  # raises UnreadableImage
ZIP = ".zip"


@dataclass(frozen=True)
class Given:
    """Names and what reads each file; nothing is opened before it is read.

    `left_out` counts files of a folder or ZIP whose names say that they are no images.
    """

    files: tuple[tuple[str, Reader], ...] = ()
    left_out: int = 0

    def __add__(self, other: "Given") -> "Given":
        return Given(self.files + other.files, self.left_out + other.left_out)


def from_paths(paths: Iterable[str | Path]) -> Given:
    """Look into folders and ZIP files and take single files as they are, each path once.

    Where there are several, a damaged ZIP is one file that cannot be read; alone it raises
    CxrError, as a folder without images does.
    """
    names = list(dict.fromkeys(map(str, paths)))
    found = Given()
    for name in names:
        path = Path(name).expanduser()
        if path.is_dir():
            found += _named(in_folder(path), name)
        elif path.suffix.lower() == ZIP and path.is_file():
            found += _in_zip_or_broken(name, path, alone=len(names) == 1, place=name)
        else:
            found += Given(((name, partial(read_bytes, path)),))
    return found


def from_uploads(uploads: Iterable[tuple[str, bytes]], whole_folder: bool = False) -> Given:
    """Take uploaded files, (name, content), as `from_paths` takes files of the disk.

    Of a whole folder what is hidden is ignored and what is no image by its name left out.
    """
    entries = list(uploads)
    if whole_folder:
        return _of_folder(entries)
    found = Given()
    for name, data in entries:
        if not name.lower().endswith(ZIP):
            found += Given(((name, partial(bytes, data)),))
        else:
            alone = len(entries) == 1
            found += _in_zip_or_broken(name, BytesIO(data), alone, place="" if alone else name)
    return found


def in_folder(root: Path) -> Given:
    """List a folder's images, below it too, hidden files ignored; raise CxrError without any."""
    if not root.is_dir():
        raise CxrError(f"Expected a folder of images; there is no folder {root}. Check the path.")
    files: list[tuple[str, Reader]] = []
    left_out = 0
    for folder, below, names in os.walk(root, onerror=_unreadable):
        below[:] = sorted(name for name in below if not is_ignored(name))
        for name in sorted(name for name in names if not is_ignored(name)):
            path = Path(folder) / name
            if _may_be_image(name):
                files.append((path.relative_to(root).as_posix(), partial(read_bytes, path)))
            else:
                left_out += 1
    return _some(Given(tuple(files), left_out), f"the folder {root}")


def in_zip(file: Path | BinaryIO) -> Given:
    """List the images in a ZIP after all of archive's checks; nothing is unpacked to the disk.

    Raises CxrError where the ZIP is refused or holds no image.
    """
    found = archive.readers(file)
    images = tuple((name, read) for name, read in found if _may_be_image(name))
    return _some(Given(images, len(found) - len(images)), "the ZIP")


def _of_folder(entries: list[tuple[str, bytes]]) -> Given:
    seen = [
        (name, data)
        for name, data in entries
        if not any(is_ignored(part) for part in PurePosixPath(name).parts)
    ]
    images = tuple((name, partial(bytes, data)) for name, data in seen if _may_be_image(name))
    return _some(Given(images, len(seen) - len(images)), "the folder")


def _may_be_image(name: str) -> bool:
    # DICOM files often end in nothing, or in a number.
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in SUFFIXES or not suffix.removeprefix(".").isalpha()


def _some(given: Given, where: str) -> Given:
    if not given.files:
        left = f", only {given.left_out:,} of other kinds" if given.left_out else ""
        raise CxrError(
            f"Expected images in {where}; found none{left}. Choose another one: names of images "
            f"end in {', '.join(sorted(SUFFIXES))}."
        )
    return given


def _in_zip_or_broken(name: str, file: Path | BinaryIO, alone: bool, place: str) -> Given:
    try:
        found = in_zip(file)
        return _named(found, place) if place else found
    except CxrError as error:
        if alone:
            raise
        reason = str(error)

        def read() -> bytes:
            raise UnreadableImage(reason)

        return Given(((name, read),))


def _named(given: Given, place: str) -> Given:
    files = tuple((f"{place}/{name}", read) for name, read in given.files)
    return Given(files, given.left_out)


def _unreadable(error: OSError) -> None:
    raise CxrError(
        f"{error.filename} cannot be read: {error.strerror}. Check that you may read it."
    )
