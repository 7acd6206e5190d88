"""Scores under draws, with a network whose answer is known: the share of a picture's left half."""

import numpy as np
import pytest

from engine.explaining.under_draws import answers, sentence, strip
from engine.words.options import Choice

FLIP = (Choice.of("flip", chance=0.5),)


def left_is_bright(pictures: np.ndarray) -> np.ndarray:
    """Say 1 where the left half is brighter, 0 where the right one is."""
    half = pictures.shape[2] // 2
    left = pictures[:, :, :half].mean(axis=(1, 2)) > pictures[:, :, half:].mean(axis=(1, 2))
    return np.stack([~left, left], axis=1).astype(np.float32)


def pictures() -> np.ndarray:
    bright = np.zeros((2, 32, 32), np.uint8)
    bright[0, :, :16] = bright[1, :, 16:] = 200
    return bright


def test_the_first_answer_is_of_the_picture_and_the_others_of_its_draws() -> None:
    given = answers(left_is_bright, pictures(), FLIP, draws=40)
    assert given.shape == (2, 41, 2)
    assert given[0, 0].tolist() == [0, 1] and given[1, 0].tolist() == [1, 0]
    flipped = given[0, 1:, 0]
    assert 8 <= flipped.sum() <= 32
    assert (given[1, 1:, 1] == flipped).all()  # the same draws for every picture
    assert (answers(left_is_bright, pictures(), FLIP, 10, first=5)[0, 1:] == given[0, 6:16]).all()
    still = answers(left_is_bright, pictures(), (), draws=3)
    assert (still == still[:, :1]).all()


def test_a_strip_counts_decisions_at_the_threshold() -> None:
    given = np.array([[0.3, 0.7], [0.6, 0.4], [0.2, 0.8], [0.45, 0.55]], np.float32)
    one = strip(given, 1, 0.5)
    assert (one.plain, one.decision, one.changed, one.averaged) == (pytest.approx(0.7), 1, 1, 1)
    assert one.mean == pytest.approx((0.4 + 0.8 + 0.55) / 3)
    strict = strip(given, 1, 0.75)
    assert (strict.decision, strict.changed, strict.averaged) == (0, 1, 0)
    assert "2 draws" not in sentence([one], "sick")


def test_without_a_threshold_the_largest_score_decides() -> None:
    given = np.array([[0.5, 0.3, 0.2], [0.2, 0.6, 0.2], [0.1, 0.7, 0.2]], np.float32)
    one = strip(given, 0, None)
    assert (one.decision, one.changed, one.averaged) == (0, 2, 1)
    text = sentence([one, one], "a")
    assert "4 of 4 draws change" in text and "for 2 of 2" in text and "up to 0.10" in text
