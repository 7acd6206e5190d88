"""Pixels are decoded once, right, and never served damaged."""

import errno
from pathlib import Path

import numpy as np
import pytest

from engine.data import pixels as module
from engine.data.catalogue import build_catalogue
from engine.data.pixels import Recording, pixels
from engine.vision.decoding import read
from engine.vision.preprocessing import preprocess
from engine.words.errors import CxrError
from engine.words.options import Choice
from tests.data.made import picture, two_classes, write

SQUASH = (Choice("squash"),)


@pytest.fixture
def catalogue(tmp_path: Path, cxr_dirs: Path):
    return build_catalogue("small", write(two_classes(tmp_path), {"NORMAL/x.png": b"bad"}))


BEFORE = (Choice("window"), Choice("lungs"), Choice.of("pad", interpolation="cubic"))


@pytest.mark.parametrize("steps", [SQUASH, (Choice("pad"), Choice("clahe")), BEFORE])
def test_row_i_is_image_i(catalogue, steps):
    array = pixels(catalogue, 24, steps)
    assert array.shape == (6, 24, 24)
    assert array.dtype == np.uint8
    for row, file in enumerate(catalogue.images["file"]):
        expected = preprocess(read(catalogue.root / file), 24, steps)
        assert np.array_equal(array[row], expected)


def test_second_time_decodes_nothing(catalogue, monkeypatch):
    first = np.array(pixels(catalogue, 24, SQUASH))
    monkeypatch.setattr(module, "read", lambda _: pytest.fail("decoded again"))
    assert np.array_equal(pixels(catalogue, 24, SQUASH), first)


def test_defaults_written_out_are_the_same_entry(catalogue, monkeypatch):
    pixels(catalogue, 24, (Choice("squash"), Choice("blur")))
    monkeypatch.setattr(module, "read", lambda _: pytest.fail("decoded again"))
    pixels(catalogue, 24, (Choice("squash"), Choice.of("blur", sigma=1.0)))


def test_map_cannot_be_written(catalogue):
    with pytest.raises(ValueError, match="read-only"):
        pixels(catalogue, 24, SQUASH)[0, 0, 0] = 1


def test_damaged_entry_is_computed_anew(catalogue, cxr_dirs: Path):
    good = np.array(pixels(catalogue, 24, SQUASH))
    (path,) = (cxr_dirs / "models" / "cache" / "pixels").glob("*.u8")
    data = bytearray(path.read_bytes())
    for damaged in (bytes(data[:-5]), bytes([data[0] ^ 1]) + bytes(data[1:]), b""):
        path.write_bytes(damaged)
        assert np.array_equal(pixels(catalogue, 24, SQUASH), good)


def test_file_that_vanished_is_said(catalogue):
    (catalogue.root / catalogue.images["file"][0]).unlink()
    with pytest.raises(CxrError, match="List the data again"):
        pixels(catalogue, 24, SQUASH)


def test_full_disk_is_said_and_leaves_nothing(catalogue, cxr_dirs: Path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_fill", full)
    with pytest.raises(CxrError, match="disk is full"):
        pixels(catalogue, 24, SQUASH)
    assert not list((cxr_dirs / "models" / "cache" / "pixels").iterdir())


def test_recording_takes_the_same_pixels_along(tmp_path: Path, cxr_dirs: Path, monkeypatch):
    root = write(two_classes(tmp_path), {"NORMAL/x.png": b"bad"})
    with Recording(24, SQUASH) as recording:
        catalogue = build_catalogue("recorded", root, recorder=recording)
        assert recording.keep(catalogue)
    expected = [preprocess(read(root / file), 24, SQUASH) for file in catalogue.images["file"]]
    monkeypatch.setattr(module, "read", lambda _: pytest.fail("decoded again"))
    assert np.array_equal(pixels(catalogue, 24, SQUASH), expected)


def test_recording_of_a_part_is_thrown_away(catalogue, cxr_dirs: Path):
    write(catalogue.root, {"NORMAL/new.png": picture(70)})
    with Recording(24, SQUASH) as recording:
        changed = build_catalogue("small", catalogue.root, recorder=recording)
        assert not recording.keep(changed)
    assert not list((cxr_dirs / "models" / "cache" / "pixels").iterdir())
    assert pixels(changed, 24, SQUASH).shape == (7, 24, 24)


def test_progress_counts_to_the_end(catalogue):
    seen = []
    pixels(catalogue, 24, SQUASH, lambda *step: seen.append(step))
    assert seen[-1] == (6, 6, "decoding images")
