"""The list of sources in data/sources.json, changed by one process at a time."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.data.cache import disk_space
from engine.words.errors import CxrError, NotFound
from engine.words.files import read_json, write_json
from engine.words.locks import locked
from engine.words.settings import settings

PHANTOM = "phantom"
MAX_NAME = 60


@dataclass(frozen=True)
class Source:
    """A named place of images; kind is "folder", "upload" or "phantom".

    patients: the pattern that finds the patient in a file's path; empty for the names we know.
    """

    name: str
    path: Path
    kind: str
    synthetic: bool = False
    patients: str = ""


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


def add(source: Source) -> None:
    """Put a source into the list; raise CxrError where its name is taken."""
    with _alone():
        there = _registered()
        if source not in there:
            require_free(source.name)
            _save([*there, source])


def drop(source: Source) -> None:
    """Take a source off the list."""
    with _alone():
        _save([other for other in _registered() if other != source])


def checked_name(name: str) -> str:
    """Return a name without needless blanks; raise CxrError where it cannot be one."""
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME or not clean.isprintable() or re.search(r"[/\\]", clean):
        raise CxrError(
            f"A name needs 1 to {MAX_NAME} characters without / and \\; got {name[:80]!r}."
        )
    return clean


def require_free(name: str) -> None:
    """Raise CxrError where a source has this name already, in whatever case."""
    if any(source.name.casefold() == name.casefold() for source in list_sources()):
        raise CxrError(f"There is already data called '{name}'. Choose another name.")


@contextmanager
def _alone() -> Iterator[None]:
    with disk_space(_file()), locked(settings().data / "sources.lock"):
        yield


def _registered() -> list[Source]:
    path = _file()
    if not path.exists():
        return []
    try:
        return [_source(entry) for entry in read_json(path)]
    except (ValueError, KeyError, TypeError):
        raise CxrError(
            f"The list of data in {path} is damaged. Correct it, or delete it and add the data "
            "again."
        ) from None


def _source(entry: Any) -> Source:
    return Source(
        entry["name"],
        Path(entry["path"]),
        entry["kind"],
        entry.get("synthetic", False),
        entry.get("patients", ""),
    )


def _save(sources: list[Source]) -> None:
    entries = [asdict(source) | {"path": str(source.path)} for source in sources]
    for entry in entries:
        for name in ("synthetic", "patients"):
            if not entry[name]:
                del entry[name]
    write_json(_file(), entries)


def _file() -> Path:
    return settings().data / "sources.json"
