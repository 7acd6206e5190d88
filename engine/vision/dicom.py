"""One frame of grey pixels from a DICOM file, and nothing that says whose they are.

Only the tags in TAGS are read; names, numbers, dates and places of a person are skipped.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from engine.vision import dicom_frame, dicom_window
from engine.vision.formats import Grey, Header
from engine.words.errors import UnreadableImage
from engine.words.settings import settings

PREFIX, META = 128, 132  # where "DICM" stands, and where the file's own group begins
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
TAGS = [
    *("SamplesPerPixel", "PhotometricInterpretation", "NumberOfFrames", "Rows", "Columns"),
    *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PlanarConfiguration"),
    *("PixelPaddingValue", "PixelPaddingRangeLimit", "RescaleSlope", "RescaleIntercept"),
    *("WindowCenter", "WindowWidth", "VOILUTFunction", "ModalityLUTSequence", "VOILUTSequence"),
    *("PixelData", "FloatPixelData", "DoubleFloatPixelData"),
]
LUT_TAGS = ("LUTDescriptor", "LUTData")  # an item's free text is left behind

# pydicom reports damage by whichever of these it meets first.
_DAMAGE = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError),
    *(OSError, RuntimeError, TypeError, ValueError, struct.error, zlib.error),
)


def begins(data: bytes) -> bool:
    """Say whether the bytes are a DICOM's, with the 128 free bytes in front or without."""
    if data[PREFIX:META] == b"DICM":
        return True
    group, element = data[:2], int.from_bytes(data[2:4], "little")
    if group not in (b"\x02\0", b"\x08\0") or element > 0x18 or len(data) < 16:
        return False
    explicit = data[4:6].isalpha() and data[4:6].isupper()
    return explicit or int.from_bytes(data[4:8], "little") <= 64


def header(data: bytes) -> Header:
    """Read size and depth alone; raise UnreadableImage where it is no single grey picture."""
    with _readable():
        found = _read(data, stop_before_pixels=True)
        return dicom_frame.header(found)


def picture(data: bytes, header: Header) -> Grey:
    """Return the pixels as (H, W) uint8: rescaled, windowed, bright where the film is bright.

    The first window is used, or the first VOI table; without one the picture's own range. Raises
    UnreadableImage.
    """
    with _readable():
        found = _read(data)
        if "Rows" not in found:  # the library gives up all it has read where a file ends early
            raise UnreadableImage("The DICOM file is truncated.")
        stored, bits = dicom_frame.stored(found)
        return dicom_window.shown(found, stored, bits)


def memory(header: Header) -> int:
    """Return about how many bytes decoding takes besides the file's own."""
    return header.width * header.height * 8


def anonymous(data: bytes) -> bytes:
    """Return a DICOM with the same picture and the tags in TAGS alone.

    Of a damaged file only the first bytes are left, so that it is still known for a DICOM.
    """
    try:
        with _readable():
            return _written(_read(data))
    except UnreadableImage:
        return bytes(PREFIX) + b"DICM"


@contextmanager
def _readable() -> Iterator[None]:
    from pydicom.errors import BytesLengthException, InvalidDicomError

    try:
        yield
    except (
        *_DAMAGE,
        BytesLengthException,
        InvalidDicomError,
    ):  # what the library says may quote the file, so it is not passed on
        raise UnreadableImage("The DICOM file is damaged, cut short or of a rare kind.") from None


def _read(data: bytes, stop_before_pixels: bool = False) -> Any:
    from pydicom import dcmread
    from pydicom.uid import UID

    _silence()
    _check_deflated(data)
    tags: list[Any] = list(TAGS)
    found = dcmread(
        BytesIO(data), specific_tags=tags, stop_before_pixels=stop_before_pixels, force=True
    )
    if "TransferSyntaxUID" not in found.file_meta:
        implicit, little = found.original_encoding
        found.file_meta.TransferSyntaxUID = UID(
            IMPLICIT if implicit else EXPLICIT if little else BIG
        )
    return found


def _silence() -> None:
    """Keep the libraries from printing what they find in a file."""
    import logging
    import warnings

    from pydicom import config

    config.settings.reading_validation_mode = config.IGNORE
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module=r"pydicom\.")


def _check_deflated(data: bytes) -> None:
    """Raise where a deflated file unpacks to more than a picture could have."""
    if DEFLATED.encode() not in data[:1024]:
        return
    if data[META : META + 8] != b"\x02\0\0\0UL\x04\0":
        raise ValueError("no length of the file's own group")
    start = META + 12 + int.from_bytes(data[META + 8 : META + 12], "little")
    limit = settings().max_pixels * 2 + 2**24
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, size = data[start:], 0
    while left and not unpacker.eof:
        size += len(unpacker.decompress(left, 2**24))
        left = unpacker.unconsumed_tail
        if size > limit:
            raise UnreadableImage(f"The DICOM unpacks to more than {limit:,} bytes.")


def _written(found: Any) -> bytes:
    from pydicom import Dataset, dcmwrite
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

    kept = Dataset()
    for name in TAGS:
        if name in found:
            kept[name] = found[name]
    for name in ("ModalityLUTSequence", "VOILUTSequence"):
        for item in kept.get(name) or ():
            for element in [entry for entry in item if entry.keyword not in LUT_TAGS]:
                del item[element.tag]
    kept.file_meta = FileMetaDataset()
    syntax = found.file_meta.TransferSyntaxUID
    kept.file_meta.TransferSyntaxUID = syntax
    kept.file_meta.MediaStorageSOPClassUID = kept.SOPClassUID = SecondaryCaptureImageStorage
    pixels = bytes(found.get("PixelData") or b"")
    number = generate_uid(entropy_srcs=[str(zlib.crc32(pixels)), str(len(pixels))])
    kept.file_meta.MediaStorageSOPInstanceUID = kept.SOPInstanceUID = number
    out = BytesIO()
    dcmwrite(out, kept, enforce_file_format=True)
    return out.getvalue()
