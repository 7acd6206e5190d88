"""Where images come from: registered folders, uploaded ZIP files, the phantom."""

import re
import shutil
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.data import archive, index
from engine.data.cache import disk_space
from engine.data.catalogue import Catalogue, build_catalogue
from engine.data.folders import find_images
from engine.data.parallel import Progress
from engine.data.pixels import Recording
from engine.words.errors import CxrError, NotFound
from engine.words.files import digest, read_json, write_json
from engine.words.options import Choice
from engine.words.settings import settings

PHANTOM = "phantom"
PREVIEW = (224, (Choice("squash"),))  # galleries and most presets use these pixels
MAX_NAME = 60

_changing = threading.RLock()


@dataclass(frozen=True)
class Source:
    """A named place of images; kind is "folder", "upload" or "phantom"."""

    name: str
    path: Path
    kind: str
    synthetic: bool = False


def list_sources() -> list[Source]:
    """Return the registered sources in the order they came, then the phantom."""
    phantom = Source(PHANTOM, settings().data / PHANTOM, PHANTOM, synthetic=True)
    return [*_registered(), phantom]


def find_source(name: str) -> Source:
    """Return the source of that name; raise NotFound with the names there are."""
    for source in list_sources():
        if source.name == name:
            return source
    names = ", ".join(source.name for source in list_sources())
    raise NotFound(f"There is no data '{name}'. Choose one of: {names}; or give a folder's path.")


def register_folder(name: str, path: Path) -> Source:
    """Remember a folder of images under a name; it stays where it is. Raises CxrError."""
    root = Path(path).expanduser().resolve()
    source = Source(_checked_name(name), root, "folder")
    _require_images(root)
    with _changing:
        if source in _registered():
            return source
        _require_free(source.name)
        _save([*_registered(), source])
    return source


def register_zip(name: str, file: Path | BinaryIO, progress: Progress | None = None) -> Source:
    """Unpack a ZIP of a folder of images and remember it; raise CxrError, leaving nothing."""
    return register_made(name, lambda target: archive.extract(file, target, progress))


def register_made(name: str, make: Callable[[Path], object]) -> Source:
    """Let `make` write a new folder of images and remember it; raise CxrError, leaving nothing."""
    clean = _checked_name(name)
    _require_free(clean)
    uploads = settings().data / "uploads"
    target = uploads / f"{_slug(clean)}-{digest(clean.encode())[:8]}"
    with _changing:
        if target.exists():  # left by a removal that could not delete everything
            shutil.rmtree(target)
        try:
            with disk_space(target):
                make(target)
            _require_images(target)
            _require_free(clean)
            source = Source(clean, target.resolve(), "upload")
            _save([*_registered(), source])
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
    return source


def remove_source(name: str) -> None:
    """Forget a source; an upload's files are deleted, a folder stays. Raises CxrError."""
    if name == PHANTOM:
        raise CxrError("The phantom ships with the product and cannot be removed.")
    source = find_source(name)
    with _changing:
        _save([other for other in _registered() if other != source])
    if source.kind == "upload":
        shutil.rmtree(source.path, ignore_errors=True)


def open_source(name: str | Path, progress: Progress | None = None) -> Catalogue:
    """Return the catalogue of a registered source, the phantom or a folder's path.

    The phantom is generated on first use. What decoding yields is kept as preview pixels on the
    way, so each file is read once. Raises NotFound, CxrError.
    """
    source = _find_or_path(name)
    if source.kind == PHANTOM:
        _generate(source.path, progress)
    with Recording(*PREVIEW) as recording:
        catalogue = build_catalogue(source.name, source.path, source.synthetic, progress, recording)
        recording.keep(catalogue)
    return catalogue


def find_by_hash(content: str) -> Catalogue:
    """Return the catalogue with this content hash, for a worker; raise NotFound."""
    known = index.find(content)
    names = {source.path: source.name for source in list_sources()}
    for entry in known:
        if entry.root.is_dir():
            catalogue = build_catalogue(
                names.get(entry.root, entry.name), entry.root, entry.synthetic
            )
            if catalogue.hash == content:
                return catalogue
    for source in list_sources():  # the index may have been deleted
        if source.path.is_dir():
            catalogue = build_catalogue(source.name, source.path, source.synthetic)
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
        rows = index.load(source.path.resolve())
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
    with _changing:
        if not folder.is_dir():
            from engine.data.phantom import generate  # only whoever draws needs it

            with disk_space(folder):
                generate(folder, settings().phantom_images, progress=progress)


def _registered() -> list[Source]:
    path = _registry()
    if not path.exists():
        return []
    try:
        entries = read_json(path)
        return [Source(entry["name"], Path(entry["path"]), entry["kind"]) for entry in entries]
    except (ValueError, KeyError, TypeError):
        raise CxrError(
            f"The list of data in {path} is damaged. Correct it, or delete it and add the data "
            "again."
        ) from None


def _save(sources: list[Source]) -> None:
    entries = [
        {"name": source.name, "path": str(source.path), "kind": source.kind} for source in sources
    ]
    with disk_space(_registry()):
        write_json(_registry(), entries)


def _registry() -> Path:
    return settings().data / "sources.json"


def _checked_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME or not clean.isprintable() or re.search(r"[/\\]", clean):
        raise CxrError(
            f"A name needs 1 to {MAX_NAME} characters without / and \\; got {name[:80]!r}."
        )
    return clean


def _require_free(name: str) -> None:
    if any(source.name.casefold() == name.casefold() for source in list_sources()):
        raise CxrError(f"There is already data called '{name}'. Choose another name.")


def _require_images(root: Path) -> None:
    if not any(not found.reason for found in find_images(root)):
        raise CxrError(
            "Expected folders CLASS/images or train|val|test/CLASS/images with JPEG, PNG, TIFF or "
            f"BMP files; found none in {root.name}. Choose another folder."
        )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "data"
