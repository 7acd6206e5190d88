"""Walking a source's folder: which files could be images, and of which class and split."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engine.data.naming import SPLIT_FOLDERS
from engine.words.errors import CxrError

SUFFIXES = {".jpeg", ".jpg", ".png", ".tif", ".tiff", ".bmp", ".dcm", ".dicom"}
FORMATS = "JPEG, PNG, TIFF, BMP or DICOM"
IGNORED_FOLDERS = {"__macosx", "masks"}  # the phantom's masks are no X-rays
IGNORED_FILES = {"thumbs.db", "desktop.ini"}


class Found(NamedTuple):
    """A file in a class folder, not opened yet; `reason` is set where its place says enough."""

    path: str
    file: str  # relative to the source, with /
    label: str
    split: str
    bytes: int
    mtime_ns: int
    reason: str = ""


def find_images(root: Path) -> list[Found]:
    """List the files of a source, sorted by path; raise CxrError where there is no such folder."""
    if not root.is_dir():
        raise CxrError(f"Expected a folder of images; there is no folder {root}. Check the path.")
    try:
        start = _content(root)
        prefix = start.relative_to(root).parts
        files = [_found(entry, parts, prefix) for entry, parts in _walk(start, (), set())]
    except OSError as error:
        raise CxrError(
            f"{error.filename} cannot be read: {error.strerror}. Check that it is there and that "
            "you may read it."
        ) from None
    return sorted((found for found in files if found), key=lambda found: found.file)


def unwrap(root: Path) -> None:
    """Move what wrapping folders hold up into `root`: chest_xray/train becomes train."""
    rest = _content(root).relative_to(root).parts
    if rest:
        aside = (root / rest[0]).rename(root / ".unwrapping")  # its name may occur within
        for entry in aside.joinpath(*rest[1:]).iterdir():
            entry.rename(root / entry.name)
        shutil.rmtree(aside)


def _content(root: Path) -> Path:
    """Skip wrapping folders, as in chest_xray/chest_xray/train."""
    while True:
        entries = [entry for entry in root.iterdir() if not is_ignored(entry.name)]
        folders = [entry for entry in entries if entry.is_dir()]
        files = [entry for entry in entries if entry.suffix.lower() in SUFFIXES]
        if len(folders) != 1 or files or folders[0].name.lower() in SPLIT_FOLDERS:
            return root
        if not any(child.is_dir() for child in folders[0].iterdir()):
            return root
        root = folders[0]


def _walk(
    folder: Path | str, parts: tuple[str, ...], seen: set[str]
) -> Iterator[tuple["os.DirEntry[str]", tuple[str, ...]]]:
    real = os.path.realpath(folder)  # links are followed, but never in a circle
    if real in seen:
        return
    seen.add(real)
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_ignored(entry.name):
                continue
            if entry.is_dir():
                yield from _walk(entry.path, (*parts, entry.name), seen)
            else:
                yield entry, (*parts, entry.name)


def could_be_image(name: str) -> bool:
    """Say whether a file of this name is opened; DICOM files often end in nothing, or a number."""
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122
    return suffix in SUFFIXES or suffix == "" or suffix[1:].isdecimal()


def is_ignored(name: str) -> bool:
    """Say whether a file or folder of this name is no part of the data."""
    lower = name.lower()
    return name.startswith(".") or lower in IGNORED_FOLDERS or lower in IGNORED_FILES


def _found(
    entry: "os.DirEntry[str]", parts: tuple[str, ...], prefix: tuple[str, ...]
) -> Found | None:
    split = SPLIT_FOLDERS.get(parts[0].lower(), "") if len(parts) > 1 else ""
    folders = parts[1 if split else 0 : -1]
    suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122
    if not folders and suffix not in SUFFIXES:
        return None  # a README beside the folders
    ends = "The name does not end in .jpeg, .png, .tiff, .bmp or .dcm."
    reason = "" if could_be_image(entry.name) else ends
    if not folders:
        reason = "The file lies in no class folder."
    file = "/".join((*prefix, *parts))
    if not _is_text(file):
        reason = "The name is not valid Unicode. Rename the file."
        file = file.encode("utf-8", "backslashreplace").decode()
    try:
        stat = entry.stat()
    except FileNotFoundError:
        return Found(entry.path, file, "", split, 0, 0, "The link leads nowhere.")
    label = folders[0].upper() if folders and not reason else ""
    return Found(entry.path, file, label, split, stat.st_size, stat.st_mtime_ns, reason)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
