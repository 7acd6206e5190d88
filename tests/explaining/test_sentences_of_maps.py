"""What is said of a heat map is what it shows."""

import numpy as np
import pytest

from engine.explaining.cam import CamLayer, CamResult
from engine.explaining.sentences import describe, half_area, note, number, place

CONV = CamLayer(14, "Conv2D", 6, 6, 256, True)


def result(heat: np.ndarray, layer: CamLayer = CONV) -> CamResult:
    empty = not heat.any()
    return CamResult(heat.astype(np.float32), -0.5, 0.0 if empty else 0.25, empty, layer, "gradcam")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [(0, 0, "the upper left"), (5, 3, "the lower centre"), (2, 2, "the middle")],
)
def test_the_hottest_ninth_is_named(row: int, column: int, words: str) -> None:
    heat = np.zeros((6, 6))
    heat[row, column] = 1
    assert place(heat) == words
    text = describe(result(heat), "PNEUMONIA")
    assert "Warm parts raised the score for PNEUMONIA" in text
    assert f"Half of the heat lies on 3% of the picture, mostly in {words}." in text


def test_a_small_spot_is_not_said_to_be_nothing() -> None:
    heat = np.zeros((20, 20))
    heat[3, 3] = 1
    text = describe(result(heat), "PNEUMONIA")
    assert "Half of the heat lies on less than 1% of the picture" in text


def test_heat_everywhere_is_not_pinned_to_a_place() -> None:
    assert half_area(np.ones((6, 6))) == 0.5
    assert "spread out: half of it covers 50%" in describe(result(np.ones((6, 6))), "NORMAL")


def test_an_empty_map_says_so_with_its_raw_values() -> None:
    text = describe(result(np.zeros((6, 6))), "NORMAL")
    assert text.startswith("The map is empty: no part of layer 14 speaks for NORMAL")
    assert "raw values −0.5 to 0" in text
    assert half_area(np.zeros((6, 6))) == 0


def test_a_network_without_convolutions_is_named_as_such() -> None:
    dense = CamLayer(4, "Dense", 256, 256, 4, False)
    assert "has no convolution" in note(result(np.ones((3, 3)), dense))
    assert "6 x 6 cells" in note(result(np.ones((6, 6))))


def test_numbers_are_short() -> None:
    assert [number(value) for value in (-0.0123, 0.0, 1234.0)] == ["−0.012", "0", "1.2e+03"]
