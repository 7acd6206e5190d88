"""What was found in a folder last time, to notice what changed.

A change detector like git's index: a file whose path, size and modification time (nanoseconds)
are unchanged is taken to be unchanged. Everything computed from images is keyed by content
hashes instead; only this index may look at times.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from engine.data.cache import disk_space
from engine.words.files import digest, read_json, write_atomic, write_json
from engine.words.settings import settings

VERSION = 2  # raise it when scanning or naming changes its mind


@dataclass(frozen=True)
class Indexed:
    """A folder that has been catalogued on this machine."""

    root: Path
    hash: str
    name: str
    synthetic: bool
    patients: str = ""  # the pattern that finds the patients


def load(root: Path, patients: str = "") -> pd.DataFrame | None:
    """Return last time's rows; None where there are none or they cannot be read."""
    path = _path(root, patients)
    if not path.exists():
        return None
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError):  # damaged: it is only a shortcut, so read the folder again
        path.unlink(missing_ok=True)
        return None


def save(root: Path, rows: pd.DataFrame, note: Indexed) -> None:
    """Keep the rows and the content hash for next time."""
    path = _path(root, note.patients)
    with disk_space(path):
        write_atomic(path, lambda temporary: rows.to_parquet(temporary, index=False))
        write_json(path.with_suffix(".json"), asdict(note) | {"root": str(root)})


def noted(root: Path, patients: str = "") -> Indexed | None:
    """Return what was noted when a folder was last catalogued, with this pattern for patients."""
    path = _path(root, patients).with_suffix(".json")
    return _note(path) if path.exists() else None


def of_any_pattern(root: Path) -> pd.DataFrame | None:
    """Return last time's rows, whichever pattern named the patients."""
    notes = [_note(path) for path in sorted(_folder().glob("*.json"))]
    patterns = ["", *(note.patients for note in notes if note and note.root == root)]
    return next((rows for one in patterns if (rows := load(root, one)) is not None), None)


def forget(root: Path, patients: str = "") -> None:
    """Delete what is kept of a folder with this pattern."""
    path = _path(root, patients)
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)


def find(content: str) -> list[Indexed]:
    """Return the folders that had this content hash when they were last catalogued."""
    notes = [_note(path) for path in sorted(_folder().glob("*.json"))]
    return [note for note in notes if note and note.hash == content]


def _note(path: Path) -> Indexed | None:
    try:
        note = read_json(path)
        return Indexed(
            Path(note["root"]), note["hash"], note["name"], note["synthetic"], note["patients"]
        )
    except (OSError, ValueError, KeyError, TypeError):  # damaged: only a shortcut
        return None


def _folder() -> Path:
    return settings().cache / "catalogues"


def _path(root: Path, patients: str) -> Path:
    what = f"{VERSION} {root}" + (f"\0{patients}" if patients else "")
    return _folder() / f"{digest(what.encode())}.parquet"
