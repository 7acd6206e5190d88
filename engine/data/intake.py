"""What an upload keeps: pictures, each once, and of a DICOM nothing that says whose it is."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from engine.data.folders import Found, could_be_image, find_images
from engine.data.parallel import Progress
from engine.data.patients import told
from engine.vision import dicom
from engine.vision.decoding import read_bytes
from engine.words.errors import CxrError, UnreadableImage
from engine.words.files import digest, read_json, write_json

NOTE = ".intake.json"  # hidden, so it is no part of the data
MAX_LABEL = 60


@dataclass(frozen=True)
class Intake:
    """What was left out of an upload, and which DICOM files lost their identity fields.

    copies: pairs of a file that was left out and the one with the same bytes that stayed.
    """

    copies: tuple[tuple[str, str], ...] = ()
    emptied: int = 0  # files that are no images: their names are kept, not their content
    dicoms: int = 0


def take_in(
    folder: Path, label: str = "", pattern: str = "", progress: Progress | None = None
) -> Intake:
    """Clean a folder of uploaded files and note what was done; raise CxrError.

    `label`: the class of images that lie in no folder. Copies within one class go, those first
    whose names tell no patient (`pattern`); the same picture under two classes stays, since one of
    them is wrong and only people know which.
    """
    if label:
        _label_loose(folder, checked_label(label))
    found = find_images(folder)
    listed = {Path(entry.path) for entry in found}
    for path in list(folder.rglob("*")):
        if path.is_file() and path not in listed and path.name != NOTE:
            path.unlink()
    emptied = [entry for entry in found if entry.reason and entry.bytes]
    for entry in emptied:
        Path(entry.path).write_bytes(b"")
    images = [entry for entry in found if not entry.reason]
    images.sort(key=lambda entry: not told(entry.file, entry.label, pattern))
    before = read(folder) or Intake()
    copies, dicoms = _each_once(images, progress)
    done = Intake((*before.copies, *copies), before.emptied + len(emptied), before.dicoms + dicoms)
    write_json(folder / NOTE, asdict(done))
    return done


def read(folder: Path) -> Intake | None:
    """Return what was noted when a folder was taken in; None where it was not."""
    try:
        note = read_json(folder / NOTE)
        copies = tuple((str(gone), str(stays)) for gone, stays in note["copies"])
        return Intake(copies, int(note["emptied"]), int(note["dicoms"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_loose(folder: Path, label: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Write single images, (name, bytes) each, into the folder of their class.

    Files of the same name get a number; what a name says of folders is left aside.
    """
    place = folder / checked_label(label)
    place.mkdir(parents=True, exist_ok=True)
    for name, data in files:
        plain = PurePosixPath(name.replace("\\", "/")).name.lstrip(".")
        plain = "".join(sign if sign.isprintable() else "_" for sign in plain)[-100:] or "image"
        if not could_be_image(plain):
            plain = f"{plain}.png"  # what it holds decides; by its name it would not be opened
        path, number = place / plain, 2
        while path.exists():
            path = place / f"{PurePosixPath(plain).stem} ({number}){PurePosixPath(plain).suffix}"
            number += 1
        path.write_bytes(data)


def checked_label(label: str) -> str:
    """Return the name of a class as a folder's name; raise CxrError where it cannot be one."""
    clean = " ".join(label.split())
    if not clean or len(clean) > MAX_LABEL or re.search(r"[/\\:\x00]", clean) or clean[0] == ".":
        raise CxrError(
            f"A class needs a name of 1 to {MAX_LABEL} characters without / \\ : and not beginning "
            f"with a dot, such as NORMAL; got {label[:80]!r}."
        )
    return clean


def _label_loose(folder: Path, label: str) -> None:
    loose = [path for path in folder.iterdir() if path.is_file() and could_be_image(path.name)]
    if not loose:
        return
    place = folder / f".{uuid.uuid4().hex}"  # a loose file may have the class's name
    place.mkdir()
    for path in loose:
        path.rename(place / path.name)
    target = folder / label
    target.mkdir(exist_ok=True)
    for path in list(place.iterdir()):
        free = target / path.name
        path.rename(free if not free.exists() else target / f"{path.stem} (2){path.suffix}")
    place.rmdir()


def _each_once(images: list[Found], progress: Progress | None) -> tuple[list[tuple[str, str]], int]:
    """Strip DICOM files and remove copies; return the copies and the number of DICOM files."""
    seen: dict[tuple[str, str], str] = {}
    copies, dicoms = [], 0
    for done, entry in enumerate(images, start=1):
        path = Path(entry.path)
        try:
            data = read_bytes(path)
        except UnreadableImage:  # too large: listing the source says so
            continue
        if dicom.begins(data):
            dicoms += 1
            data = dicom.anonymous(data)
            path.write_bytes(data)
        key = (digest(data), entry.label)
        if key in seen:
            path.unlink()
            copies.append((entry.file, seen[key]))
        seen.setdefault(key, entry.file)
        if progress and (done % 50 == 0 or done == len(images)):
            progress(done, len(images), "checking files")
    return copies, dicoms
