"""Opening files once: hash, header and a full decode, so that nothing fails in a training."""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from engine.data.folders import Found
from engine.data.naming import kind_and_patient
from engine.data.parallel import Progress, in_order
from engine.vision.decoding import Grey, load, read_bytes
from engine.words.errors import UnreadableImage
from engine.words.files import digest

View = Callable[[Grey], Grey]

COLUMNS = [
    *("image_id", "file", "label", "kind", "patient", "split"),
    *("width", "height", "format", "mode", "bytes"),
]


class Row(NamedTuple):
    """What a catalogue keeps of one file; `reason` is empty where it is a usable image."""

    image_id: str
    file: str
    label: str
    kind: str
    patient: str
    split: str
    width: int
    height: int
    format: str
    mode: str
    bytes: int
    mtime_ns: int
    reason: str


def scan(
    found: list[Found], view: View | None = None, progress: Progress | None = None
) -> Iterator[tuple[Row, Grey | None]]:
    """Open every file, in order; with each usable image comes what `view` makes of it."""
    return in_order(lambda entry: _scan_one(entry, view), found, progress, "reading images")


def _scan_one(found: Found, view: View | None) -> tuple[Row, Grey | None]:
    if found.reason:
        return _unusable(found, found.reason), None
    try:
        data = read_bytes(Path(found.path))
        header, image = load(data)
    except UnreadableImage as error:
        return _unusable(found, str(error)), None
    image_id = digest(data)
    kind, patient = kind_and_patient(PurePosixPath(found.file).stem, found.label)
    row = Row(
        image_id=image_id,
        file=found.file,
        label=found.label,
        kind=kind,
        patient=patient or image_id,
        split=found.split,
        width=header.width,
        height=header.height,
        format=header.format,
        mode=header.mode,
        bytes=found.bytes,
        mtime_ns=found.mtime_ns,
        reason="",
    )
    return row, view(image) if view else None


def _unusable(found: Found, reason: str) -> Row:
    return Row(
        *("", found.file, found.label, "", "", found.split, 0, 0, "", ""),
        *(found.bytes, found.mtime_ns, reason),
    )
