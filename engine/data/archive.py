"""Unpacking a ZIP that a stranger made: all of it in its place, or none of it anywhere."""

import lzma
import shutil
import stat
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from os import SEEK_END
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from engine.data.cache import STALE, disk_space
from engine.data.folders import is_ignored
from engine.data.naming import printable
from engine.data.parallel import Progress
from engine.words.errors import CxrError, UnreadableImage
from engine.words.settings import settings

MAX_ENTRIES = 200_000
MAX_RATIO = 100  # unpacked to packed; pictures stay far below, a bomb far above
MIN_BOMB = 10 * 2**20  # bytes: a small file may well be all zeros
MAX_PATH = 1000  # characters of a whole path, and half as many folders could not be made
MAX_DIRECTORY = 64 * 2**20  # bytes of the list of entries, which is read at once
TAIL = 2**16 + 256  # bytes at the end that can hold the place of that list
MAX_NAME = 255  # bytes of one folder or file name, on every common file system
BLOCK = 2**20

# What the library raises on damage; bz2 says it with an OSError that has no number.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error)
_DAMAGE_TOO = (EOFError, IndexError, ValueError)

Member = tuple[zipfile.ZipInfo, PurePosixPath]


def extract(archive: Path | BinaryIO, target: Path, progress: Progress | None = None) -> Path:
    """Unpack a ZIP into the new folder `target`; raise CxrError and leave nothing behind.

    Refused: paths out of the folder, links, encryption, more than settings().max_archive_megabytes
    unpacked, compression no picture reaches. Hidden files and __MACOSX are left out; a ZIP inside
    the ZIP is not unpacked.
    """
    with disk_space(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=".tmp-"))
        try:
            with _readable(archive), zipfile.ZipFile(archive) as opened:
                members = _members(opened)
                _check_room(members, temporary)
                _write(opened, members, temporary, progress)
            temporary.chmod(0o755)
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def readers(archive: Path | BinaryIO) -> list[tuple[str, Callable[[], bytes]]]:
    """Check a ZIP as `extract` does and unpack nothing; return each file's path and what reads it.

    A reader raises UnreadableImage where its file alone is damaged. Threads may read at once. The
    archive stays open as long as a reader is kept.
    """
    with _readable(archive):
        opened = zipfile.ZipFile(archive)
        members = _members(opened)
    return [(str(path), partial(_content, opened, info)) for info, path in members]


def _content(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    limit = settings().max_pixels * 8 + 2**20  # as of a file on the disk: decoding.read_bytes
    if info.file_size > limit:
        raise UnreadableImage(f"The file has {info.file_size:,} bytes, at most {limit:,} are read.")
    try:
        with opened.open(info) as source:
            data = source.read(info.file_size + 1)  # a lying header must not fill the memory
    except (*_DAMAGE, *_DAMAGE_TOO, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableImage(f"The file is damaged within its ZIP: {error}.") from None
    if len(data) != info.file_size:
        raise UnreadableImage("The file is not as long as its ZIP says.")
    return data


def names(archive: Path | BinaryIO) -> list[str]:
    """Return the checked paths of the files that a ZIP lists, unpacking nothing; raise CxrError."""
    with _readable(archive), zipfile.ZipFile(archive) as opened:
        return [str(path) for _, path in _members(opened)]


@contextmanager
def _readable(archive: Path | BinaryIO) -> Iterator[None]:
    try:
        _check_directory(archive)
        yield
    except (*_DAMAGE, *_DAMAGE_TOO, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk, not the file
            raise
        raise CxrError(
            "Expected a ZIP file; this one is damaged, cut short or none: "
            f"{printable(str(error))}. Make it anew and try again."
        ) from None
    except (NotImplementedError, RuntimeError) as error:
        raise CxrError(
            f"This ZIP cannot be unpacked: {printable(str(error))}. Make it with 'deflate'."
        ) from None


def _check_directory(archive: Path | BinaryIO) -> None:
    """Raise where the list of entries is so long that reading it could fill the memory."""
    with archive.open("rb") if isinstance(archive, Path) else nullcontext(archive) as file:
        end = file.seek(0, SEEK_END)
        file.seek(max(0, end - TAIL))
        tail = file.read(TAIL)
        file.seek(0)
    place = tail.rfind(b"PK\5\6")
    size = int.from_bytes(tail[place + 12 : place + 16], "little") if place >= 0 else 0
    large = tail.rfind(b"PK\6\6")
    if size == 2**32 - 1 and large >= 0:
        size = int.from_bytes(tail[large + 40 : large + 48], "little")
    if size > MAX_DIRECTORY:
        raise CxrError(f"The ZIP has too many entries; at most {MAX_ENTRIES:,} are unpacked.")


def _members(opened: zipfile.ZipFile) -> list[Member]:
    """Return the files to unpack with their checked paths."""
    infos = opened.infolist()
    if len(infos) > MAX_ENTRIES:
        raise CxrError(f"The ZIP has {len(infos):,} entries; at most {MAX_ENTRIES:,} are unpacked.")
    members = [(info, _checked_path(info)) for info in infos]
    files = [
        (info, path)
        for info, path in members
        if not info.is_dir() and not any(is_ignored(part) for part in path.parts)
    ]
    names = {str(path).casefold() for _, path in files}
    if len(names) < len(files):
        raise CxrError("The ZIP holds two files of the same name. Make it anew from a folder.")
    _check_sizes(files)
    return files


def _checked_path(info: zipfile.ZipInfo) -> PurePosixPath:
    name = info.filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name[:2]:
        raise CxrError(
            f"The ZIP wants to write outside its folder: {printable(info.filename)}. Refused."
        )
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise CxrError(
            f"The ZIP holds a link or device: {printable(info.filename)}. Pack files only."
        )
    if info.flag_bits & 1:
        raise CxrError("The ZIP is encrypted. Pack it again without a password.")
    if any(len(part.encode("utf-8", "replace")) > MAX_NAME for part in path.parts):
        raise CxrError(
            f"A name in the ZIP is too long: {printable(name)} Shorten it to {MAX_NAME}."
        )
    if len(name) > MAX_PATH:
        raise CxrError(f"A path in the ZIP is too long: {printable(name)} Use fewer folders.")
    return path


def _check_sizes(files: list[Member]) -> None:
    limit = settings().max_archive_megabytes
    total = sum(info.file_size for info, _ in files)
    if total > limit * 10**6:
        raise CxrError(
            f"The ZIP unpacks to {total / 1e6:,.0f} MB; at most {limit:,} MB are accepted. Upload "
            "less, or raise CXR_MAX_ARCHIVE_MB."
        )
    packed = sum(info.compress_size for info, _ in files)
    if total > MIN_BOMB and total > MAX_RATIO * packed:
        raise CxrError(
            f"The ZIP unpacks to {total / max(packed, 1):,.0f} times its size, which pictures "
            "never do. Refused."
        )


def _check_room(files: list[Member], folder: Path) -> None:
    total = sum(info.file_size for info, _ in files)
    free = shutil.disk_usage(folder).free
    if total > free:
        raise CxrError(
            f"The ZIP unpacks to {total / 1e6:,.0f} MB and the disk has {free / 1e6:,.0f} MB left. "
            "Free some space, or set CXR_DATA_DIR to a larger disk."
        )


def _write(
    opened: zipfile.ZipFile, files: list[Member], folder: Path, progress: Progress | None
) -> None:
    for done, (info, path) in enumerate(files, start=1):
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(info) as source, place.open("xb") as out:
                left = info.file_size  # what was checked; a lying header ends in BadZipFile
                while left > 0 and (block := source.read(min(BLOCK, left))):
                    out.write(block)
                    left -= len(block)
                if left or source.read(1):
                    raise zipfile.BadZipFile(
                        f"{printable(info.filename)} is not as long as it says"
                    )
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise CxrError(
                "The ZIP uses one name for a file and a folder: "
                f"{printable(info.filename)}. Make it anew."
            ) from None
        if progress and (done % 50 == 0 or done == len(files)):
            progress(done, len(files), "unpacking")


def _sweep(folder: Path) -> None:
    """Remove what a killed process left unfinished long ago."""
    for left in folder.glob(".tmp-*"):
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
