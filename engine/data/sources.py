"""Where images come from: registered folders, uploaded ZIP files, the phantom."""

import re
import shutil
import threading
import uuid
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import BinaryIO

from engine.data import archive, index, intake, patients, registry
from engine.data.cache import disk_space
from engine.data.catalogue import Catalogue, build_catalogue
from engine.data.folders import FORMATS, find_images
from engine.data.parallel import Progress
from engine.data.pixels import Recording
from engine.data.registry import PHANTOM, Source, find_source, list_sources
from engine.data.removal import remove_source
from engine.words.errors import CxrError, NotFound
from engine.words.options import Choice
from engine.words.settings import settings

__all__ = [
    "PHANTOM",
    "PREVIEW",
    "Source",
    "find_by_hash",
    "find_by_names",
    "find_source",
    "list_sources",
    "open_source",
    "register_folder",
    "register_images",
    "register_made",
    "register_zip",
    "remove_source",
]

PREVIEW = (224, (Choice("squash"),))  # galleries and most presets use these pixels

_drawing = threading.RLock()


def register_folder(name: str, path: Path, patients: str = "") -> Source:
    """Remember a folder of images under a name; it stays where it is. Raises CxrError.

    `patients`: a regular expression whose group is the patient in a file's path.
    """
    root = Path(path).expanduser().resolve()
    source = Source(registry.checked_name(name), root, "folder", patients=_checked(patients))
    _require_images(root)
    registry.add(source)
    return source


def register_zip(
    name: str,
    file: Path | BinaryIO,
    progress: Progress | None = None,
    patients: str = "",
    label: str = "",
) -> Source:
    """Unpack a ZIP of a folder of images and remember it; raise CxrError, leaving nothing.

    Copies and what is no image are left out, DICOM files lose their identity fields (`intake`).
    `label`: the class of images that lie in no folder.
    """

    def make(target: Path) -> None:
        archive.extract(file, target, progress)
        intake.take_in(target, label, _checked(patients), progress)

    return register_made(name, make, patients)


def register_images(
    name: str,
    files: Sequence[tuple[str, bytes]],
    label: str,
    patients: str = "",
    progress: Progress | None = None,
) -> Source:
    """Keep single images, (file name, bytes) each, as a source of one class; raise CxrError.

    Where `name` is an upload already they join it, under the pattern for patients that it has.
    """
    clean = registry.checked_name(name)
    there = next((one for one in list_sources() if one.name == clean), None)

    def make(target: Path) -> None:
        intake.write_loose(target, label, files)
        intake.take_in(target, "", there.patients if there else _checked(patients), progress)

    if not files:
        raise CxrError("Choose at least one image file.")
    if there is None or there.kind != "upload":
        return register_made(clean, make, patients)
    with disk_space(there.path):
        make(there.path)
    return there


def register_made(
    name: str, make: Callable[[Path], object], patients: str = "", synthetic: bool = False
) -> Source:
    """Let `make` write a new folder of images and remember it; raise CxrError, leaving nothing."""
    clean = registry.checked_name(name)
    registry.require_free(clean)
    pattern = _checked(patients)
    target = settings().data / "uploads" / f"{_slug(clean)}-{uuid.uuid4().hex[:8]}"
    try:
        with disk_space(target):
            make(target)
        _require_images(target)
        source = Source(clean, target.resolve(), "upload", synthetic, pattern)
        registry.add(source)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return source


def open_source(name: str | Path, progress: Progress | None = None) -> Catalogue:
    """Return the catalogue of a registered source, the phantom or a folder's path.

    The phantom is generated on first use. What decoding yields is kept as preview pixels on the
    way, so each file is read once. Raises NotFound, CxrError.
    """
    source = _find_or_path(name)
    if source.kind == PHANTOM:
        _generate(source.path, progress)
    with Recording(*PREVIEW) as recording:
        catalogue = _catalogue(source, progress, recording)
        recording.keep(catalogue)
    return catalogue


def find_by_hash(content: str) -> Catalogue:
    """Return the catalogue with this content hash, for a worker; raise NotFound."""
    known = index.find(content)
    names = {(source.path, source.patients): source.name for source in list_sources()}
    places = [
        Source(names.get((it.root, it.patients), it.name), it.root, "", it.synthetic, it.patients)
        for it in known
    ]
    for source in [*places, *list_sources()]:  # the index may have been deleted
        if source.path.is_dir():
            catalogue = _catalogue(source)
            if catalogue.hash == content:
                return catalogue
    where = f" It was in {known[0].root}: has it changed or moved?" if known else ""
    raise NotFound(
        f"The data of this recipe (content {content}) is not on this machine.{where} Add the "
        "folder again, or choose other data."
    )


def find_by_names(files: Collection[str], share: float = 0.9) -> Path | None:
    """Return a folder that was opened before and has `share` of these files by name, else None.

    For other copies of the same images, say the originals of a shrunken set. Opens nothing.
    """
    wanted = set(files)
    for source in list_sources():
        rows = index.load(source.path.resolve(), source.patients)
        if rows is not None and len(wanted & set(rows["file"])) >= share * len(wanted) > 0:
            return source.path
    return None


def _find_or_path(name: str | Path) -> Source:
    for source in list_sources():
        if source.name == str(name):
            return source
    path = Path(name).expanduser()
    if not path.is_dir():
        return find_source(str(name))
    root = path.resolve()
    for source in list_sources():
        if source.path == root:
            return source
    return Source(root.name, root, "folder")


def _generate(folder: Path, progress: Progress | None) -> None:
    with _drawing:
        if not folder.is_dir():
            from engine.data.phantom import generate  # only whoever draws needs it

            with disk_space(folder):
                generate(folder, settings().phantom_images, progress=progress)


def _catalogue(
    source: Source, progress: Progress | None = None, recording: Recording | None = None
) -> Catalogue:
    return build_catalogue(
        source.name, source.path, source.synthetic, progress, recording, source.patients
    )


def _checked(pattern: str) -> str:
    if pattern.strip():
        patients.compiled(pattern.strip())
    return pattern.strip()


def _require_images(root: Path) -> None:
    if not any(not found.reason for found in find_images(root)):
        raise CxrError(
            f"Expected folders CLASS/images or train|val|test/CLASS/images with {FORMATS} files; "
            "found none. Choose another folder, or pack one folder per class."
        )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "data"
