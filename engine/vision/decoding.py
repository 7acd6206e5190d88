"""From a file's bytes to one grey picture: every format, one result."""

from pathlib import Path
from types import ModuleType

from engine.vision import dicom, formats, room
from engine.vision.formats import Grey, Header
from engine.words.errors import UnreadableImage
from engine.words.settings import settings

__all__ = ["MIN_SIDE", "Grey", "Header", "decode", "describe", "load", "read", "read_bytes"]

MIN_SIDE = 16  # pixels; less shows no chest


def describe(data: bytes) -> Header:
    """Read the header alone; raise UnreadableImage where the bytes are no image."""
    return _reader(data).header(data)


def decode(data: bytes) -> Grey:
    """Return the picture, upright and grey, as (H, W) uint8; raise UnreadableImage.

    More than 8 bits are stretched from the picture's own range to 0..255, a DICOM's through the
    window that it names. What is transparent is black, as unexposed film shows it.
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
    """Return the header and the picture as (H, W) uint8; raise UnreadableImage.

    Waits while other threads decode large pictures, so that memory stays bounded.
    """
    reader = _reader(data)
    header = reader.header(data)
    _check_size(header)
    with room.taken(reader.memory(header)):
        return header, reader.picture(data, header)


def _reader(data: bytes) -> ModuleType:
    """Return the module that reads these bytes: `formats` or `dicom`."""
    if not dicom.begins(data):
        return formats
    other = formats.sniff(data)
    if other:  # its 128 free bytes may hold another header: two viewers would see two pictures
        raise UnreadableImage(
            f"The file is a DICOM and a {other.name} at once, and which picture is meant cannot be "
            "told. Save the one as a file of its own."
        )
    return dicom


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
