"""A DICOM that is damaged, hostile or no X-ray says so, and never whose it is."""

import logging
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000, MPEG2MPML, DeflatedExplicitVRLittleEndian

from engine.vision import dicom
from engine.vision.decoding import decode
from engine.words.errors import UnreadableImage
from tests.vision.made_dicom import (
    COMPRESSED,
    IDENTITY,
    RAMP,
    compressed,
    dataset,
    file,
    with_frame,
    written,
)


def no_pixels() -> bytes:
    made = dataset(RAMP)
    del made.PixelData
    return written(made)


def report() -> bytes:
    made = dataset(RAMP)
    del made.PixelData, made.Rows, made.Columns
    return written(made)


def bomb() -> bytes:
    made = dataset(RAMP)
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    head = written(made)
    start = 144 + int.from_bytes(head[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head[:start] + packer.compress(bytes(30_000_000)) + packer.flush()


HUGE = imagecodecs.jpeg2k_encode(np.zeros((64, 64), np.uint8), codecformat="j2k")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (no_pixels(), "no pixel data"),
        (report(), "no picture"),
        (file(NumberOfFrames=3), "3 frames"),
        (file(PhotometricInterpretation="PALETTE COLOR"), "in colour"),
        (file(np.zeros((32, 48, 3), np.uint8), 8, SamplesPerPixel=3,
              PhotometricInterpretation="RGB", PlanarConfiguration=0), "in colour"),
        (file(PhotometricInterpretation=""), "unknown kind"),
        (file(np.zeros((32, 48), np.uint32), 32), "8 to 16 bits"),
        (file(Rows=5000), "damaged"),
        (file(Rows=20_000, Columns=20_000), "20,000 x 20,000"),
        (file(Rows=8), "48 x 8"),
        (file()[:-200], "damaged"),
        (file()[:300], "damaged|no picture"),
        (bytes(128) + b"DICM", "no picture|damaged"),
        (compressed("lossless")[:-60], "damaged|truncated|no pixel"),
        (with_frame(dataset(RAMP), JPEG2000, HUGE), "not of the size"),
        (with_frame(dataset(RAMP), JPEG2000, b"\xff\x4f\xff\x51" + bytes(60)), "truncated"),
        (with_frame(dataset(RAMP), MPEG2MPML, b"\0" * 64), "not read"),
        (b"II*\0" + file()[4:], "DICOM and a TIFF at once"),
    ],
)  # fmt: skip
def test_reason_is_said(data, reason):
    with pytest.raises(UnreadableImage, match=reason):
        decode(data)


def test_deflated_bomb_is_refused_before_it_unpacks(monkeypatch):
    monkeypatch.setenv("CXR_MAX_PIXELS", "100000")
    monkeypatch.setattr("pydicom.dcmread", lambda *_, **__: pytest.fail("unpacked"))
    with pytest.raises(UnreadableImage, match="unpacks to more"):
        decode(bomb())


def test_damaged_compressed_pixels_are_one_clear_error():
    data = bytearray(compressed("lossless"))
    start = data.index(b"\xff\xd8") + 30
    data[start : start + 60] = bytes(60)
    with pytest.raises(UnreadableImage):
        decode(bytes(data))


def test_random_damage_never_raises_anything_else(monkeypatch):
    monkeypatch.setenv("CXR_MAX_PIXELS", "100000")
    random = np.random.default_rng(3)
    for data in (file(), *map(compressed, ("lossless", "ls", "2000 lossless"))):
        for _ in range(40):
            damaged = bytearray(data)
            for place in random.integers(0, len(data), 5):
                damaged[place] = random.integers(256)
            dicom.anonymous(bytes(damaged))
            try:
                assert decode(bytes(damaged)).ndim == 2
            except UnreadableImage as found:
                assert "Geheim" not in str(found)


@pytest.mark.parametrize("name", [*COMPRESSED, ""])
def test_the_anonymous_file_shows_the_same_and_names_nobody(name):
    item = Dataset()
    item.LUTDescriptor = [4096, 0, 8]
    item.LUTExplanation = "for Anna Geheim"
    item.add_new((0x0028, 0x3006), "OW", (np.arange(4096) // 16).astype("<u2").tobytes())
    tags = {"VOILUTSequence": Sequence([item])}
    data = compressed(name, **tags) if name else file(**tags)
    kept = dicom.anonymous(data)
    assert np.array_equal(decode(kept), decode(data))
    for value in IDENTITY.values():
        assert value.encode() in data
        assert value.encode() not in kept
    assert dicom.anonymous(kept) == kept


def test_a_damaged_file_keeps_nothing_but_its_kind():
    kept = dicom.anonymous(file()[:200] + b"Geheim^Anna" * 9)
    assert b"Geheim" not in kept
    with pytest.raises(UnreadableImage):
        decode(kept)


def test_nothing_of_the_identity_is_logged(caplog, capfd, recwarn):
    caplog.set_level(logging.DEBUG)
    bad = file(PatientBirthDate="Anna Geheim", PatientID="Geheim" * 30)
    for data in (file(), bad, bad[:-300], struct.pack("<HH", 8, 5) + bad[140:]):
        try:
            decode(data)
        except UnreadableImage as error:
            assert "Geheim" not in str(error)
    said = caplog.text + "".join(capfd.readouterr()) + "".join(str(w.message) for w in recwarn)
    assert "Geheim" not in said
