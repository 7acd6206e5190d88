"""What was found in a folder last time, to notice what changed.

A change detector like git's index: a file whose path, size and modification time (nanoseconds)
are unchanged is taken to be unchanged. Everything computed from images is keyed by content
hashes instead; only this index may look at times.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.data.cache import disk_space
from engine.words.files import digest, read_json, write_atomic, write_json
from engine.words.settings import settings

VERSION = 1  # raise it when scanning or naming changes its mind


@dataclass(frozen=True)
class Indexed:
    """A folder that has been catalogued on this machine."""

    root: Path
    hash: str
    name: str
    synthetic: bool


def load(root: Path) -> pd.DataFrame | None:
    """Return last time's rows; None where there are none or they cannot be read."""
    path = _path(root)
    if not path.exists():
        return None
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError):  # damaged: it is only a shortcut, so read the folder again
        path.unlink(missing_ok=True)
        return None


def save(root: Path, rows: pd.DataFrame, content: str, name: str, synthetic: bool) -> None:
    """Keep the rows and the content hash for next time."""
    path = _path(root)
    note = {"root": str(root), "hash": content, "name": name, "synthetic": synthetic}
    with disk_space(path):
        write_atomic(path, lambda temporary: rows.to_parquet(temporary, index=False))
        write_json(path.with_suffix(".json"), note)


def find(content: str) -> list[Indexed]:
    """Return the folders that had this content hash when they were last catalogued."""
    notes = [_note(path) for path in sorted(_folder().glob("*.json"))]
    return [note for note in notes if note and note.hash == content]


def _note(path: Path) -> Indexed | None:
    try:
        note = read_json(path)
        return Indexed(Path(note["root"]), note["hash"], note["name"], note["synthetic"])
    except (OSError, ValueError, KeyError, TypeError):  # damaged: only a shortcut
        return None


def _folder() -> Path:
    return settings().models / "cache" / "catalogues"


def _path(root: Path) -> Path:
    return _folder() / f"{digest(f'{VERSION} {root}'.encode())}.parquet"
