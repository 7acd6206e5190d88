"""What a chain did is counted right and said in words."""

import numpy as np
import pytest

from engine.vision.chains import CHAINS, REPORT_B
from engine.vision.effects import (
    contrast_sentence,
    difference,
    difference_sentence,
    histogram,
    levels,
)
from engine.vision.preprocessing import check_steps, preprocess

HALF = np.zeros((10, 10), np.uint8)
HALF[:, 5:] = 200
LIGHTER = HALF.copy()
LIGHTER[:, 5:] = 230
LIGHTER[0, 0] = 10


def test_levels_and_histogram_of_a_picture_half_black():
    found = levels(HALF)
    assert (found.mean, found.deviation) == pytest.approx((100, 100))
    assert (found.black, found.white) == (0.5, 0.0)
    assert histogram(HALF)[[0, 200]].tolist() == [0.5, 0.5]


def test_a_difference_is_signed_and_stretched_to_its_largest():
    found = difference(HALF, LIGHTER)
    assert (found.most, found.average) == (30, pytest.approx((50 * 30 + 10) / 100))
    assert found.picture[5, 9] == 255
    assert found.picture[5, 0] == 128
    assert found.picture[0, 0] == round(128 + 10 * 127 / 30)
    assert difference(LIGHTER, HALF).picture[5, 9] == 1


def test_the_sentences_carry_the_numbers():
    assert "brightness 100 became 115" in contrast_sentence(HALF, LIGHTER)
    assert "49% of the pixels are pure black now (before 50%)" in contrast_sentence(HALF, LIGHTER)
    assert "most changed one by 30" in difference_sentence(difference(HALF, LIGHTER))
    assert "No pixel changed" in difference_sentence(difference(HALF, HALF))


@pytest.mark.parametrize("name", CHAINS)
def test_every_chain_runs(name):
    image = np.random.default_rng(1).integers(0, 200, (60, 80), dtype=np.uint8)
    assert preprocess(image, 32, CHAINS[name].steps).shape == (32, 32)
    assert CHAINS[name].help


def test_report_b_is_what_the_report_says():
    pad, clahe, blur = check_steps(REPORT_B)
    assert (pad.name, pad.kwargs) == ("pad", {"interpolation": "cubic"})
    assert clahe.kwargs == {"clip_limit": 2.0, "tiles": 16}
    assert blur.name == "blur"
