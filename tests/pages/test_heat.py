"""What the heat component is given: each picture once, cells as bytes, nothing where none is."""

from base64 import b64decode

import numpy as np
import pytest

from engine.explaining import overlay
from engine.explaining.cam import CamResult
from engine.explaining.layers import CamLayer
from pages.shared import heat
from pages.shared.components import heat as component

SEEN = np.arange(256, dtype=np.uint8).reshape(16, 16)
LAYER = CamLayer(12, "Conv2D", 2, 2, 8, True)
CELLS = np.array([[0.0, 0.5], [0.25, 1.0]], np.float32)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The arguments of each drawing."""
    seen: list[tuple] = []
    monkeypatch.setattr(heat, "heats", lambda *arguments: seen.append(arguments))
    return seen


def found(cells: np.ndarray, low: float, high: float) -> CamResult:
    return CamResult(cells, low, high, not cells.any(), LAYER, "gradcam")


def test_cells_travel_as_bytes_and_a_picture_once(given: list[tuple]) -> None:
    one = heat.Heated(SEEN, found(CELLS, -0.25, 2.0), "Grad-CAM", "PNEUMONIA", more=("Beware.",))
    copy = heat.Heated(SEEN.copy(), found(CELLS, 0.0, 1.0), "Again", "PNEUMONIA")
    other = heat.Heated(SEEN.T, found(CELLS, 0.0, 1.0), "Turned", "PNEUMONIA")
    heat.show([one, copy, other], "maps")
    pictures, cards, key = given[0][:3]
    assert (len(pictures), key) == (2, "maps")
    assert [card.picture for card in cards] == [0, 0, 1]
    assert list(b64decode(cards[0].cells)) == [0, 128, 64, 255]
    assert (cards[0].rows, cards[0].columns) == (2, 2)
    assert (cards[0].low, cards[0].high) == ("−0.25", "2")
    assert cards[0].said[-1] == "Beware."


def test_without_heat_the_picture_stands_alone(given: list[tuple]) -> None:
    nothing = np.zeros((2, 2), np.float32)
    empty = heat.Heated(SEEN, found(nothing, -3.0, 0.0), "Empty", "PNEUMONIA")
    waiting = heat.Heated(SEEN, None, "To come", "PNEUMONIA")
    broken = heat.Heated(SEEN, None, "Broken", "PNEUMONIA", "It has no network.")
    heat.choose([empty, waiting, broken], "maps", press=lambda _: None)
    cards = given[0][1]
    assert [bool(card.cells) for card in cards] == [False] * 3
    assert cards[0].said[0].startswith("The map is empty")
    assert [card.waiting for card in cards] == [False, True, False]
    assert cards[2].trouble == "It has no network."


def test_every_colour_map_has_a_name_and_a_sentence_on_the_screen() -> None:
    assert list(component.LABELS) == list(component.HELP) == list(overlay.COLOUR_MAPS)
