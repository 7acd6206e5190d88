"""A known artefact lies where its mask says, and nowhere else."""

import numpy as np
import pytest

from engine.vision.phantom import draw
from engine.vision.phantom_artefacts import SPOILERS, spoil
from engine.words.errors import CxrError, NotFound

CLEAN = draw(4, "normal", 128, aspect=1.2).image
LOCAL = ("metal", "text")


@pytest.mark.parametrize("name", SPOILERS)
def test_an_artefact_changes_the_picture_and_keeps_its_shape_and_its_original(name):
    before = CLEAN.copy()
    spoiled, mask = spoil(CLEAN, name, 3)
    assert np.array_equal(CLEAN, before)
    assert spoiled.shape == mask.shape == CLEAN.shape
    assert (spoiled.dtype, mask.dtype) == (np.uint8, np.bool_)
    assert not np.array_equal(spoiled, CLEAN)
    assert mask.any()


@pytest.mark.parametrize("name", SPOILERS)
def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(name):
    first, again, other = (spoil(CLEAN, name, seed)[0] for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", LOCAL)
def test_things_laid_on_the_picture_are_bright_where_the_mask_is(name):
    for seed in range(6):
        spoiled, mask = spoil(CLEAN, name, seed)
        assert 0.0005 < mask.mean() < 0.25
        assert spoiled[mask].max() > 200


def test_metal_leaves_the_rest_of_the_picture_alone():
    spoiled, mask = spoil(CLEAN, "metal", 1)
    far = np.ones_like(mask)
    rows, columns = np.nonzero(mask)
    for row, column in zip(rows, columns, strict=True):
        far[max(0, row - 4) : row + 5, max(0, column - 4) : column + 5] = False
    assert np.array_equal(spoiled[far], CLEAN[far])


@pytest.mark.parametrize("name", ["grid", "motion", "noise", "underexposure", "overexposure"])
def test_twice_the_strength_changes_more(name):
    def change(strength: float) -> float:
        spoiled = spoil(CLEAN, name, 2, strength)[0].astype(float)
        return float(np.abs(spoiled - CLEAN).mean())

    assert change(0.3) < change(0.6) < change(1.2)


def test_over_exposed_is_darker_and_under_exposed_brighter():
    assert spoil(CLEAN, "overexposure", 0)[0].mean() < CLEAN.mean() - 15
    assert spoil(CLEAN, "underexposure", 0)[0].mean() > CLEAN.mean() + 15


def test_an_unknown_artefact_or_strength_is_refused():
    with pytest.raises(NotFound, match="grid, metal"):
        spoil(CLEAN, "ghosts", 0)
    for strength in (0.0, -1.0, 3.5):
        with pytest.raises(CxrError, match="strength"):
            spoil(CLEAN, "grid", 0, strength)
