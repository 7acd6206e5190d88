"""Each filter does what its name says, on pictures whose outcome is known."""

import numpy as np
import pytest

from engine.vision import filters
from engine.vision.notch import notch, peaks
from engine.vision.phantom import draw

RAMP = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
NOISE = np.random.default_rng(0).integers(90, 110, (96, 120), dtype=np.uint8)


@pytest.fixture(scope="module")
def chest() -> np.ndarray:
    return draw(3, "normal", 224, aspect=1.1).image


def stripes(image: np.ndarray, frequency: float, height: float) -> np.ndarray:
    wave = height * np.sin(2 * np.pi * frequency * np.arange(image.shape[1]))
    return np.clip(np.rint(image + wave), 0, 255).astype(np.uint8)


def test_equalisation_spreads_a_narrow_range_over_all_values():
    narrow = (RAMP // 8 + 100).astype(np.uint8)
    result = filters.equalize(narrow)
    assert (result.min(), result.max()) == (0, 255)
    shares = [(result <= level).mean() for level in (63, 127, 191)]
    assert shares == pytest.approx([0.25, 0.5, 0.75], abs=0.04)


def test_equalisation_leaves_a_black_frame_in_charge_and_clahe_does_not():
    framed = np.zeros((128, 128), np.uint8)
    framed[32:96, 32:96] = NOISE[:64, :64]
    equal, local = filters.equalize(framed), filters.clahe(framed, 2.0, 8)
    inside = np.s_[36:92, 36:92]
    assert equal[inside].mean() > 100 + local[inside].std()
    assert np.ptp(equal[inside]) > np.ptp(framed[inside])
    assert abs(local[inside].mean() - framed[inside].mean()) < abs(
        equal[inside].mean() - framed[inside].mean()
    )


def test_median_removes_single_pixels_that_a_blur_only_spreads():
    image = np.full((40, 40), 100, np.uint8)
    image[::8, ::8] = 255
    assert (filters.median(image, 1) == 100).all()
    assert filters.blur(image, 1.0).max() > 105


def test_median_keeps_a_straight_edge():
    edge = np.zeros((30, 30), np.uint8)
    edge[:, 15:] = 200
    assert np.array_equal(filters.median(edge, 4), edge)
    assert not np.array_equal(filters.blur(edge, 2.0), edge)


def test_unsharp_overshoots_on_both_sides_of_an_edge_and_leaves_flat_parts():
    edge = np.full((40, 80), 80, np.uint8)
    edge[:, 40:] = 160
    sharp = filters.unsharp(edge, 2.0, 1.0)
    assert sharp[20, 38] < 80 < 160 < sharp[20, 41]
    assert (sharp[:, :20] == 80).all()
    assert np.array_equal(filters.unsharp(edge, 2.0, 0.0), edge)
    assert np.ptp(filters.unsharp(edge, 2.0, 2.0)) > np.ptp(sharp)


def test_a_window_maps_its_percentiles_to_black_and_white():
    image = np.arange(100, dtype=np.uint8).reshape(10, 10) + 50
    result = filters.window(image, 10.0, 90.0)
    assert (result == 0).sum() == pytest.approx(10, abs=1)
    assert (result == 255).sum() == pytest.approx(11, abs=1)
    middle = result[5, 0].astype(int)
    assert middle == pytest.approx(255 * (100 - 59) / (139 - 59), abs=2)


def test_a_window_leaves_one_value_as_it_is_and_full_range_where_it_is():
    flat = np.full((20, 20), 77, np.uint8)
    assert np.array_equal(filters.window(flat, 1.0, 99.0), flat)
    assert np.array_equal(filters.window(RAMP, 0.0, 100.0), RAMP)


@pytest.mark.parametrize(("frequency", "height"), [(0.23, 8), (0.31, 4), (0.45, 3)])
def test_the_notch_takes_a_grid_away_and_leaves_the_chest(chest, frequency, height):
    spoiled = stripes(chest, frequency, height)
    inner = np.s_[8:-8, 8:-8]
    before = np.abs(spoiled[inner].astype(float) - chest[inner]).mean()
    after = np.abs(notch(spoiled, 8.0, 2)[inner].astype(float) - chest[inner]).mean()
    assert after < before / 4


def test_the_notch_works_across_as_along(chest):
    turned = np.ascontiguousarray(chest.T)
    spoiled = np.ascontiguousarray(stripes(turned, 0.27, 6).T)
    rest = np.abs(notch(spoiled, 8.0, 2).astype(float) - chest)[8:-8, 8:-8]
    assert rest.mean() < 1


def test_where_no_peak_stands_out_nothing_changes(chest):
    for image in (chest, NOISE):
        assert not peaks(image, 8.0).any()
        assert notch(image, 8.0, 2) is image


def test_a_peak_lies_at_the_frequency_of_the_stripes(chest):
    found = np.argwhere(peaks(stripes(chest, 0.25, 8), 8.0))
    columns = {min(column, chest.shape[1] - column) for _, column in found}
    assert columns <= set(range(round(chest.shape[1] / 4) - 2, round(chest.shape[1] / 4) + 4))
    assert {min(row, chest.shape[0] - row) for row, _ in found} <= {0, 1, 2}
