"""What removing a source takes with it, said before it is done."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.data import cache, index, registry
from engine.data.registry import PHANTOM, Source, find_source, list_sources
from engine.words.errors import CxrError


@dataclass(frozen=True)
class Removal:
    """What goes with a source.

    files: bytes of an upload's own pictures, 0 for a folder, which stays. caches: what was
    computed from this content alone. content: its hash, empty where it was never opened or
    another source has the same; then its runs keep their pictures.
    """

    source: Source
    files: int
    caches: tuple[Path, ...]
    content: str

    @property
    def cached(self) -> int:
        """Bytes of the caches."""
        return cache.size_of(self.caches)


def foresee(name: str) -> Removal:
    """Return what removing a source would take along; raise NotFound, CxrError."""
    if name == PHANTOM:
        raise CxrError("The phantom ships with the product and cannot be removed.")
    source = find_source(name)
    content = _content(source)
    others = [other for other in list_sources() if other != source]
    if content and any(_content(other) == content for other in others):
        content = ""
    own = _size(source.path) if source.kind == "upload" else 0
    return Removal(source, own, tuple(cache.made_of(content)) if content else (), content)


def remove_source(name: str) -> Removal:
    """Forget a source and what was computed from it alone; return what went.

    An upload's files are deleted, a folder stays. Raises NotFound, CxrError.
    """
    removal = foresee(name)
    source = removal.source
    registry.drop(source)
    index.forget(source.path.resolve(), source.patients)
    cache.delete(removal.caches)
    if source.kind == "upload":
        shutil.rmtree(source.path, ignore_errors=True)
    return removal


def _content(source: Source) -> str:
    noted = index.noted(source.path.resolve(), source.patients)
    return noted.hash if noted else ""


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
