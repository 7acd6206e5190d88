"""Covering parts of a picture: where, with what, and what stays as it was."""

import numpy as np
import pytest

from engine.explaining import occlusion
from engine.explaining.occlusion import HOW, Box, cover
from engine.vision.boxes import mask
from engine.words.errors import CxrError, NotFound

LEFT = Box(0.1, 0.25, 0.4, 0.75)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """A wide picture (60, 100) with a bright left half and grains."""
    random = np.random.default_rng(1)
    image = random.integers(20, 60, (60, 100), dtype=np.uint8)
    image[:, :50] += np.uint8(120)
    return image


@pytest.mark.parametrize("how", HOW)
def test_only_what_lies_inside_the_boxes_changes(picture: np.ndarray, how: str) -> None:
    boxes = (LEFT, Box(0.6, 0.0, 0.7, 1.0))
    covered = cover(picture, boxes, how)
    inside = mask(boxes, *picture.shape)
    assert covered.dtype == np.uint8
    assert covered.shape == picture.shape
    assert (covered[~inside] == picture[~inside]).all()
    assert (covered[inside] != picture[inside]).mean() > 0.5
    assert (cover(picture, boxes, how) == covered).all(), "the same each time"


@pytest.mark.parametrize("how", HOW)
def test_without_boxes_nothing_changes_and_a_whole_picture_may_be_covered(
    picture: np.ndarray, how: str
) -> None:
    assert (cover(picture, (), how) == picture).all()
    assert cover(picture, (Box(0, 0, 1, 1),), how).shape == picture.shape


def test_each_way_puts_in_what_it_says(picture: np.ndarray) -> None:
    rows, columns = LEFT.pixels(*picture.shape)
    assert (rows, columns) == (slice(15, 45), slice(10, 40))
    found = {how: cover(picture, (LEFT,), how)[rows, columns] for how in HOW}
    there = picture[rows, columns].astype(float)
    assert (found["black"] == 0).all()
    assert (found["mean"] == round(float(picture.mean()))).all()
    assert (found["mirror"] == picture[rows, ::-1][:, columns]).all()
    assert found["blur"].std() < there.std() / 3
    assert abs(found["blur"].mean() - there.mean()) < 25, "blur keeps the brightness"
    assert found["noise"].std() > there.std()
    assert abs(found["inpaint"].mean() - there.mean()) < 15, "the surroundings are as bright"
    assert found["inpaint"].std() < there.std()


def test_a_spot_that_is_covered_does_not_flow_back_in() -> None:
    image = np.full((400, 400), 50, np.uint8)
    box = Box(0.4, 0.4, 0.6, 0.6)
    image[box.pixels(400, 400)] = 250
    assert np.abs(cover(image, (box,), "inpaint").astype(int) - 50).max() <= 8


def test_a_cover_without_anything_around_it_is_grey() -> None:
    image = np.tile(np.arange(64, dtype=np.uint8), (64, 1))
    assert (cover(image, (Box(0, 0, 1, 1),), "inpaint") == 32).all()


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (7, 5)])
@pytest.mark.parametrize("how", HOW)
def test_odd_shapes_are_covered(how: str, size: tuple[int, int]) -> None:
    image = np.full(size, 200, np.uint8)
    assert cover(image, (Box(0.9, 0.9, 0.95, 0.95),), how).shape == size


def test_what_cannot_be_covered_is_said(picture: np.ndarray) -> None:
    with pytest.raises(CxrError, match="grey picture"):
        cover(np.zeros((4, 4, 3), np.uint8), (LEFT,))
    with pytest.raises(CxrError, match="grey picture"):
        cover(np.zeros((4, 4), np.float32), (LEFT,))
    with pytest.raises(NotFound, match="There is no cover 'paint'"):
        cover(picture, (LEFT,), "paint")


@pytest.mark.parametrize(
    "edges",
    [(0.5, 0, 0.5, 1), (0.6, 0, 0.4, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.01), (float("nan"), 0, 1, 1)],
)
def test_a_box_lies_inside_the_picture(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(CxrError, match="A patch needs edges"):
        Box(*edges)


def test_a_box_moves_and_stays_inside() -> None:
    moved = LEFT.at(0.9, -0.3)
    assert (moved.left, moved.top, moved.right, moved.bottom) == pytest.approx((0.7, 0, 1, 0.5))
    assert LEFT.at(0.2, 0.1).width == pytest.approx(LEFT.width)


def test_overlaps_count_once() -> None:
    half, right = Box(0, 0, 0.5, 1), Box(0.25, 0, 0.75, 1)
    assert occlusion.share((half,)) == pytest.approx(0.5)
    assert occlusion.share((half, right)) == pytest.approx(0.75)
    assert occlusion.share(()) == 0


def test_each_way_says_when_it_misleads() -> None:
    assert occlusion.DEFAULT in HOW
    for row in HOW.values():
        assert row.help
        assert row.harms
