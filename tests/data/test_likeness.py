"""Near copies are told from look-alikes."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.data import likeness
from engine.data.catalogue import build_catalogue
from engine.vision import phantom
from tests.data import made


def saved(image: np.ndarray, suffix: str = ".png", *quality: int) -> bytes:
    return cv2.imencode(suffix, image, list(quality))[1].tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six drawn X-rays in train, three changed copies of the first in test, an exact one too."""
    drawn = [phantom.draw(seed, "normal", 160).image for seed in range(6)]
    files = {f"train/NORMAL/IM-{n:04}-0001.png": saved(image) for n, image in enumerate(drawn)}
    first = drawn[0]
    files |= {
        "test/NORMAL/IM-0100-0001.jpg": saved(first, ".jpg", cv2.IMWRITE_JPEG_QUALITY, 40),
        "test/NORMAL/IM-0101-0001.png": saved(cv2.resize(first, (90, 90))),
        "test/SICK/person1_virus_1.png": saved((first * 0.7 + 20).astype(np.uint8)),
        "train/NORMAL/IM-0102-0001.png": saved(first),
    }
    return made.write(tmp_path / "images", files)


def test_copies_saved_in_another_way_are_found_and_look_alikes_are_not(
    cxr_dirs: Path, folder: Path
) -> None:
    catalogue = build_catalogue("lungs", folder)
    pairs = likeness.near_copies(catalogue)
    table = likeness.described(catalogue.images, pairs)
    names = {
        frozenset((Path(row.file_a).stem, Path(row.file_b).stem)) for row in table.itertuples()
    }
    changed = {"IM-0100-0001", "IM-0101-0001", "person1_virus_1"}
    # The byte-identical IM-0102 is no pair of its own.
    assert {name for pair in names for name in pair} == changed | {"IM-0000-0001"}
    assert len(names) == 6  # the original with each of three, and these with each other
    assert table["across"].tolist() == sorted(table["across"], reverse=True)
    assert table.iloc[0]["across"] and table.iloc[0]["classes"]


def test_what_was_found_is_kept_by_content(cxr_dirs: Path, folder: Path) -> None:
    catalogue = build_catalogue("lungs", folder)
    first = likeness.near_copies(catalogue)
    said: list[str] = []
    again = likeness.near_copies(catalogue, lambda done, total, what: said.append(what))
    assert again.equals(first)
    assert said == []


def test_every_pair_within_the_bits_is_compared() -> None:
    random = np.random.default_rng(0)
    hashes = random.integers(0, 2**63, 200, dtype=np.uint64)
    hashes[150] = hashes[3] ^ np.uint64(2**likeness.BITS - 1)  # BITS of them differ
    hashes[170] = hashes[4] ^ np.uint64(2 ** (likeness.BITS + 1) - 1)  # one too many
    sketches = random.integers(-127, 128, (200, likeness.SIDE**2), dtype=np.int8)
    sketches[150], sketches[170] = sketches[3], sketches[4]
    table = likeness.find_pairs(likeness.Marks(hashes, sketches))
    assert table[["a", "b", "bits"]].to_numpy().tolist() == [[3, 150, likeness.BITS]]
    assert table["alike"][0] == pytest.approx(1)


def test_flat_pictures_are_no_copies_of_each_other() -> None:
    flat = likeness.sketch(np.zeros((50, 40), np.uint8))
    assert not flat.any()
    marks = likeness.Marks(np.zeros(2, np.uint64), np.stack([flat, flat]))
    assert likeness.find_pairs(marks).empty


def test_the_hash_does_not_see_brightness_and_sees_another_picture() -> None:
    image = phantom.draw(1, "viral", 160).image
    other = phantom.draw(2, "normal", 160).image
    brighter = (image * 0.8 + 30).astype(np.uint8)
    assert (likeness.phash(image) ^ likeness.phash(brighter)).bit_count() <= 4
    assert (likeness.phash(image) ^ likeness.phash(other)).bit_count() > likeness.BITS
