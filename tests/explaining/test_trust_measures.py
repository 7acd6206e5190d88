"""The measures of trust on maps whose answer is known: perfect, inverted, random, empty."""

import numpy as np
import pytest

from engine.explaining import trust_places as places
from engine.explaining import trust_weights as weights
from engine.explaining.trust_baselines import centre_heat, heat_of, label, random_heat
from engine.explaining.trust_curves import FILLINGS, area, curves, ranks
from engine.vision.lungs import lung_field
from engine.vision.phantom import draw
from engine.words.errors import NotFound

SIDE = 20
MASK = np.zeros((SIDE, SIDE), bool)
MASK[4:8, 4:14] = True  # 40 of 400 pixels: a tenth of the picture
IMAGE = np.where(MASK, 200, 100).astype(np.uint8)
PERFECT = MASK.astype(np.float32)
INVERTED = 1 - PERFECT
EMPTY = np.zeros((SIDE, SIDE), np.float32)


def share_left(images):
    """A network that says how much of the opacity it sees: 0..1."""
    return (images[:, MASK] == 200).mean(axis=1)


def test_a_perfect_map_deletes_at_once_and_inserts_at_once():
    found = curves(share_left, IMAGE, PERFECT, "black", steps=10)
    assert found.deletion.tolist() == [1] + [0] * 10
    assert found.insertion.tolist() == [0] + [1] * 10
    assert found.deleted == pytest.approx(0.05)  # a triangle of height 1 over the first tenth
    assert found.inserted == pytest.approx(0.95)


def test_an_inverted_map_is_the_worst_order():
    found = curves(share_left, IMAGE, INVERTED, "black", steps=10)
    assert found.deletion.tolist() == [1] * 10 + [0]
    assert found.deleted == pytest.approx(0.95)
    assert found.inserted == pytest.approx(0.05)


def test_a_fine_random_map_falls_along_the_diagonal():
    noise = random_heat((SIDE, SIDE), 1)
    found = curves(share_left, IMAGE, noise, "black", steps=10)
    assert found.deletion == pytest.approx(np.linspace(1, 0, 11), abs=0.15)
    assert found.deleted == pytest.approx(0.5, abs=0.1)
    # What one takes away the other puts in: these two always add up to the whole here.
    assert found.deletion + found.insertion == pytest.approx(np.ones(11))


def test_an_empty_map_gives_the_order_of_chance():
    chance = random_heat((7, 7), 5)
    empty = ranks(EMPTY, (SIDE, SIDE), seed=5)
    assert np.array_equal(empty, ranks(chance, (SIDE, SIDE)))
    assert not np.array_equal(empty, np.arange(empty.size).reshape(empty.shape))
    assert sorted(empty.ravel()) == list(range(SIDE * SIDE))


@pytest.mark.parametrize(("filling", "value"), [("black", 0), ("mean", 110)])
def test_what_is_taken_away_is_replaced_as_chosen(filling, value):
    asked = []

    def keep(images):
        asked.append(images)
        return np.zeros(len(images))

    curves(keep, IMAGE, PERFECT, filling, steps=2)
    (images,) = asked
    assert np.array_equal(images[0], IMAGE)
    assert (images[2] == value).all()
    assert np.array_equal(images[3], images[2])
    assert (images[1][MASK] == value).all()


def test_every_filling_leaves_a_picture_and_others_are_refused():
    for name in FILLINGS:
        curves(share_left, IMAGE, PERFECT, name, steps=2)
    with pytest.raises(NotFound, match="filling"):
        curves(share_left, IMAGE, PERFECT, "purple")


def test_the_area_is_the_trapezoid_rules():
    assert area(np.array([1.0, 1.0, 1.0])) == 1
    assert area(np.array([1.0, 0.0, 0.0])) == 0.25


def test_heat_in_the_mask_and_the_pointing_game():
    assert places.inside(PERFECT, MASK) == 1
    assert places.inside(INVERTED, MASK) == 0
    assert places.inside(np.ones_like(PERFECT), MASK) == pytest.approx(0.1)
    assert places.hit(PERFECT, MASK) == 1
    assert places.hit(INVERTED, MASK, tolerance=0) == 0
    assert np.isnan(places.inside(EMPTY, MASK))
    assert np.isnan(places.hit(EMPTY, MASK))
    assert np.isnan(places.hit(PERFECT, MASK & False))


def test_a_near_miss_counts_within_the_tolerance():
    beside = EMPTY.copy()
    beside[10, 8] = 1  # three rows under the mask's last one
    assert places.hit(beside, MASK, tolerance=3 / SIDE) == 1
    assert places.hit(beside, MASK, tolerance=2 / SIDE) == 0


def test_equally_hot_points_hit_by_their_share():
    two = EMPTY.copy()
    two[5, 5] = two[19, 19] = 1
    assert places.hit(two, MASK, tolerance=0) == 0.5


def test_overlap_takes_as_many_pixels_as_the_truth_has():
    assert places.overlap(PERFECT, MASK) == 1
    assert places.overlap(INVERTED, MASK) == 0
    half = np.roll(PERFECT, 5, axis=1)  # 20 of its 40 pixels still lie in the mask
    assert places.overlap(half, MASK) == pytest.approx(20 / 60)
    # Random pixels share a tenth of a tenth: 4 of 76, give or take.
    chance = [places.overlap(random_heat((SIDE, SIDE), seed), MASK) for seed in range(40)]
    assert np.mean(chance) == pytest.approx(4 / 76, abs=0.02)
    assert np.isnan(places.overlap(EMPTY, MASK))


def test_the_lung_field_is_left_out_where_it_is_not_found():
    image = draw(3, "normal", 128).image
    mask = places.lungs(image)
    x, y, width, height = lung_field(image)
    assert mask is not None
    assert mask.sum() == width * height
    assert mask[y, x]
    assert places.lungs(np.full((128, 128), 90, np.uint8)) is None


def test_likeness_of_equal_inverted_unrelated_and_empty_maps():
    one = random_heat((16, 16), 0)
    other = random_heat((16, 16), 1)
    for alike in (weights.rank_correlation, weights.ssim):
        assert alike(one, one) == pytest.approx(1, abs=1e-6)
        assert abs(alike(one, other)) < 0.2
        assert np.isnan(alike(one, one * 0))
    assert weights.rank_correlation(one, 1 - one) == pytest.approx(-1)
    assert weights.ssim(one, 1 - one) < 0
    assert weights.rank_correlation(one, one**3) == pytest.approx(1)  # the order alone counts


def test_baselines_know_where_they_are():
    blob = centre_heat((9, 9))
    assert np.unravel_index(blob.argmax(), blob.shape) == (4, 4)
    assert blob.max() == 1
    assert np.array_equal(heat_of("centre:9x9"), blob)
    assert np.array_equal(heat_of("random:4x6", 2), random_heat((4, 6), 2))
    assert not np.array_equal(heat_of("random:4x6", 2), heat_of("random:4x6", 3))
    assert label("random:4x6") == "Random, 4 x 6"
    assert label("gradcam") == "Grad-CAM"
