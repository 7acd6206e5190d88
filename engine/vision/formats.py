"""JPEG, PNG, TIFF and BMP: what a file says of itself, whether it is whole, its grey pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from engine.words.errors import UnreadableImage

Grey = NDArray[np.uint8]

ORIENTATION = 0x0112  # the EXIF tag
PHOTOMETRIC = 262
SUBFILE = 254  # the TIFF tag: bit 0 says that a page is a smaller copy of another
BAND = 2**22  # pixels that are converted at once


@dataclass(frozen=True)
class Header:
    """What a file says of itself: size in pixels as shown (upright), the mode's name."""

    format: str
    width: int
    height: int
    mode: str  # Pillow's; of a DICOM its photometric interpretation and depth
    orientation: int = 1  # EXIF: 1 is upright


@dataclass(frozen=True)
class Format:
    """How a file starts, and the parser that reads its header and no pixel."""

    name: str
    start: bytes
    parse: Callable[[BytesIO], Any]


# The parsers by name, not Image.open: its own limit is a process-wide variable, ours is a setting.
FORMATS = (
    Format("JPEG", b"\xff\xd8\xff", JpegImageFile),
    Format("PNG", b"\x89PNG\r\n\x1a\n", PngImageFile),
    Format("TIFF", b"II*\0", TiffImageFile),
    Format("TIFF", b"MM\0*", TiffImageFile),
    Format("TIFF", b"II+\0", TiffImageFile),  # BigTIFF
    Format("TIFF", b"MM\0+", TiffImageFile),
    Format("BMP", b"BM", BmpImageFile),
)
UPRIGHT: dict[int, Callable[[Any], Any]] = {
    2: lambda image: cv2.flip(image, 1),
    3: lambda image: cv2.rotate(image, cv2.ROTATE_180),
    4: lambda image: cv2.flip(image, 0),
    5: lambda image: cv2.transpose(image),
    6: lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE),
    7: lambda image: cv2.rotate(cv2.transpose(image), cv2.ROTATE_180),
    8: lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


def sniff(data: bytes) -> Format | None:
    """Return the format that a file's first bytes announce, None where it is none of these."""
    return next((entry for entry in FORMATS if data.startswith(entry.start)), None)


def header(data: bytes) -> Header:
    """Read the header alone; raise UnreadableImage where it is damaged or of several pictures."""
    name = _format(data).name
    with _parsed(data) as image:
        _check_single(name, image)
        tag = image.getexif().get(ORIENTATION, 1) if _may_turn(name, image) else 1
        width, height = image.size
        mode = image.mode
    turned = tag in (5, 6, 7, 8)
    return Header(
        format=name,
        width=height if turned else width,
        height=width if turned else height,
        mode=mode,
        orientation=tag if tag in UPRIGHT else 1,
    )


def picture(data: bytes, header: Header) -> Grey:
    """Return the pixels, upright and grey, as (H, W) uint8; raise UnreadableImage."""
    _check_complete(header.format, data)
    kind = cv2.IMREAD_GRAYSCALE if header.format == "JPEG" else cv2.IMREAD_UNCHANGED
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), kind | _AS_STORED[kind])
    except cv2.error:
        pixels = None
    if pixels is None:
        raise UnreadableImage(f"The {header.format} data is damaged and cannot be decoded.")
    image = eight_bits(_one_channel(pixels))
    if header.format == "TIFF" and pixels.dtype != np.uint8 and _is_negative(data):
        image = 255 - image  # OpenCV does so only where there are 8 bits
    if header.orientation in UPRIGHT:
        image = UPRIGHT[header.orientation](image)
    return np.ascontiguousarray(image)


def memory(header: Header) -> int:
    """Return about how many bytes decoding takes besides the file's own."""
    grey = header.format == "JPEG" or header.mode in ("1", "L")
    return header.width * header.height * (4 if grey else 12)


def eight_bits(pixels: Any) -> Any:
    """Stretch (H, W) of more than 8 bits from its own range to 0..255; raise UnreadableImage."""
    if pixels.dtype == np.uint8:
        return pixels
    low, high = float(pixels.min()), float(pixels.max())
    if not np.isfinite([low, high]).all():
        raise UnreadableImage("The image holds values that are not numbers.")
    out = np.empty(pixels.shape, np.uint8)
    scale = 255.0 / max(high - low, 1e-12)
    for rows in _bands(pixels):  # the whole in floats would take four times its memory
        out[rows] = np.rint((pixels[rows].astype(np.float32) - low) * scale)
    return out


# IMREAD_UNCHANGED (-1) has every bit set and never turns the picture.
_AS_STORED = {cv2.IMREAD_GRAYSCALE: cv2.IMREAD_IGNORE_ORIENTATION, cv2.IMREAD_UNCHANGED: 0}


def _format(data: bytes) -> Format:
    if not data:
        raise UnreadableImage("The file is empty.")
    entry = sniff(data)
    if entry is None:
        raise UnreadableImage(
            "The content is not a JPEG, PNG, TIFF, BMP or DICOM image, whatever its name."
        )
    return entry


def _parsed(data: bytes) -> Any:
    entry = _format(data)
    try:
        return entry.parse(BytesIO(data))
    except (OSError, SyntaxError, ValueError, OverflowError):
        raise UnreadableImage(
            f"The {entry.name} header is damaged, cut short or of a rare kind that is not read."
        ) from None


def _check_single(name: str, image: Any) -> None:
    """Raise where a file holds several pictures: which one is the X-ray cannot be told."""
    several = False
    if name == "PNG":
        several = getattr(image, "n_frames", 1) > 1
    elif name == "TIFF":
        try:
            image.seek(1)  # not n_frames: a hostile file may chain a million pages
            several = not image.tag_v2.get(SUBFILE, 0) & 1
            image.seek(0)
        except EOFError:
            pass
        except (OSError, SyntaxError, ValueError, OverflowError, TypeError, KeyError):
            raise UnreadableImage("The TIFF header is damaged behind its first page.") from None
    if several:
        raise UnreadableImage(
            f"The {name} holds several pictures, and which one is meant cannot be told. Save the "
            "one as a file of its own."
        )


def _may_turn(name: str, image: Any) -> bool:
    # Asking every file for its EXIF costs more than decoding a small one. In a TIFF the tag is
    # part of the format: Pillow and OpenCV have both followed it already.
    return "exif" in image.info and name != "TIFF"


def _is_negative(data: bytes) -> bool:
    with _parsed(data) as image:
        return bool(image.tag_v2.get(PHOTOMETRIC) == 0)  # WhiteIsZero


def _check_complete(name: str, data: bytes) -> None:
    """Raise where a file ends too early: OpenCV would fill up with grey and say nothing."""
    if name == "PNG":
        whole = _png_is_whole(data)
    elif name == "JPEG" and data[-64:].rstrip(b"\0\r\n ").endswith(b"\xff\xd9"):
        whole = True
    else:
        whole = _decodes_strictly(data)
    if not whole:
        raise UnreadableImage(f"The {name} file is truncated or damaged.")


def _png_is_whole(data: bytes) -> bool:
    # OpenCV reserves what a chunk claims: without this check 5 KB could take 2 GB of memory.
    place = 8
    while place + 12 <= len(data):
        if data[place + 4 : place + 8] == b"IEND":
            return True
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    return False


def _decodes_strictly(data: bytes) -> bool:
    with _parsed(data) as image:
        try:
            image.load()
        except (OSError, SyntaxError, ValueError):
            return False
    return True


def _one_channel(pixels: Any) -> Any:
    if pixels.ndim == 2:
        return pixels
    channels = pixels.shape[2]
    if channels <= 2:
        grey = pixels[..., 0]
    else:
        way = cv2.COLOR_BGR2GRAY if channels == 3 else cv2.COLOR_BGRA2GRAY
        grey = cv2.cvtColor(pixels, way)
    if channels in (1, 3):
        return grey
    alpha = pixels[..., -1]
    opaque = np.iinfo(alpha.dtype).max if alpha.dtype.kind == "u" else 1.0
    if alpha.min() == opaque:
        return grey
    out = np.empty(grey.shape, grey.dtype)
    for rows in _bands(grey):
        out[rows] = grey[rows] * (alpha[rows] / np.float32(opaque))
    return out


def _bands(pixels: Any) -> list[slice]:
    step = max(1, BAND // max(1, pixels.shape[1]))
    return [slice(first, first + step) for first in range(0, pixels.shape[0], step)]
