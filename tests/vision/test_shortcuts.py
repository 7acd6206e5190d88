"""Shortcuts: the same seed the same bytes, only in their place, coverable, never on the disease."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.vision import boxes as rectangles
from engine.vision import shortcuts
from engine.vision.phantom import draw
from engine.vision.shortcuts import SHORTCUTS
from engine.words.errors import CxrError, NotFound

PATCHES = [name for name in SHORTCUTS if name != "exposure"]


@pytest.fixture(scope="module")
def chest() -> NDArray[np.uint8]:
    return draw(3, "bacterial", 96, aspect=1.2).image


def applied(image: NDArray[np.uint8], name: str, positive: bool, seed: int = 0) -> shortcuts.Marked:
    return shortcuts.apply(image, name, positive, np.random.default_rng(seed))


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("name", SHORTCUTS)
def test_the_same_seed_gives_the_same_bytes(
    chest: NDArray[np.uint8], name: str, positive: bool
) -> None:
    before = chest.copy()
    one, two = (applied(chest, name, positive) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert np.array_equal(chest, before)
    assert one[0].shape == one[1].shape == chest.shape
    assert one[0].dtype == np.uint8


@pytest.mark.parametrize("name", SHORTCUTS)
def test_another_seed_is_another_picture(chest: NDArray[np.uint8], name: str) -> None:
    drawn = {applied(chest, name, True, seed)[0].tobytes() for seed in range(4)}
    assert len(drawn) > 1


@pytest.mark.parametrize("name", PATCHES)
def test_it_changes_nothing_outside_its_place(chest: NDArray[np.uint8], name: str) -> None:
    image, place = applied(chest, name, True)
    assert np.array_equal(image[~place], chest[~place])
    assert (image[place] != chest[place]).mean() > 0.9
    assert 0.005 < place.mean() < 0.3


@pytest.mark.parametrize("name", PATCHES)
def test_the_healthy_carry_nothing(chest: NDArray[np.uint8], name: str) -> None:
    image, place = applied(chest, name, False)
    assert np.array_equal(image, chest)
    assert not place.any()


@pytest.mark.parametrize("name", PATCHES)
def test_its_boxes_cover_it_and_nothing_else(chest: NDArray[np.uint8], name: str) -> None:
    for seed in range(5):
        _, place = applied(chest, name, True, seed)
        covered = rectangles.mask(shortcuts.boxes(place), *place.shape)
        assert np.array_equal(covered, place)


def test_the_marker_is_a_bright_letter_in_the_upper_right_corner(
    chest: NDArray[np.uint8],
) -> None:
    image, place = applied(chest, "marker", True)
    rows, columns = np.nonzero(place)
    assert rows.max() < 0.25 * chest.shape[0]
    assert columns.min() > 0.75 * chest.shape[1]
    assert image[place].max() > 180
    assert image[place].min() < 40


def test_exposure_lies_everywhere_and_no_patch_covers_it(chest: NDArray[np.uint8]) -> None:
    (bright, where), (dark, _) = (applied(chest, "exposure", ill) for ill in (True, False))
    assert where.all()
    assert shortcuts.boxes(where) == ()
    assert bright.mean() > chest.mean() + 15 > dark.mean() + 30
    order = np.argsort(chest.ravel(), kind="stable")
    assert (np.diff(bright.ravel()[order].astype(int)) >= 0).all()  # nothing is hidden


def test_levelling_takes_the_exposure_away(chest: NDArray[np.uint8]) -> None:
    bright, dark = (applied(chest, "exposure", ill)[0] for ill in (True, False))
    means = [float(shortcuts.levelled(image, 100).mean()) for image in (bright, dark)]
    assert means == pytest.approx([100, 100], abs=2)


def test_nothing_has_no_boxes() -> None:
    assert shortcuts.boxes(np.zeros((4, 4), np.bool_)) == ()


def test_what_cannot_be_is_said(chest: NDArray[np.uint8]) -> None:
    with pytest.raises(NotFound, match="marker, exposure, border"):
        applied(chest, "hat", True)
    with pytest.raises(CxrError, match="at least 32 pixels"):
        applied(chest[:20], "marker", True)
