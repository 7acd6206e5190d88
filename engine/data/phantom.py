"""The phantom: a data set of synthetic chest X-ray look-alikes, in Kermany's layout."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.vision.phantom import Phantom, draw
from engine.words.errors import CxrError
from engine.words.files import read_json, write_json

__all__ = ["MASKS", "Phantom", "draw", "generate"]

MASKS = "masks"  # beside train, val and test; no part of the catalogue
RECORD = "phantom.json"
VERSION = 1  # raise when the pictures of a seed change
SMALLEST = 30

Progress = Callable[[int, int, str], None]

_SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}
_NORMAL = {"train": 1 / 3.5, "val": 1 / 3.5, "test": 3 / 8}  # Kermany's, about
_BACTERIAL = 2 / 3  # of the pneumonias
_PICTURES = (0.45, 0.3, 0.15, 0.1)  # chances of a patient having 1, 2, 3 or 4 pictures


@dataclass(frozen=True)
class Shot:
    """One picture to draw: `file` is relative to the data set's folder."""

    file: str
    kind: str
    patient: int
    picture: int
    aspect: float


def generate(
    folder: Path,
    images: int = 1000,
    size: int = 224,
    seed: int = 0,
    progress: Progress | None = None,
) -> Path:
    """Write the data set to `folder` and return it; the same arguments give the same bytes.

    train|val|test / NORMAL|PNEUMONIA / names as Kermany's, and under masks/ the exact opacity mask
    of each picture (PNG, 0 or 255). The shorter side of a picture is `size` pixels. A finished set
    of the same arguments is left as it is, another phantom in its place is replaced.
    Raises CxrError where the folder holds something else or too few images are asked for.
    """
    record = {"version": VERSION, "images": images, "size": size, "seed": seed}
    shots = plan(images, seed)
    if _holds(folder, record):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".phantom-"))
    try:
        _write_all(draft, shots, size, seed, progress)
        write_json(draft / RECORD, record)
        draft.chmod(0o755)
        if not _holds(folder, record):  # another process may have drawn it meanwhile
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _holds(folder: Path, record: dict[str, int]) -> bool:
    """Tell whether the folder is this very data set; raise where it holds anything else."""
    if not folder.exists() or not any(folder.iterdir()):
        return False
    if not (folder / RECORD).is_file():
        raise CxrError(
            f"The phantom needs an empty or missing folder, but {folder} holds other files. "
            "Choose another folder."
        )
    return bool(read_json(folder / RECORD) == record)


def plan(images: int, seed: int) -> tuple[Shot, ...]:
    """All pictures of a data set: kinds in Kermany's proportions, no patient in two parts."""
    if images < SMALLEST:
        raise CxrError(
            f"A phantom needs at least {SMALLEST} images, so that each part holds each kind, "
            f"got {images}. Ask for more."
        )
    rng = np.random.default_rng(np.random.SeedSequence([seed, 10**6]))
    patients = dict.fromkeys(("normal", "bacterial", "viral"), 0)
    shots: list[Shot] = []
    left = images
    for split, share in _SHARES.items():
        total = left if split == "test" else round(images * share)
        left -= total
        normal = max(1, round(total * _NORMAL[split]))
        bacterial = max(1, round((total - normal) * _BACTERIAL))
        counts = {"normal": normal, "bacterial": bacterial, "viral": total - normal - bacterial}
        for kind, count in counts.items():
            shots += _patients(split, kind, count, patients, rng)
    return tuple(shots)


def _patients(
    split: str, kind: str, count: int, patients: dict[str, int], rng: np.random.Generator
) -> list[Shot]:
    shots: list[Shot] = []
    while len(shots) < count:
        patients[kind] += 1
        number = patients[kind]
        pictures = min(int(rng.choice(4, p=_PICTURES)) + 1, count - len(shots))
        for picture in range(pictures):
            name = {
                "normal": f"IM-{number:04d}-{picture + 1:04d}",
                "bacterial": f"person{number}_bacteria_{picture + 1}",
                "viral": f"person{number}_virus_{picture + 1}",
            }[kind]
            label = "NORMAL" if kind == "normal" else "PNEUMONIA"
            aspect = float(rng.uniform(1.0, 1.25))
            shots.append(Shot(f"{split}/{label}/{name}.png", kind, number, picture, aspect))
    return shots


def _write_all(
    folder: Path, shots: tuple[Shot, ...], size: int, seed: int, progress: Progress | None
) -> None:
    for file in {Path(shot.file).parent for shot in shots}:
        (folder / file).mkdir(parents=True)
        (folder / MASKS / file).mkdir(parents=True)
    # Threads suffice: cv2 and numpy leave the interpreter's lock while they draw.
    with ThreadPoolExecutor(max_workers=4) as pool:
        for done, _ in enumerate(pool.map(lambda shot: _write(folder, shot, size, seed), shots), 1):
            if progress is not None and (done % 10 == 0 or done == len(shots)):
                progress(done, len(shots), "drawing the phantom")


def take(shot: Shot, size: int, seed: int) -> Phantom:
    """Draw one picture of a data set with its mask; the shorter side is `size` pixels."""
    kind_number = ("normal", "bacterial", "viral").index(shot.kind)
    patient = int(np.random.SeedSequence([seed, kind_number, shot.patient]).generate_state(1)[0])
    return draw(patient, shot.kind, size, shot.picture, shot.aspect)


def _write(folder: Path, shot: Shot, size: int, seed: int) -> None:
    phantom = take(shot, size, seed)
    save_png(folder / shot.file, phantom.image)
    save_png(folder / MASKS / shot.file, phantom.mask.astype(np.uint8) * 255)


def save_png(path: Path, pixels: np.ndarray) -> None:
    """Write a picture (H, W) uint8 as PNG; raise CxrError where it cannot be encoded."""
    done, data = cv2.imencode(".png", pixels)
    if not done:
        raise CxrError(f"{path.name} could not be encoded as PNG.")
    path.write_bytes(data.tobytes())
