"""Overlays keep the picture where there is no heat, and its shape always."""

import cv2
import numpy as np
import pytest

from engine.explaining.overlay import COLOUR_MAPS, colour, framed, overlay, png, scale, table
from engine.words.errors import CxrError

GREY = np.random.default_rng(0).integers(0, 256, (40, 60), dtype=np.uint8)
HEAT = np.linspace(0, 1, 25, dtype=np.float32).reshape(5, 5)


def test_opacity_goes_from_picture_to_map() -> None:
    clear, full = overlay(GREY, HEAT, 0), overlay(GREY, HEAT, 1)
    assert (clear == GREY[..., None]).all()
    assert full.shape == (40, 60, 3)
    half = overlay(GREY, HEAT, 0.5).astype(int)
    assert np.abs(half - (clear.astype(int) + full) / 2).max() <= 1


def test_an_empty_map_leaves_the_picture_alone() -> None:
    empty = np.zeros((5, 5), np.float32)
    assert (overlay(GREY, empty, 1) == GREY[..., None]).all()


@pytest.mark.parametrize("colours", list(COLOUR_MAPS))
def test_the_scale_is_painted_as_the_map_is(colours: str) -> None:
    strip = scale(colours, 256, 3)
    assert strip.shape == (3, 256, 3)
    values = np.array([[0.0, 0.5, 1.0]], np.float32)
    painted = colour(values, colours)
    assert (painted[0, 0] == strip[0, 0]).all()
    assert (painted[0, 2] == strip[0, 255]).all()
    assert (table(colours) == strip[0]).all()  # what the browser paints with


def test_inferno_is_rgb_and_not_bgr() -> None:
    red, _, blue = colour(np.array([[0.6]], np.float32))[0, 0]
    assert red > blue


def test_cividis_grows_lighter_all_the_way_for_eyes_that_miss_a_hue() -> None:
    lightness = table("cividis") @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) > -0.5).all()  # whole levels round
    assert lightness[-1] - lightness[0] > 150


def test_frames_keep_the_aspect_ratio_on_black() -> None:
    frame = framed(np.full((40, 80), 200, np.uint8), 100)
    assert frame.shape == (100, 100)
    rows = np.flatnonzero(frame.any(axis=1))
    assert (rows.min(), rows.max()) == (25, 74)
    assert framed(np.full((500, 100, 3), 9, np.uint8), 50).shape == (50, 50, 3)


def test_enlarged_pixels_stay_crisp() -> None:
    board = np.array([[0, 255], [255, 0]], np.uint8)
    assert set(np.unique(framed(board, 64))) == {0, 255}


def test_very_long_pictures_still_fit() -> None:
    assert framed(np.full((2, 3000), 7, np.uint8), 100).max() == 7


def test_png_gives_back_the_pixels() -> None:
    picture = overlay(GREY, HEAT)
    back = cv2.imdecode(np.frombuffer(png(picture), np.uint8), cv2.IMREAD_COLOR)
    assert (back[..., ::-1] == picture).all()
    assert (cv2.imdecode(np.frombuffer(png(GREY), np.uint8), 0) == GREY).all()


def test_wrong_settings_are_said() -> None:
    with pytest.raises(CxrError, match="between 0 and 1"):
        overlay(GREY, HEAT, 2)
    with pytest.raises(CxrError, match="inferno, turbo"):
        overlay(GREY, HEAT, 0.5, "rainbow")
