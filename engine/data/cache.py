"""Files that can be computed again: atomic, checked, trimmed to a size limit.

Layout: models/cache/<area>/<key><suffix> beside <key><suffix>.sum, which holds size and checksum,
and <key><suffix>.of, which names what the entry was made of.
An entry that takes long may grow in <key>.part, by whoever holds the lock <key>.lock.
"""

import errno
import os
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.words.errors import CxrError
from engine.words.files import write_atomic, write_text
from engine.words.locks import locked
from engine.words.settings import settings

CHUNK = 16 * 2**20  # bytes a checksum covers
STALE = 24 * 3600  # seconds after which an unfinished file is taken for abandoned
PART, LOCK = ".part", ".lock"

_lock = threading.Lock()
_making: dict[Path, threading.Lock] = {}
_intact: set[tuple[Path, int, int]] = set()  # checked once in this process: path, size, mtime


def fetch(
    area: str,
    key: str,
    suffix: str,
    make: Callable[[Path], object],
    of: Collection[str] = (),
    many: bool = False,
) -> Path:
    """Return the entry's file; let `make` fill it where it is missing or damaged.

    `of`: hashes and keys of what it is made of, so that `made_of` finds it. `many`: the caller
    makes others as well and calls `trim` after the last. Raises CxrError where the disk is full.
    Threads that ask for the same entry wait for one.
    """
    path = folder() / area / f"{key}{suffix}"
    with _lock:
        making = _making.setdefault(path, threading.Lock())
    with making:
        grown = not is_intact(path)
        if grown:
            _write(path, make)
        os.utime(_sum(path))  # the time of last use
        if of and not _of(path).exists():
            write_text(_of(path), "\n".join(of))
    if grown and not many:  # looking at all entries takes longer than reading a small one
        trim(keep=path)
    return path


def made_of(origin: str) -> list[Path]:
    """Return the entries made of `origin` (a catalogue's hash, a key), or of such an entry."""
    parts: dict[Path, set[str]] = {}
    for note in folder().glob("*/*.of"):
        with suppress(OSError):  # trimmed just now
            parts[note.with_suffix("")] = set(note.read_text(encoding="utf-8").split())
    found: set[Path] = set()
    origins = {origin}
    while new := {path for path in parts.keys() - found if parts[path] & origins}:
        found |= new
        origins |= {path.name.split(".")[0] for path in new}
    return sorted(found)


def size_of(paths: Collection[Path]) -> int:
    """Return how many bytes entries take."""
    return sum(path.stat().st_size for path in paths if path.is_file())


def delete(paths: Collection[Path]) -> None:
    """Delete entries; one that a program of this machine has open may stay (Windows)."""
    for path in paths:
        _delete(path)


def folder() -> Path:
    """Return the folder of all caches."""
    return settings().cache


def is_there(path: Path) -> bool:
    """Say at once whether the entry is there in its full size; `fetch` alone reads all of it."""
    try:
        return int(_sum(path).read_text().split()[0]) == path.stat().st_size
    except OSError:
        return False


def lacks_checksum(path: Path) -> bool:
    """Say whether the entry's maker was killed when all but the checksum was written."""
    return path.is_file() and not _sum(path).exists()


def is_intact(path: Path) -> bool:
    """Say whether the entry is complete; the checksum is computed once per process and file."""
    try:
        stat = path.stat()
        expected = _sum(path).read_text()
    except OSError:
        return False
    seen = (path, stat.st_size, stat.st_mtime_ns)
    if seen not in _intact:
        if checksum(path) != expected:
            return False
        _intact.add(seen)
    return True


def checksum(path: Path) -> str:
    """Return size and CRC-32 of each chunk, hashed chunk by chunk in parallel."""
    size = path.stat().st_size
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = pool.map(lambda start: _crc(path, start), range(0, size, CHUNK))
        return f"{size} {zlib.crc32(','.join(map(str, parts)).encode()):08x}"


@contextmanager
def disk_space(path: Path) -> Iterator[None]:
    """Turn a full or locked disk, met while `path` is written, into a CxrError with a way out."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CxrError(
                f"The disk is full: {path} could not be written. Free some space, or set "
                "CXR_MODELS_DIR and CXR_DATA_DIR to a larger disk, and try again; nothing is lost."
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise CxrError(
                f"{path} may not be written. Allow it, or set CXR_MODELS_DIR and CXR_DATA_DIR to "
                "folders of your own."
            ) from None
        raise


def trim(keep: Path | None = None) -> None:
    """Delete entries, least recently used first, until all caches fit the limit."""
    limit = settings().cache_gigabytes * 1e9
    entries = sorted(_entries())
    total = sum(size for _, _, size in entries)
    for _, file, size in entries:
        if total <= limit:
            break
        if file != keep and _delete(file):
            total -= size
    for left in [*folder().glob("*/.tmp-*"), *folder().glob(f"*/*{PART}")]:
        with suppress(FileNotFoundError):  # finished just now
            if time.time() - left.stat().st_mtime > STALE:
                _delete(left)


def _entries() -> Iterator[tuple[float, Path, int]]:
    """Yield time of last use, file and size in bytes of each entry, unfinished ones too."""
    for part in folder().glob(f"*/*{PART}"):
        with suppress(FileNotFoundError):  # finished just now
            yield part.stat().st_mtime, part, part.stat().st_size
    for note in folder().glob("*/*.sum"):
        file = note.with_suffix("")
        with suppress(FileNotFoundError):  # another process trims as well
            used = note.stat().st_mtime
            yield used, file, file.stat().st_size if file.exists() else 0


def _write(path: Path, make: Callable[[Path], object]) -> None:
    with disk_space(path):
        write_atomic(path, make)
        write_text(_sum(path), checksum(path))
    stat = path.stat()
    _intact.add((path, stat.st_size, stat.st_mtime_ns))


def _sum(path: Path) -> Path:
    return path.with_name(f"{path.name}.sum")


def _of(path: Path) -> Path:
    return path.with_name(f"{path.name}.of")


def _crc(path: Path, start: int) -> int:
    with path.open("rb") as file:
        file.seek(start)
        return zlib.crc32(file.read(CHUNK))


def _delete(path: Path) -> bool:
    if path.suffix == PART:
        with locked(path.with_suffix(LOCK), wait=0) as mine:
            if mine:  # else it grows just now
                path.unlink(missing_ok=True)
            return mine
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows: someone has it open; it stays until the next time
        return False
    _sum(path).unlink(missing_ok=True)
    _of(path).unlink(missing_ok=True)
    return True
