"""Every format becomes the same grey picture; what is none says why."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.vision.decoding import decode, describe, read
from engine.words.errors import UnreadableImage

RAMP = np.linspace(20, 220, 48 * 32).reshape(32, 48).astype(np.uint8)


def encoded(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    body = b"IDAT" + zlib.compress(b"\0")
    data = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    end = b"\0\0\0\0IEND\xaeB`\x82"
    return b"\x89PNG\r\n\x1a\n" + chunk + data + end


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "I;16"])
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_each_mode_decodes_to_the_same_grey(mode, form):
    if (mode, form) == ("P", "TIFF"):
        pytest.skip("covered by PNG and BMP")
    if mode == "I;16":
        picture = Image.fromarray(RAMP.astype(np.uint16) * 257)
        expected = np.rint((RAMP - 20.0) * 255 / 200)
    else:
        picture = Image.fromarray(RAMP).convert(mode)
        expected = RAMP
    image = decode(encoded(picture, form))
    assert image.dtype == np.uint8
    assert image.shape == RAMP.shape
    assert np.abs(image - expected.astype(float)).max() <= 1


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_bmp_decodes(mode):
    image = decode(encoded(Image.fromarray(RAMP).convert(mode), "BMP"))
    assert np.abs(image.astype(int) - RAMP).max() <= 1


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_decodes(mode):
    image = decode(encoded(Image.fromarray(RAMP).convert(mode), "JPEG", quality=95))
    assert np.abs(image.astype(int) - RAMP).max() <= 8


def test_coloured_palette_is_weighed_like_the_eye_does():
    picture = Image.new("RGB", (32, 32), (255, 0, 0)).convert("P")
    assert np.abs(decode(encoded(picture)).astype(int) - 76).max() <= 1


def test_sixteen_bit_colour_is_scaled_by_its_own_range():
    wide = np.dstack([RAMP.astype(np.uint16) * 4] * 3)
    image = decode(cv2.imencode(".png", wide)[1].tobytes())
    assert (image.min(), image.max()) == (0, 255)


def test_flat_sixteen_bit_image_is_black_and_no_error():
    image = decode(encoded(Image.fromarray(np.full((32, 32), 900, np.uint16))))
    assert not image.any()


def test_transparent_is_black():
    picture = Image.fromarray(RAMP).convert("RGBA")
    picture.putalpha(
        Image.fromarray(np.where(np.arange(48) < 24, 0, 255).astype(np.uint8)[None].repeat(32, 0))
    )
    image = decode(encoded(picture))
    assert not image[:, :24].any()
    assert np.abs(image[:, 24:].astype(int) - RAMP[:, 24:]).max() <= 1


@pytest.mark.parametrize("tag", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_exif_orientation_is_applied(tag, form):
    exif = Image.Exif()
    exif[0x0112] = tag
    data = encoded(Image.fromarray(RAMP), form, exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(data))))
    image, header = decode(data), describe(data)
    assert image.shape == expected.shape == (header.height, header.width)
    assert np.abs(image.astype(int) - expected).max() <= 3


def test_describe_names_format_size_and_mode():
    header = describe(encoded(Image.fromarray(RAMP).convert("RGB"), "JPEG"))
    assert (header.format, header.width, header.height, header.mode) == ("JPEG", 48, 32, "RGB")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated_file_is_refused(form, share):
    noise = np.random.default_rng(0).integers(0, 256, (200, 200), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), form)
    with pytest.raises(UnreadableImage):
        decode(data[: int(len(data) * share)])


def test_bytes_after_the_end_do_no_harm():
    data = encoded(Image.fromarray(RAMP), "JPEG")
    assert np.array_equal(decode(data + b"\0" * 10), decode(data))
    assert np.array_equal(decode(data + b"camera trailer" * 20), decode(data))


def test_exif_thumbnail_does_not_hide_a_truncation():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (99, 99), dtype=np.uint8))
    data = encoded(noise, "JPEG")
    with_end_inside = data[:2] + b"\xff\xe2\x00\x06\xff\xd9\xff\xd9" + data[2:]
    with pytest.raises(UnreadableImage, match="truncated"):
        decode(with_end_inside[: len(data) // 2])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"just some text", "not a JPEG, PNG, TIFF, BMP or DICOM"),
        (b"GIF89a" + b"\0" * 50, "not a JPEG"),
        (b"\x89PNG\r\n\x1a\n", "header"),
        (b"\xff\xd8\xff\xd9", "header"),
        (b"BM" + b"\0" * 60, "header"),
        (b"II*\0" + b"\xff" * 60, "header|damaged"),
        (png_of_size(1, 1), "1 x 1"),
        (png_of_size(20_000, 20_000), "20,000 x 20,000"),
        (png_of_size(2**31 - 1, 2**31 - 1), "at most"),
        (png_of_size(64, 64), "truncated|damaged"),
    ],
)
def test_reason_is_said(data, reason):
    with pytest.raises(UnreadableImage, match=reason):
        decode(data)


def test_huge_image_is_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(UnreadableImage, match="120,000,000"):
        decode(png_of_size(20_000, 20_000))


def test_chunk_that_claims_gigabytes_is_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    data = bytearray(encoded(Image.fromarray(RAMP)))
    place = data.index(b"IDAT")
    data[place - 4 : place] = b"\x7f\xff\xff\xff"
    with pytest.raises(UnreadableImage, match="truncated"):
        decode(bytes(data))


@pytest.mark.parametrize(("dtype", "channels"), [("uint16", 1), ("uint16", 3), ("float32", 1)])
def test_deep_tiff_is_scaled_by_its_own_range(dtype, channels):
    deep = np.dstack([RAMP.astype(dtype) * 5] * channels)
    image = decode(cv2.imencode(".tiff", deep)[1].tobytes())
    assert (image.min(), image.max()) == (0, 255)


def test_pixel_limit_is_a_setting(monkeypatch):
    monkeypatch.setenv("CXR_MAX_PIXELS", "1000")
    with pytest.raises(UnreadableImage, match="at most 1,000"):
        decode(encoded(Image.fromarray(RAMP)))


def test_huge_file_is_refused_before_reading(tmp_path: Path):
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(2 * 10**9)
    with pytest.raises(UnreadableImage, match="bytes"):
        read(path)


def test_missing_file_is_unreadable(tmp_path: Path):
    with pytest.raises(UnreadableImage, match="cannot be read"):
        read(tmp_path / "gone.png")


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow comments on damaged tags
def test_random_damage_never_raises_anything_else(monkeypatch):
    monkeypatch.setenv("CXR_MAX_PIXELS", "100000")  # a damaged header may claim a huge picture
    random = np.random.default_rng(1)
    picture = Image.fromarray(random.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    for form in ("JPEG", "PNG", "TIFF", "BMP"):
        data = encoded(picture, form)
        for _ in range(150):
            damaged = bytearray(data)
            for place in random.integers(0, min(len(data), 400), 4):
                damaged[place] = random.integers(256)
            try:
                image = decode(bytes(damaged))
            except UnreadableImage:
                continue
            assert image.dtype == np.uint8
            assert image.ndim == 2
