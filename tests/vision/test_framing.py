"""Which part of a picture the network's square shows, and the way back from square to picture."""

import cv2
import numpy as np
import pytest

from engine.vision import framing
from engine.vision.boxes import Box
from engine.vision.framing import part, taken_back
from engine.vision.phantom import draw
from engine.vision.preprocessing import CROPS, RESIZES, preprocess
from engine.words.options import Choice

SIDE = 64


@pytest.mark.parametrize("shape", [(60, 100), (100, 60), (64, 64)])
@pytest.mark.parametrize("name", RESIZES)
def test_a_place_in_the_square_is_taken_back_to_the_picture(
    name: str, shape: tuple[int, int]
) -> None:
    image = np.zeros(shape, np.uint8)
    box = Box(0.45, 0.4, 0.6, 0.6)
    image[box.pixels(*shape)] = 255
    steps = (Choice(name),)
    square = preprocess(image, SIDE, steps).astype(np.float32) / 255
    back = taken_back(square, part(image, steps), *shape)
    assert np.abs(back - image / 255)[_away_from_edges(box, shape)].max() < 0.2


def _away_from_edges(box: Box, shape: tuple[int, int]) -> np.ndarray:
    """All but a frame of three pixels around the box's outline, where it blurs."""
    inside = np.zeros(shape, np.uint8)
    inside[box.pixels(*shape)] = 1
    kernel = np.ones((7, 7), np.uint8)
    return cv2.dilate(inside, kernel) == cv2.erode(inside, kernel)


def test_each_way_to_make_a_square_has_its_way_back() -> None:
    assert framing._SQUARES.keys() == RESIZES.keys()
    assert list(CROPS) == ["lungs"]


def test_a_crop_to_the_lungs_is_taken_back_even_after_a_filter() -> None:
    image = draw(4, "normal", 160, aspect=1.25).image
    steps = (Choice("clahe"), Choice("lungs"), Choice("squash"))
    shown = part(image, steps)
    assert 0 <= shown.left < shown.right <= 1
    assert shown.right - shown.left < 0.98, "it was cropped"
    square = preprocess(image, SIDE, (*steps[:2], Choice("squash")))
    filtered = preprocess(image, 160, (Choice("clahe"), Choice("squash")))
    back = taken_back(square.astype(np.float32), shown, 160, 160)
    there = back > 0
    assert np.corrcoef(back[there], filtered[there])[0, 1] > 0.97
    assert not taken_back(np.ones((8, 8), np.float32), shown, 40, 40).all()
