"""From a file's bytes to one grey picture: every format, one result."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from engine.words.errors import UnreadableImage
from engine.words.settings import settings

Grey = NDArray[np.uint8]

MIN_SIDE = 16  # pixels; less shows no chest
ORIENTATION = 0x0112  # the EXIF tag


@dataclass(frozen=True)
class Header:
    """What a file says of itself: size in pixels as shown (upright), Pillow's name of the mode."""

    format: str
    width: int
    height: int
    mode: str
    orientation: int = 1  # EXIF: 1 is upright


@dataclass(frozen=True)
class _Format:
    """How a file starts, and the parser that reads its header and no pixel."""

    name: str
    start: bytes
    parse: Callable[[BytesIO], Any]


# The parsers by name, not Image.open: its own limit is a process-wide variable, ours is a setting.
FORMATS = (
    _Format("JPEG", b"\xff\xd8\xff", JpegImageFile),
    _Format("PNG", b"\x89PNG\r\n\x1a\n", PngImageFile),
    _Format("TIFF", b"II*\0", TiffImageFile),
    _Format("TIFF", b"MM\0*", TiffImageFile),
    _Format("BMP", b"BM", BmpImageFile),
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


def describe(data: bytes) -> Header:
    """Read the header alone; raise UnreadableImage where the bytes are no image."""
    with _parsed(data) as image:
        tag = image.getexif().get(ORIENTATION, 1) if _may_turn(data, image) else 1
        width, height = image.size
        mode = image.mode
    turned = tag in (5, 6, 7, 8)
    return Header(
        format=_format(data).name,
        width=height if turned else width,
        height=width if turned else height,
        mode=mode,
        orientation=tag if tag in UPRIGHT else 1,
    )


def decode(data: bytes) -> Grey:
    """Return the picture, upright and grey, as (H, W) uint8; raise UnreadableImage.

    More than 8 bits are stretched from the picture's own range to 0..255. What is transparent
    is black, as unexposed film shows it.
    """
    return load(data)[1]


def read(path: Path) -> Grey:
    """Return the picture in a file as (H, W) uint8; raise UnreadableImage."""
    return decode(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Read a file that could be an allowed image; raise UnreadableImage on a larger one."""
    limit = settings().max_pixels * 8 + 2**20  # four channels of 16 bits, and a header
    try:
        size = path.stat().st_size
        if size > limit:
            raise UnreadableImage(f"The file has {size:,} bytes, at most {limit:,} are read.")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableImage(f"The file cannot be read: {error.strerror}.") from None


def load(data: bytes) -> tuple[Header, Grey]:
    """Return the header and the picture as (H, W) uint8; raise UnreadableImage."""
    header = describe(data)
    _check_size(header)
    _check_complete(header.format, data)
    kind = cv2.IMREAD_GRAYSCALE if header.format == "JPEG" else cv2.IMREAD_UNCHANGED
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), kind | _AS_STORED[kind])
    except cv2.error:
        pixels = None
    if pixels is None:
        raise UnreadableImage(f"The {header.format} data is damaged and cannot be decoded.")
    image = _eight_bits(_one_channel(pixels))
    if header.orientation in UPRIGHT:
        image = UPRIGHT[header.orientation](image)
    return header, np.ascontiguousarray(image)


# IMREAD_UNCHANGED (-1) has every bit set and never turns the picture.
_AS_STORED = {cv2.IMREAD_GRAYSCALE: cv2.IMREAD_IGNORE_ORIENTATION, cv2.IMREAD_UNCHANGED: 0}


def _format(data: bytes) -> _Format:
    if not data:
        raise UnreadableImage("The file is empty.")
    for entry in FORMATS:
        if data.startswith(entry.start):
            return entry
    raise UnreadableImage("The content is not a JPEG, PNG, TIFF or BMP image, whatever its name.")


def _parsed(data: bytes) -> Any:
    entry = _format(data)
    try:
        return entry.parse(BytesIO(data))
    except (OSError, SyntaxError, ValueError, OverflowError):
        raise UnreadableImage(
            f"The {entry.name} header is damaged, cut short or of a rare kind that is not read."
        ) from None


def _may_turn(data: bytes, image: Any) -> bool:
    # Asking every file for its EXIF costs more than decoding a small one. In a TIFF the tag is
    # part of the format: Pillow and OpenCV have both followed it already.
    return "exif" in image.info and _format(data).name != "TIFF"


def _check_size(header: Header) -> None:
    width, height, limit = header.width, header.height, settings().max_pixels
    if min(width, height) < MIN_SIDE:
        raise UnreadableImage(
            f"The image is {width} x {height} pixels; each side needs at least {MIN_SIDE}."
        )
    if width * height > limit:
        raise UnreadableImage(
            f"The image is {width:,} x {height:,} pixels; at most {limit:,} are decoded."
        )


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
    if channels == 1:
        return pixels[..., 0]
    grey = pixels[..., 0] if channels == 2 else cv2.cvtColor(pixels[..., :3], cv2.COLOR_BGR2GRAY)
    if channels == 3:
        return grey
    alpha = pixels[..., -1]
    opaque = np.iinfo(alpha.dtype).max if alpha.dtype.kind == "u" else 1.0
    if alpha.min() == opaque:
        return grey
    return (grey * (alpha / np.float32(opaque))).astype(pixels.dtype)


def _eight_bits(pixels: Any) -> Any:
    if pixels.dtype == np.uint8:
        return pixels
    values = pixels.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise UnreadableImage("The image holds values that are not numbers.")
    return np.rint((values - low) * (255.0 / max(high - low, 1e-12))).astype(np.uint8)
