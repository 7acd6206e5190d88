"""One table for every source: what each image is, whose it is and where it lies."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from engine.data import index, patients
from engine.data.folders import FORMATS, Found, find_images
from engine.data.naming import printable
from engine.data.parallel import Progress
from engine.data.scanning import COLUMNS, Row, scan
from engine.vision.decoding import Grey
from engine.words.errors import CxrError
from engine.words.files import digest

KIND_CLASSES = ("NORMAL", "BACTERIAL", "VIRAL")


@dataclass(frozen=True)
class Catalogue:
    """A source's images, one row each, and the files that are none.

    images: image_id (hash of the bytes), file (relative, with /), label, kind, patient, split,
    width, height, format, mode, bytes. unreadable: file, reason. hash: of all files' names and
    contents, and of the patients where a pattern names them.
    """

    name: str
    root: Path
    hash: str
    synthetic: bool
    images: pd.DataFrame
    unreadable: pd.DataFrame
    pattern: str = ""  # that finds the patients; empty for the names we know

    def classes(self, task: str) -> tuple[str, ...]:
        """Return the class names in the order of the scores; raise CxrError where impossible."""
        if task == "kinds":
            return self._kinds()
        names = sorted(self.images["label"].unique(), key=lambda name: (name != "NORMAL", name))
        if len(names) < 2:
            raise CxrError(
                f"Telling classes apart needs at least two folders of images; '{self.name}' has "
                f"only {', '.join(names) or 'none'}. Add a folder of another class."
            )
        return tuple(names)

    def targets(self, task: str) -> "pd.Series[str]":
        """Return each row's class name; raise CxrError where the task is impossible."""
        self.classes(task)
        return self.images["label"] if task == "labels" else self.images["kind"].str.upper()

    def _kinds(self) -> tuple[str, ...]:
        unknown = self.images.loc[self.images["kind"] == "", "file"]
        if len(unknown):
            raise CxrError(
                "Three classes need a kind (normal, bacterial, viral) in each file name; "
                f"{len(unknown):,} files of '{self.name}' name none, such as {unknown.iloc[0]}. "
                "Choose the task 'labels'."
            )
        there = set(self.images["kind"].str.upper())
        missing = [name for name in KIND_CLASSES if name not in there]
        if missing:
            raise CxrError(
                f"Three classes need normal, bacterial and viral images; '{self.name}' has no "
                f"{' and no '.join(missing)}. Choose the task 'labels'."
            )
        return KIND_CLASSES


class Recorder(Protocol):
    """Takes along what is decoded anyway: `view` runs in threads, `add` in the rows' order."""

    def view(self, image: Grey) -> Grey:
        """Return what to keep of one image."""

    def add(self, kept: Grey) -> None:
        """Keep it."""


def build_catalogue(
    name: str,
    root: Path,
    synthetic: bool = False,
    progress: Progress | None = None,
    recorder: Recorder | None = None,
    pattern: str = "",
) -> Catalogue:
    """List and check every image under `root`; raise CxrError where there is none.

    `pattern` finds the patient in a file's path (see `patients`); empty for the names we know.
    Files whose path, size and modification time are known from last time are not opened again.
    """
    root = Path(root).expanduser().resolve()
    found = find_images(root)
    known = index.load(root, pattern)
    seen = known if known is not None else index.of_any_pattern(root)
    rows = _rows(found, seen, recorder, progress)
    catalogue = _catalogue(name, root, synthetic, rows, pattern)
    if known is None or not rows.equals(known):
        note = index.Indexed(root, catalogue.hash, name, synthetic, pattern)
        index.save(root, rows, note)
    return catalogue


def _rows(
    found: list[Found],
    known: pd.DataFrame | None,
    recorder: Recorder | None,
    progress: Progress | None,
) -> pd.DataFrame:
    keys = pd.DataFrame(
        [(entry.file, entry.bytes, entry.mtime_ns) for entry in found],
        columns=["file", "bytes", "mtime_ns"],
    )
    if known is not None and known[["file", "bytes", "mtime_ns"]].equals(keys):
        return known
    same = {} if known is None else _by_key(known)
    new = [entry for entry in found if (entry.file, entry.bytes, entry.mtime_ns) not in same]
    for row, kept in scan(new, recorder.view if recorder else None, progress):
        same[row.file, row.bytes, row.mtime_ns] = row
        if recorder and kept is not None:
            recorder.add(kept)
    rows = [same[entry.file, entry.bytes, entry.mtime_ns] for entry in found]
    return pd.DataFrame(rows, columns=list(Row._fields)).astype({"mtime_ns": "int64"})


def _by_key(known: pd.DataFrame) -> dict[tuple[str, int, int], Row]:
    rows = (Row(*values) for values in known.itertuples(index=False, name=None))
    return {(row.file, row.bytes, row.mtime_ns): row for row in rows}


def _catalogue(
    name: str, root: Path, synthetic: bool, rows: pd.DataFrame, pattern: str
) -> Catalogue:
    good = rows["reason"] == ""
    images = rows.loc[good, COLUMNS].reset_index(drop=True)
    unreadable = rows.loc[~good, ["file", "reason"]].reset_index(drop=True)
    if images.empty:
        raise CxrError(_nothing(root, unreadable))
    lines = images["file"] + "\0" + images["image_id"]
    if pattern:  # other patients are another split, so another content
        images = patients.assigned(images, pattern)
        lines += "\0" + images["patient"]
    return Catalogue(
        name=name,
        root=root,
        hash=digest("\n".join(lines).encode()),
        synthetic=synthetic,
        images=images,
        unreadable=unreadable,
        pattern=pattern,
    )


def _nothing(root: Path, unreadable: pd.DataFrame) -> str:
    expected = f"Expected folders CLASS/images or train|val|test/CLASS/images with {FORMATS} files"
    if unreadable.empty:
        return f"{expected}; {root} has no image in a class folder. Choose another folder."
    first = unreadable.iloc[0]
    return (
        f"{expected}; none of the {len(unreadable):,} files in {root} can be used. "
        f"The first: {printable(first['file'])}: {first['reason']}"
    )
