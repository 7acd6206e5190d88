"""Drawn pictures are of the training part alone, and every place finds its own."""

from typing import Any

import numpy as np
import pytest

from engine.learning.imbalance import COPIES, STRATEGIES, Plan, make_plans
from engine.learning.pictures import Pictures, drawn
from engine.words.options import Choice
from engine.words.recipe import Recipe

IMAGES = 60
RANDOM = np.random.default_rng(0)
PARTS = RANDOM.choice(["train", "validation", "test"], IMAGES, p=[0.6, 0.2, 0.2])
LABELS = RANDOM.choice(2, IMAGES, p=[0.25, 0.75])
TRAIN = np.flatnonzero(PARTS == "train")
STEPS = (Choice.of("rotate", limit=10.0),)


def pictures(
    strategy: str, augmented: bool, views: int
) -> list[tuple[Plan, list[Pictures], np.ndarray]]:
    """Return each member's plan, its drawn pictures and where its places find them."""
    recipe = Recipe("", Choice("cnn_d"), Choice("adam"), augmentation=STEPS if augmented else ())
    plans = make_plans(Choice(strategy), LABELS[TRAIN], 2, seed=5)
    return [(plan, *drawn(recipe, IMAGES, TRAIN, plan, views)) for plan in plans]


def resolved(sets: list[Pictures], place: int) -> tuple[tuple[Choice, ...], int, int]:
    """Return the steps, the image and the draw of a place of the index."""
    if place < IMAGES:
        return (), place, 0
    place -= IMAGES
    for one in sets:
        if place < len(one.rows):
            return one.steps, int(one.rows[place]), int(one.draws[place])
        place -= len(one.rows)
    raise IndexError("beyond the last picture")


CASES = [(False, 1), (True, 1), (True, 3)]


@pytest.mark.parametrize(("augmented", "views"), CASES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_image_of_validation_or_test_is_ever_drawn(
    strategy: str, augmented: bool, views: int
) -> None:
    for plan, sets, index in pictures(strategy, augmented, views):
        for one in sets:
            assert set(PARTS[one.rows]) == {"train"}
            assert (one.draws > 0).all()
        assert index.shape == (len(plan.rows), views)
        images = {resolved(sets, place)[1] for place in index.ravel()}
        assert set(PARTS[sorted(images)]) == {"train"}


@pytest.mark.parametrize(("augmented", "views"), CASES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_place_finds_the_draws_of_its_own_image(
    strategy: str, augmented: bool, views: int
) -> None:
    for plan, sets, index in pictures(strategy, augmented, views):
        for row, copy, places in zip(plan.rows, plan.draws, index, strict=True):
            found = [resolved(sets, place) for place in places]
            assert {image for _, image, _ in found} == {TRAIN[row]}
            steps = (*(COPIES if copy else ()), *(STEPS if augmented else ()))
            assert {done for done, _, _ in found} == {steps}
            assert len({draw for _, _, draw in found}) == views


def test_copies_are_the_very_draws_that_training_on_pixels_shows() -> None:
    ((plan, sets, index),) = pictures("oversample_augmented", augmented=False, views=1)
    assert plan.draws.any()
    for copy, (place,) in zip(plan.draws, index, strict=True):
        assert resolved(sets, place)[2] == copy


def test_two_copies_of_an_image_have_no_view_in_common() -> None:
    ((plan, sets, index),) = pictures("oversample_augmented", augmented=True, views=3)
    views: dict[tuple[int, int], set[Any]] = {}
    for row, copy, places in zip(plan.rows, plan.draws, index, strict=True):
        views[row, copy] = {resolved(sets, place) for place in places}
    assert plan.draws.max() > 1
    assert len(set.union(*views.values())) == 3 * len(views)


def test_no_picture_is_drawn_that_no_place_asks_for() -> None:
    ((_, sets, index),) = pictures("oversample_augmented", augmented=False, views=1)
    assert set(range(IMAGES, IMAGES + sum(len(one.rows) for one in sets))) <= set(index.ravel())


def test_views_of_the_images_do_not_depend_on_the_strategy() -> None:
    found = [sets for name in STRATEGIES for _, sets, _ in pictures(name, True, views=2)]
    first = found[0][0]
    for sets in found:
        assert (sets[0].rows == first.rows).all() and (sets[0].draws == first.draws).all()
        assert sets[0].key("pixels") == first.key("pixels")
    assert sorted(map(len, found)) == [1] * (len(found) - 1) + [2]  # copies are one set more
