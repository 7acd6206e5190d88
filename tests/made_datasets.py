"""Tiny data sets in the form of the originals, and a table that takes them for these."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from engine.data import downloads, transfer
from tests.data.made import picture, zip_of
from tests.serving import Served, serve

KERMANY, MNIST = "kermany", "pneumoniamnist_28"


def kermany() -> bytes:
    """Return a ZIP of 8 X-rays as the original is packed, with what a Mac leaves in it."""
    names = [
        f"{split}/{file}"
        for split in ("train", "test")
        for file in (
            "NORMAL/IM-0115-0001.jpeg",
            "NORMAL/NORMAL2-IM-0587-0001-0001.jpeg",
            "PNEUMONIA/person1_bacteria_1.jpeg",
            "PNEUMONIA/person1_virus_6.jpeg",
        )
    ]
    files = {
        f"chest_xray/{name}": picture(number, suffix=".jpg") for number, name in enumerate(names)
    }
    left = {f"__MACOSX/chest_xray/{names[0]}": b"mac", "chest_xray/train/.DS_Store": b"mac"}
    return zip_of(files | left).getvalue()


def mnist(side: int = 28, **changed: np.ndarray | None) -> bytes:
    """Return arrays as PneumoniaMNIST has them: 6, 2 and 4 pictures; None leaves an array out."""
    random = np.random.default_rng(0)
    arrays: dict[str, np.ndarray | None] = {}
    for part, count in (("train", 6), ("val", 2), ("test", 4)):
        arrays[f"{part}_images"] = random.integers(0, 256, (count, side, side), dtype=np.uint8)
        arrays[f"{part}_labels"] = (np.arange(count) % 2).astype(np.uint8)[:, None]
    out = BytesIO()
    given = {name: array for name, array in (arrays | changed).items() if array is not None}
    np.savez_compressed(out, **given)  # type: ignore[arg-type]
    return out.getvalue()


def let_be_original(patch: pytest.MonkeyPatch, name: str, content: bytes) -> None:
    """Let the table take this content for the file that is published."""
    row = downloads.DATASETS[name]
    hashes = {
        key: hashlib.new(key, content).hexdigest() if getattr(row, key) else ""
        for key in ("sha256", "md5")
    }
    own = replace(row, bytes=len(content), unpacked=100_000, **hashes)
    patch.setattr(downloads, "DATASETS", {**downloads.DATASETS, name: own})


@contextmanager
def mirror(patch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve both tiny sets as a mirror, with no pauses before a new try."""
    patch.setattr(transfer, "PAUSES", (0.01, 0.01))
    with serve() as served:
        patch.setenv("CXR_DOWNLOAD_URL", f"{served.url}/mirror/")
        for name, content in ((KERMANY, kermany()), (MNIST, mnist())):
            let_be_original(patch, name, content)
            served.files[f"/mirror/{downloads.DATASETS[name].file}"] = content
        yield served
