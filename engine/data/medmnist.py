"""MedMNIST's arrays as a folder of pictures: train|val|test/CLASS/PART-NUMBER.png."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.data.parallel import Progress
from engine.words.errors import CxrError

PARTS = ("train", "val", "test")
MAX_SIDE = 4096  # pixels; an array of larger pictures is no MedMNIST


def unpack(arrays: Path, folder: Path, classes: Mapping[int, str], progress: Progress) -> None:
    """Write each picture of an .npz as a PNG file named by its class; raise CxrError.

    Expected: train|val|test_images (N, H, W) uint8 and train|val|test_labels (N, 1), as MedMNIST
    has them (Yang et al. 2023). One picture is in memory at a time. The numbers are the places in
    the arrays, so that the sizes of one set have the same names.
    """
    try:
        with zipfile.ZipFile(arrays) as opened:
            labels = {part: _labels(opened, part, classes) for part in PARTS}
            total, done = sum(map(len, labels.values())), 0
            for part in PARTS:
                for number, picture in enumerate(_pictures(opened, part, len(labels[part]))):
                    path = folder / part / classes[labels[part][number]] / f"{part}-{number:05}.png"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
                    done += 1
                    if done % 50 == 0 or done == total:
                        progress(done, total, "Writing the pictures")
    except KeyError as error:
        raise _unexpected(f"{error.args[0]}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise _unexpected(str(error)) from None


def _labels(opened: zipfile.ZipFile, part: str, classes: Mapping[int, str]) -> list[int]:
    with opened.open(f"{part}_labels.npy") as stream:
        shape, kind = _header(stream)
        if len(shape) not in (1, 2) or shape[1:] not in ((), (1,)) or kind.kind not in "ui":
            raise _unexpected(f"{part}_labels is {kind} {shape}")
        found = np.frombuffer(_exactly(stream, shape[0] * kind.itemsize), kind).tolist()
    if strange := set(found) - set(classes):
        raise _unexpected(f"{part}_labels holds the classes {sorted(strange)[:5]}")
    return found


def _pictures(opened: zipfile.ZipFile, part: str, count: int) -> Iterator[NDArray[np.uint8]]:
    with opened.open(f"{part}_images.npy") as stream:
        shape, kind = _header(stream)
        if len(shape) != 3 or kind != np.uint8 or shape[0] != count or max(shape[1:]) > MAX_SIDE:
            raise _unexpected(f"{part}_images is {kind} {shape} for {count:,} labels")
        for _ in range(count):
            yield np.frombuffer(_exactly(stream, shape[1] * shape[2]), np.uint8).reshape(shape[1:])


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    shape, by_columns, kind = read[np.lib.format.read_magic(stream)](stream)
    if by_columns or kind.hasobject:
        raise _unexpected(f"an array of {kind}{', by columns' if by_columns else ''}")
    return shape, kind


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError("an array is cut short")
    return data


def _unexpected(came: str) -> CxrError:
    return CxrError(
        "Expected MedMNIST's file: train, val and test, each as _images (count, height, width) of "
        f"8 bits and _labels; this one does not fit: {came}. Download it anew."
    )
