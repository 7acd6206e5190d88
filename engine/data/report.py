"""What a source turned out to hold, and how its files would be read before it is added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import pandas as pd

from engine.data import archive, audit, intake, sources
from engine.data.catalogue import Catalogue
from engine.data.folders import could_be_image, find_images
from engine.data.naming import SPLIT_FOLDERS
from engine.data.parallel import Progress
from engine.data.registry import Source


@dataclass(frozen=True)
class Report:
    """A source in figures: rows and counts.

    classes: class, images, patients. alone: images whose name tells no patient. dropped: pairs of
    a copy that was left out of an upload and the file that stayed. twice: images that are still
    there under more than one name. unreadable: file, reason.
    """

    images: int
    patients: int
    alone: int
    dicoms: int
    classes: pd.DataFrame
    dropped: pd.DataFrame
    twice: pd.DataFrame
    unreadable: pd.DataFrame


def report(catalogue: Catalogue) -> Report:
    """Count what a source holds, and what was left out when it was added."""
    images = catalogue.images
    taken = intake.read(catalogue.root) or intake.Intake()
    groups = images.groupby("label", sort=True)
    classes = pd.DataFrame({"images": groups.size(), "patients": groups["patient"].nunique()})
    return Report(
        images=len(images),
        patients=int(images["patient"].nunique()),
        alone=int((images["patient"] == images["image_id"]).sum()),
        dicoms=int((images["format"] == "DICOM").sum()),
        classes=classes.reset_index(names="class"),
        dropped=pd.DataFrame(list(taken.copies), columns=["left out", "same as"]),
        twice=audit.duplicates(images),
        unreadable=catalogue.unreadable,
    )


def added(add: Callable[[], Source], progress: Progress | None = None) -> tuple[Source, Report]:
    """Let `add` register a source, read it and report; raise what goes wrong.

    Where nothing in it can be used it is forgotten again, unless it was there before.
    """
    before = {source.name for source in sources.list_sources()}
    source = add()
    try:
        return source, report(sources.open_source(source.name, progress))
    except BaseException:
        if source.name not in before:
            sources.remove_source(source.name)
        raise


def names_in_zip(file: Path | BinaryIO) -> list[tuple[str, str]]:
    """Return (file, class) of the images that a ZIP lists, unpacking nothing; raise CxrError."""
    names = archive.names(file)
    return _labelled([name for name in names if could_be_image(PurePosixPath(name).name)])


def names_in_folder(folder: Path) -> list[tuple[str, str]]:
    """Return (file, class) of the images below a folder, opening none; raise CxrError."""
    found = find_images(folder.expanduser().resolve())
    return [(entry.file, entry.label) for entry in found if not entry.reason]


def _labelled(names: Sequence[str]) -> list[tuple[str, str]]:
    """Name each file's class by its folder, as `find_images` does once it is unpacked."""
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    skip = 0
    while folders and all(len(parts) > skip + 1 for parts in folders):
        first = {parts[skip] for parts in folders}
        if len(first) > 1 or next(iter(first)).lower() in SPLIT_FOLDERS:
            break
        skip += 1
    pairs = []
    for name, parts in zip(names, folders, strict=True):
        rest = parts[skip:]
        rest = rest[1:] if rest and rest[0].lower() in SPLIT_FOLDERS else rest
        pairs.append((name, rest[0].upper() if rest else ""))
    return sorted(pairs)
