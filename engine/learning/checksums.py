"""Whether a file of weights is whole, and the one that was meant."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from engine.words.errors import CxrError


def listed(sums: Path, name: str) -> str:
    """The sha256 that a SHA256SUMS file gives for a file's name, "" where it gives none."""
    if not sums.is_file():
        return ""
    try:
        lines = sums.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CxrError(f"{sums} cannot be read ({error}). Write it anew with sha256sum.") from error
    pairs = (line.split(maxsplit=1) for line in lines if len(line.split()) > 1)
    return next((given.lower() for given, file in pairs if _base(file) == name), "")


def _base(listed: str) -> str:
    return PurePosixPath(listed.strip().lstrip("*").replace("\\", "/")).name


def fault(path: Path, expected: str) -> str:
    """What is wrong with a file, "" where nothing is; without an expected hash: its form only."""
    try:
        found = hashes(path)
    except OSError as error:
        return f"is no whole HDF5 file, or cannot be read ({error})"
    if not expected:
        return ""
    name = "md5" if len(expected) == 32 else "sha256"
    came = found[name]
    return "" if came == expected else f"has the {name} {came}; expected was {expected}"


def hashes(path: Path) -> Mapping[str, str]:
    """The file's sha256 and md5; raise OSError where it is no HDF5 file or a truncated one."""
    about = path.stat()
    return _hashes_of(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashes_of(path: Path, size: int, modified: int) -> Mapping[str, str]:
    import h5py

    h5py.File(path, "r").close()
    with path.open("rb") as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
        handle.seek(0)
        md5 = hashlib.file_digest(handle, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return {"sha256": sha256, "md5": md5}
