"""Small files for tests of the data floor."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np


def picture(seed: int = 0, side: int = 32, suffix: str = ".png") -> bytes:
    """Return the bytes of a noisy picture; the same seed gives the same bytes."""
    noise = np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)
    return cv2.imencode(suffix, noise)[1].tobytes()


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files under `root` and return it."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def two_classes(root: Path, each: int = 3) -> Path:
    """Write a flat source of two classes."""
    sick = {f"PNEUMONIA/s{number}.png": picture(100 + number) for number in range(each)}
    return write(root, {f"NORMAL/n{number}.png": picture(number) for number in range(each)} | sick)


def zip_of(files: Mapping[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> BytesIO:
    """Return a ZIP with the given entries, names as they are."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", way) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    out.seek(0)
    return out
