"""The stored values of a DICOM's only frame: checked, unpacked, junk bits taken off."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.vision.formats import Header
from engine.words.errors import UnreadableImage

GREY = ("MONOCHROME1", "MONOCHROME2")
RLE = "1.2.840.10008.1.2.5"
RLE_GAIN = 64  # two bytes can stand for 128
EASY = 2**29  # bytes that an RLE frame may unpack to without being measured first
# Compressed transfer syntaxes and the function of imagecodecs that decodes their frames. GDCM
# would read them too, but ends the whole process on some damaged files.
DECODERS = {
    "1.2.840.10008.1.2.4.50": "jpeg8_decode",  # JPEG baseline
    "1.2.840.10008.1.2.4.51": "jpeg8_decode",  # JPEG extended, 8 or 12 bits
    "1.2.840.10008.1.2.4.57": "jpeg8_decode",  # JPEG lossless
    "1.2.840.10008.1.2.4.70": "jpeg8_decode",  # JPEG lossless, first-order prediction
    "1.2.840.10008.1.2.4.80": "jpegls_decode",  # JPEG-LS lossless
    "1.2.840.10008.1.2.4.81": "jpegls_decode",  # JPEG-LS near-lossless
    "1.2.840.10008.1.2.4.90": "jpeg2k_decode",  # JPEG 2000 lossless
    "1.2.840.10008.1.2.4.91": "jpeg2k_decode",  # JPEG 2000
    "1.2.840.10008.1.2.4.201": "jpeg2k_decode",  # HTJ2K lossless
    "1.2.840.10008.1.2.4.202": "jpeg2k_decode",  # HTJ2K lossless, by resolution
    "1.2.840.10008.1.2.4.203": "jpeg2k_decode",  # HTJ2K
}


def header(found: Any) -> Header:
    """Return the size and depth of a dataset; raise UnreadableImage for what is not read."""
    rows, columns = found.get("Rows"), found.get("Columns")
    if not rows or not columns:
        raise UnreadableImage(
            "The DICOM file holds no picture (it may be a report or a directory). Export the X-ray."
        )
    frames = int(found.get("NumberOfFrames") or 1)
    if frames > 1:
        raise UnreadableImage(
            f"The DICOM file holds {frames:,} frames; one X-ray has one. Export a single frame."
        )
    kind = str(found.get("PhotometricInterpretation") or "")
    if kind not in GREY or found.get("SamplesPerPixel", 1) != 1:
        is_colour = kind.startswith(("RGB", "YBR", "PALETTE"))
        raise UnreadableImage(
            f"The DICOM's pixels are {'in colour' if is_colour else 'of an unknown kind'}; an "
            "X-ray's are MONOCHROME1 or MONOCHROME2. Export the grey picture."
        )
    allocated, bits = found.get("BitsAllocated"), found.get("BitsStored")
    if allocated not in (8, 16) or not isinstance(bits, int) or not 1 <= bits <= allocated:
        raise UnreadableImage("The DICOM's pixels are not of 8 to 16 bits, which are read.")
    return Header("DICOM", int(columns), int(rows), f"{kind} {bits} bit")


def stored(found: Any) -> tuple[NDArray[np.uint16], int]:
    """Return the stored bit patterns (H, W), not yet signed, and their bits.

    Raises UnreadableImage, or what the libraries raise on damage.
    """
    size = header(found)
    if "PixelData" not in found or not found.PixelData:
        raise UnreadableImage("The DICOM file has no pixel data: it was cut off or taken out.")
    syntax = found.file_meta.TransferSyntaxUID
    compressed = syntax.is_encapsulated
    pixels = _unpacked(found, size, syntax) if compressed else _plain(found, syntax)
    if pixels.shape != (size.height, size.width) or pixels.itemsize > 2:
        raise UnreadableImage("The DICOM's pixels are not of the size that it names.")
    bits = int(found.BitsStored)
    high = bits - 1 if compressed else int(found.get("HighBit", bits - 1))
    native = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    patterns = native.view(np.dtype(f"u{native.itemsize}")).astype(np.uint16)
    patterns >>= np.uint16(max(0, high + 1 - bits))
    patterns &= np.uint16(2**bits - 1)
    return patterns, bits


def _plain(found: Any, syntax: Any) -> NDArray[Any]:
    from pydicom.pixels.decoders.base import get_decoder

    as_stored: Any = {"view_only": True, "correct_unused_bits": False}
    return get_decoder(syntax).as_array(found, index=0, raw=True, **as_stored)[0]


def _unpacked(found: Any, size: Header, syntax: Any) -> NDArray[Any]:
    """Decode a compressed frame that is whole and of the size that the file names."""
    from pydicom.encaps import get_frame

    frame = get_frame(found.PixelData, 0, number_of_frames=1)
    if syntax == RLE:
        most = size.width * size.height * (found.BitsAllocated // 8) + 2**16
        if len(frame) * RLE_GAIN > EASY and _rle_size(frame[64:], most) > most:
            raise UnreadableImage("The DICOM's pixels unpack to more than the size that it names.")
        return _plain(found, syntax)
    if syntax.is_private or str(syntax) not in DECODERS:
        name = "a private one" if syntax.is_private else syntax.name
        raise UnreadableImage(
            f"The DICOM is compressed in a way that is not read ({name}). Export it uncompressed, "
            "or as JPEG 2000."
        )
    if not frame.rstrip(b"\0").endswith(b"\xff\xd9"):
        raise UnreadableImage("The DICOM's compressed pixels are truncated or damaged.")
    if _frame_size(frame) != (size.width, size.height):
        raise UnreadableImage("The DICOM's pixels are not of the size that it names.")
    import imagecodecs

    return np.asarray(getattr(imagecodecs, DECODERS[str(syntax)])(frame))


def _rle_size(data: bytes, most: int) -> int:
    """Return how many bytes PackBits data unpack to, counted no further than `most`."""
    place = size = 0
    while place < len(data) and size <= most:
        sign = data[place]
        size += sign + 1 if sign < 128 else 257 - sign if sign > 128 else 0
        place += sign + 2 if sign < 128 else 2 if sign > 128 else 1
    return size


def _frame_size(frame: bytes) -> tuple[int, int] | None:
    """Return the (width, height) that a JPEG, JPEG-LS or JPEG 2000 stream names itself."""
    start = frame.find(b"\xff\x4f\xff\x51") if not frame.startswith(b"\xff\xd8") else -1
    if start >= 0:  # JPEG 2000: SIZ names the grid and where the picture begins on it
        right, bottom, left, top = (
            int.from_bytes(frame[start + at : start + at + 4], "big") for at in (8, 12, 16, 20)
        )
        return right - left, bottom - top
    place = 2
    while frame.startswith(b"\xff\xd8") and place + 9 <= len(frame) and frame[place] == 0xFF:
        kind = frame[place + 1]
        if kind == 0xF7 or (0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC)):
            height, width = frame[place + 5 : place + 7], frame[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 1 if kind == 0xFF else 2 + int.from_bytes(frame[place + 2 : place + 4], "big")
    return None
