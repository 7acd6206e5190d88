"""The picture of a network: pure markup that says what stays, what learns and what is new."""

import re

import pytest

from engine.learning.blocks import FIXED, FROZEN, INPUT, LEARNS, NEW, STATES, Block, Mark
from engine.learning.graph import Node
from pages.shared import network_picture


def block(
    state: str, side: int, params: int = 0, name: str = "Stage 1", kept: bool = False
) -> Block:
    shape = (side, side, 8) if side > 1 else (2,)
    node = Node("any", "Conv2D", shape, params, params, ())
    learning = params if state in (LEARNS, NEW) else 0
    return Block(Mark("backbone", state, 1, False), (node,), learning, (), kept, name)


NETWORK = (
    block(INPUT, 64, name="X-ray"),
    block(FROZEN, 32, 1000),
    block(FROZEN, 16, 3_000_000, "Stage 2, layers 9 to 20", kept=True),
    block(LEARNS, 16, 500, "Stage 2, layers 21 to 30"),
    block(NEW, 1, 20, "Head"),
)


def widths(markup: str) -> list[int]:
    return [int(width) for width in re.findall(r"--width:(\d+)%", markup)]


def test_smaller_pictures_are_narrower() -> None:
    found = widths(network_picture.markup(NETWORK))
    assert found == sorted(found, reverse=True)
    assert found[0] == 100 and len(set(found)) == 4


def test_every_block_says_its_state_in_words_and_class() -> None:
    markup = network_picture.markup(NETWORK)
    assert re.findall(r'<li class="(\w+)"', markup) == [
        "input",
        "frozen",
        "frozen",
        "kept",
        "learns",
        "new",
    ]
    for word in ("frozen", "learns", "new"):
        assert f">{word}<" in markup


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_colour_a_word_and_a_style(state: str) -> None:
    assert state in network_picture.HUES and state in network_picture.WORDS


def test_sizes_and_weights_are_written_out() -> None:
    markup = network_picture.markup(NETWORK)
    assert "16 × 16 × 8" in markup and "2 values" in markup
    assert "3.0 million weights" in markup and "1,000 weights" in markup
    assert "layers 9–20" in markup


def test_pointing_at_a_block_tells_all() -> None:
    told = network_picture.tooltip(NETWORK[3])
    assert STATES[LEARNS] in told
    assert "500 parameters, 500 of them learn" in told
    assert f'title="{told.splitlines()[0]}' in network_picture.markup(NETWORK)


def test_names_cannot_break_the_markup() -> None:
    assert "<b>" not in network_picture.markup([block(NEW, 8, 5, "<b>bold</b>")])


def test_the_sentence_says_how_much_learns() -> None:
    told = network_picture.sentence(NETWORK)
    assert "520 of 3,001,520 parameters learn" in told
    assert "computed once" in told
    assert network_picture.sentence((block(NEW, 8, 5),)).startswith("Every block is new and learns")


def test_a_network_without_parameters_that_learn_is_still_a_sentence() -> None:
    assert "0 of 1,000 parameters learn" in network_picture.sentence((block(FROZEN, 8, 1000),))
    assert block(FIXED, 8).state == FIXED
