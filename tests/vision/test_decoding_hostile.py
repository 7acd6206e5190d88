"""Rare and hostile JPEG, PNG and TIFF files: the right grey, or the reason why not."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from engine.vision import formats, room
from engine.vision.decoding import decode, load
from engine.words.errors import UnreadableImage
from tests.vision.test_decoding import RAMP, encoded

PICTURE = Image.fromarray(RAMP)
DEEP = Image.fromarray(RAMP.astype(np.uint16) * 257)
STRETCHED = np.rint((RAMP - 20.0) * 255 / 200)


def error(data: bytes, expected: np.ndarray) -> float:
    return float(np.abs(decode(data).astype(float) - expected).max())


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_several_pictures_in_one_file_are_refused(form):
    data = encoded(PICTURE, form, save_all=True, append_images=[PICTURE.rotate(180)])
    with pytest.raises(UnreadableImage, match="several pictures"):
        decode(data)


def test_a_tiff_with_a_thumbnail_is_read():
    small = PICTURE.resize((24, 16))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    out = BytesIO()
    PICTURE.save(out, "TIFF", save_all=True, append_images=[small])
    assert error(out.getvalue(), RAMP) == 0


def test_animated_formats_that_are_not_read_say_so():
    for form in ("GIF", "WEBP"):
        with pytest.raises(UnreadableImage, match="not a JPEG"):
            decode(encoded(PICTURE, form, save_all=True, append_images=[PICTURE.rotate(180)]))


@pytest.mark.parametrize("form", ["TIFF", "JPEG"])
def test_cmyk(form):
    options = {"quality": 95} if form == "JPEG" else {}
    assert error(encoded(PICTURE.convert("RGB").convert("CMYK"), form, **options), RAMP) <= 3


@pytest.mark.parametrize("picture", [PICTURE, DEEP])
def test_big_tiff(picture):
    expected = RAMP if picture is PICTURE else STRETCHED
    assert error(encoded(picture, "TIFF", big_tiff=True), expected) == 0


def test_a_tiff_in_which_white_is_zero_is_turned():
    assert error(encoded(DEEP, "TIFF", tiffinfo={262: 0}), 255 - STRETCHED) == 0


def test_signed_and_one_bit_tiff():
    signed = cv2.imencode(".tiff", RAMP.astype(np.int16) * 100 - 8000)[1].tobytes()
    assert error(signed, STRETCHED) == 0
    dots = PICTURE.convert("1")
    black_and_white = np.asarray(dots).astype(np.uint8) * 255
    assert error(encoded(dots, "TIFF", compression="group4"), black_and_white) == 0
    assert error(encoded(dots), black_and_white) == 0


def test_values_that_are_no_numbers_are_refused():
    values = RAMP.astype(np.float32)
    values[3, 3] = np.nan
    with pytest.raises(UnreadableImage, match="not numbers"):
        decode(cv2.imencode(".tiff", values)[1].tobytes())


def test_a_polyglot_is_the_picture_that_it_begins_as():
    for form in ("PNG", "BMP"):
        data = encoded(PICTURE, form)
        assert np.array_equal(decode(data + b"PK\3\4<script>alert(1)</script>"), decode(data))


def test_half_transparent_sixteen_bits():
    wide = np.dstack([RAMP.astype(np.uint16) * 200] * 3 + [np.full_like(RAMP, 255, np.uint16) * 64])
    assert error(cv2.imencode(".png", wide)[1].tobytes(), STRETCHED) <= 1


def test_a_hundred_megapixels_are_read():
    data = cv2.imencode(".png", np.zeros((10_000, 10_000), np.uint8))[1].tobytes()
    header, image = load(data)
    assert image.shape == (header.height, header.width) == (10_000, 10_000)


def test_bands_make_no_difference(monkeypatch):
    values = np.random.default_rng(0).integers(0, 60_000, (90, 70, 4)).astype(np.uint16)
    data = cv2.imencode(".png", values)[1].tobytes()
    whole = decode(data)
    monkeypatch.setattr(formats, "BAND", 100)
    assert np.array_equal(decode(data), whole)


def test_large_pictures_wait_for_each_other(monkeypatch):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    monkeypatch.setattr(room, "LIMIT", 100)
    started, go_on = Event(), Event()

    def hold() -> None:
        with room.taken(80):
            started.set()
            assert go_on.wait(300)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(hold)
        assert started.wait(300)
        second = pool.submit(lambda: room.taken(80).__enter__() or go_on.is_set())
        with room.taken(20):  # there is room for a small one
            assert not second.done()
        go_on.set()
        first.result(300)
        assert second.result(300)
    monkeypatch.setattr(room, "_used", 0)


def test_a_picture_above_the_limit_goes_alone(monkeypatch):
    monkeypatch.setattr(room, "LIMIT", 10)
    assert error(encoded(PICTURE), RAMP) == 0
