"""Opening files once: hash, header and a full decode, so that nothing fails in a training."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from engine.data.folders import Found
from engine.data.naming import kind_and_patient
from engine.vision.decoding import load, read_bytes
from engine.words.errors import UnreadableImage
from engine.words.files import digest

Progress = Callable[[int, int, str], None]

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


def scan(found: list[Found], progress: Progress | None = None) -> Iterator[Row]:
    """Open every file, several at a time (OpenCV decodes without the interpreter's lock)."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, row in enumerate(pool.map(_scan_one, found, chunksize=1), start=1):
            if progress and (done % 50 == 0 or done == len(found)):
                progress(done, len(found), "reading images")
            yield row


def _scan_one(found: Found) -> Row:
    if found.reason:
        return _unusable(found, found.reason)
    try:
        data = read_bytes(Path(found.path))
        header, _ = load(data)
    except UnreadableImage as error:
        return _unusable(found, str(error))
    image_id = digest(data)
    kind, patient = kind_and_patient(PurePosixPath(found.file).stem, found.label)
    return Row(
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


def _unusable(found: Found, reason: str) -> Row:
    return Row(
        *("", found.file, found.label, "", "", found.split, 0, 0, "", ""),
        *(found.bytes, found.mtime_ns, reason),
    )
