"""A DICOM becomes the grey picture that its window shows."""

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from engine.vision.decoding import decode, describe, load
from tests.vision.made_dicom import (
    COMPRESSED,
    RAMP,
    baseline,
    compressed,
    dataset,
    file,
    written,
)

STRETCHED = np.rint(RAMP * (255 / 4095))


def error(image: np.ndarray, expected: np.ndarray) -> float:
    assert image.dtype == np.uint8
    assert image.shape == expected.shape
    return float(np.abs(image.astype(float) - expected).max())


def test_without_a_window_the_own_range_becomes_grey():
    header, image = load(file())
    assert (header.format, header.width, header.height) == ("DICOM", 48, 32)
    assert header.mode == "MONOCHROME2 12 bit"
    assert describe(file()) == header
    assert error(image, STRETCHED) == 0


def test_monochrome1_is_turned_bright_for_dense():
    assert error(decode(file(PhotometricInterpretation="MONOCHROME1")), 255 - STRETCHED) == 0


@pytest.mark.parametrize(
    ("way", "low", "high"),
    [("", 1000, 1999), ("LINEAR", 1000, 1999), ("LINEAR_EXACT", 1000, 2000)],
)
def test_the_first_window_chooses_what_is_black_and_white(way, low, high):
    data = file(WindowCenter=[1500, 7], WindowWidth=[1000, 9], VOILUTFunction=way)
    expected = np.clip((RAMP - float(low)) / (high - low), 0, 1) * 255
    assert error(decode(data), expected) <= 0.51


def test_sigmoid_window():
    data = file(WindowCenter=2000, WindowWidth=800, VOILUTFunction="SIGMOID")
    assert error(decode(data), 255 / (1 + np.exp(-4 * (RAMP - 2000.0) / 800))) <= 0.51


def test_rescale_comes_before_the_window():
    data = file(RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=2000.5, WindowWidth=2001)
    expected = np.clip((RAMP * 2.0 - 1000 - 1000) / 2000, 0, 1) * 255
    assert error(decode(data), expected) <= 0.51


@pytest.mark.parametrize("window", [{"WindowWidth": 0}, {"WindowWidth": ""}, {"WindowWidth": 0.5}])
def test_a_window_of_no_width_is_left_aside(window):
    assert error(decode(file(WindowCenter=100, **window)), STRETCHED) == 0


def test_a_voi_table_goes_before_the_window():
    item = Dataset()
    item.LUTDescriptor = [4096, 0, 8]
    item.add_new((0x0028, 0x3006), "OW", (255 - np.arange(4096) // 16).astype("<u2").tobytes())
    data = file(VOILUTSequence=Sequence([item]), WindowCenter=5, WindowWidth=3)
    assert error(decode(data), 255 - RAMP // 16) == 0


def test_a_modality_table_replaces_the_values():
    item = Dataset()
    item.LUTDescriptor = [4096, 0, 16]
    item.ModalityLUTType = "US"
    item.add_new((0x0028, 0x3006), "OW", (4095 - np.arange(4096)).astype("<u2").tobytes())
    assert error(decode(file(ModalityLUTSequence=Sequence([item]))), 255 - STRETCHED) <= 1


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_each_depth(bits):
    pixels = (RAMP.astype(np.float64) / 4095 * (2**bits - 1)).astype(f"u{1 if bits == 8 else 2}")
    assert error(decode(file(pixels, bits)), STRETCHED) <= 1


def test_eight_bits_are_taken_as_they_are():
    pixels = (RAMP // 32 + 40).astype(np.uint8)
    assert error(decode(file(pixels, 8)), pixels) == 0


def test_signed_values():
    signed = RAMP.astype(np.int16) - 2048
    assert error(decode(file(signed)), STRETCHED) == 0
    assert error(decode(file(signed, WindowCenter=0.5, WindowWidth=4096)), STRETCHED) <= 1


def test_bits_beyond_those_stored_are_no_picture():
    junk = (RAMP | 0xF000).astype(np.uint16)  # old files keep overlays there
    assert error(decode(file(junk)), STRETCHED) == 0
    assert error(decode(file((RAMP << 4).astype(np.uint16), HighBit=15)), STRETCHED) == 0


def test_padding_is_black_and_out_of_the_range():
    pixels = RAMP.copy()
    pixels[:2] = 4095
    pixels[2:] //= 2
    image = decode(file(pixels, PixelPaddingValue=4095))
    assert not image[:2].any()
    assert image[-1, -1] == 255


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_uncompressed_syntaxes(syntax):
    big = syntax is ExplicitVRBigEndian
    made = dataset(RAMP.byteswap() if big else RAMP)
    made.file_meta.TransferSyntaxUID = syntax
    assert error(decode(written(made)), STRETCHED) == 0


@pytest.mark.parametrize("name", COMPRESSED)
def test_compressed_syntaxes(name):
    assert error(decode(compressed(name)), STRETCHED) <= COMPRESSED[name][2]


def test_rle_and_baseline():
    made = dataset(RAMP)
    made.compress(RLELossless)
    assert error(decode(written(made)), STRETCHED) == 0
    grey = (RAMP >> 4).astype(np.uint8)
    assert error(decode(baseline(grey)), grey) <= 1


def test_signed_jpeg_2000():
    signed = RAMP.astype(np.int16) - 2048
    assert error(decode(compressed("2000 lossless", signed)), STRETCHED) == 0


@pytest.mark.parametrize("syntax", ["explicit", "implicit"])
def test_without_preamble_and_without_meta(syntax):
    made = dataset(RAMP)
    if syntax == "implicit":
        made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    whole = written(made)
    assert error(decode(whole[132:]), STRETCHED) == 0
    meta = 144 + int.from_bytes(whole[140:144], "little")
    assert error(decode(whole[meta:]), STRETCHED) == 0
