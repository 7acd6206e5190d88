"""Near copies: one X-ray saved twice, shrunk, brightened or cropped a little, so its bytes differ.

Two steps, since chest X-rays all look alike from afar: a 64-bit perceptual hash finds the pairs
worth a look, and the correlation of their fine detail tells copies from look-alikes. Of 150 real
X-rays 99% stay within BITS after recompression, CLAHE, 2% of cropping or a shift of 3 pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data import cache
from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress, in_order
from engine.data.pixels import pixels
from engine.data.sources import PREVIEW
from engine.words.files import digest_json

AREA, VERSION = "likeness", 1
BITS = 12  # of 64 that may differ for a pair to be looked at
ALIKE = 0.9  # correlation of the detail from which a pair counts as a near copy
LEAST = 0.85  # pairs down to here are kept, for whoever wants to see more
SIDE = 32  # pixels of a sketch
DETAIL = 2.0  # sigma of the blur that is taken off a sketch
ROWS = 64  # images whose pairs are looked for at once
PAIRS = 4096  # pairs whose detail is compared at once
SIGNS, APART = 512, 125  # bits that stand for a sketch; a likeness of LEAST differs in 90 +- 9
COLUMNS = ("a", "b", "alike", "bits")

Sketch = NDArray[np.int8]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Marks:
    """What is kept of each image of a catalogue, in its rows' order."""

    hashes: Hashes  # (n,)
    sketches: Sketch  # (n, SIDE * SIDE), fine detail, each scaled to -127..127


def phash(image: NDArray[np.uint8]) -> int:
    """Return the 64-bit perceptual hash of a grey picture of any size.

    Which of the 64 lowest frequencies of a cosine transform are above their median (Zauner 2010,
    "Implementation and benchmarking of perceptual image hash functions"); the mean is left out.
    """
    frequencies = cv2.dct(_small(image))
    lowest = frequencies[:8, :8].flatten()
    lowest[0] = frequencies[8, 0]
    return int.from_bytes(np.packbits(lowest > np.median(lowest)).tobytes(), "big")


def sketch(image: NDArray[np.uint8]) -> Sketch:
    """Return a picture's fine detail, (SIDE * SIDE,): shrunk, less its own blur; 0 where flat."""
    small = _small(image)
    detail = small - cv2.GaussianBlur(small, (0, 0), DETAIL)
    detail -= detail.mean()
    highest = float(np.abs(detail).max())
    if highest < 0.5:  # less than rounding: black, or one grey
        return np.zeros(SIDE * SIDE, np.int8)
    return np.rint(detail * (127 / highest)).astype(np.int8).ravel()


def marks(catalogue: Catalogue, progress: Progress | None = None) -> Marks:
    """Hash and sketch every image, once for a catalogue's content; raises CxrError as `pixels`."""
    key = digest_json([VERSION, catalogue.hash])
    path = cache.fetch(
        AREA,
        key,
        ".npy",
        lambda target: _fill(target, catalogue, progress),
        of=[catalogue.hash],
    )
    table = np.load(path)
    return Marks(table["hash"], table["sketch"])


def near_copies(catalogue: Catalogue, progress: Progress | None = None) -> pd.DataFrame:
    """Return the pairs with a likeness of LEAST or more, the most alike first.

    Row numbers a < b of the catalogue's images, `alike` (correlation of their detail), `bits` (of
    64 that differ). Byte-identical files are one image here: `audit.duplicates` lists them.
    """
    key = digest_json([VERSION, catalogue.hash, BITS, LEAST])
    path = cache.fetch(
        AREA,
        key,
        ".parquet",
        lambda target: _pairs(catalogue, progress).to_parquet(target),
        of=[catalogue.hash],
    )
    return pd.read_parquet(path)


def described(images: pd.DataFrame, pairs: pd.DataFrame, alike: float = ALIKE) -> pd.DataFrame:
    """Name the two images of each pair (file, split, label, patient with _a, _b), worst first.

    Worst is across splits, then of two classes, then of two patients' names, then the most alike.
    """
    chosen = pairs[pairs["alike"] >= alike].reset_index(drop=True)
    sides = []
    for side in ("a", "b"):
        part = images[["image_id", "file", "split", "label", "patient"]].iloc[chosen[side]]
        sides.append(part.reset_index(drop=True).add_suffix(f"_{side}"))
    table = pd.concat([chosen, *sides], axis=1)
    for name, column in (("across", "split"), ("classes", "label"), ("patients", "patient")):
        table[name] = table[f"{column}_a"] != table[f"{column}_b"]
    order = ["across", "classes", "patients", "alike"]
    return table.sort_values(order, ascending=False, ignore_index=True, kind="stable")


def find_pairs(found: Marks, progress: Progress | None = None) -> pd.DataFrame:
    """Compare every image with every other: all pairs within BITS and alike by LEAST."""
    signs = _signs(found.sketches)
    starts = range(0, len(found.hashes), ROWS)
    blocks = in_order(
        lambda start: list(_block(found, signs, start)),
        starts,
        progress,
        "Comparing images",
        chunk=4,
    )
    rows = [pair for block in blocks for pair in block]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    types = {"a": np.int64, "b": np.int64, "alike": np.float64, "bits": np.int64}
    return table.astype(types).sort_values("alike", ascending=False, ignore_index=True)


def _pairs(catalogue: Catalogue, progress: Progress | None) -> pd.DataFrame:
    found = marks(catalogue, progress)
    first = np.flatnonzero(~catalogue.images["image_id"].duplicated().to_numpy())
    table = find_pairs(Marks(found.hashes[first], found.sketches[first]), progress)
    return table.assign(a=first[table["a"]], b=first[table["b"]])


def _block(found: Marks, signs: Hashes, start: int) -> Iterator[tuple[int, int, float, int]]:
    """Yield the pairs of ROWS images with all that follow: XOR and count, 4 ns a pair."""
    lefts, rights, differing = [], [], []
    for row in range(start, min(start + ROWS, len(found.hashes))):
        bits = np.bitwise_count(found.hashes[row + 1 :] ^ found.hashes[row])
        near = np.flatnonzero(bits <= BITS)
        others = signs[near + row + 1]
        near = near[np.bitwise_count(others ^ signs[row]).sum(axis=1, dtype=int) <= APART]
        lefts.append(np.full(len(near), row))
        rights.append(near + row + 1)
        differing.append(bits[near])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    apart = np.concatenate(differing)
    for begin in range(0, len(left), PAIRS):
        part = slice(begin, begin + PAIRS)
        alike = _correlation(found.sketches[left[part]], found.sketches[right[part]])
        for place in np.flatnonzero(alike >= LEAST):
            at = begin + place
            yield int(left[at]), int(right[at]), float(alike[place]), int(apart[at])


def _signs(sketches: Sketch) -> Hashes:
    """Shorten sketches to the signs of random projections, (n, SIGNS / 64).

    Two of correlation r differ in arccos(r) / pi of them (Charikar 2002), so that a count spares
    the correlation of most pairs.
    """
    directions = np.random.default_rng(0).standard_normal((sketches.shape[1], SIGNS))
    weights = directions.astype(np.float32)
    parts = [
        np.packbits(sketches[start : start + PAIRS].astype(np.float32) @ weights > 0, axis=1)
        for start in range(0, len(sketches), PAIRS)
    ]
    return np.concatenate(parts).view(np.uint64)


def _correlation(a: Sketch, b: Sketch) -> NDArray[np.float64]:
    """Correlate row by row (the sketches' mean is 0); 0 where one of the two is flat."""
    x, y = a.astype(np.float32), b.astype(np.float32)
    product = np.einsum("ij,ij->i", x, y)
    length = np.sqrt(np.einsum("ij,ij->i", x, x) * np.einsum("ij,ij->i", y, y))
    return np.divide(product, length, out=np.zeros(len(x)), where=length > 0)


def _fill(target: Path, catalogue: Catalogue, progress: Progress | None) -> None:
    grey = pixels(catalogue, *PREVIEW, progress)
    kind = np.dtype([("hash", np.uint64), ("sketch", np.int8, (SIDE * SIDE,))])
    table = np.empty(len(grey), kind)
    work = in_order(
        lambda row: (phash(grey[row]), sketch(grey[row])), range(len(grey)), progress, "Hashing"
    )
    for row, (code, detail) in enumerate(work):
        table[row] = (code, detail)
    with target.open("wb") as file:
        np.save(file, table)


def _small(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(
        cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA), dtype=np.float32
    )
