"""A network's picture: stages by size, split where learning begins or features are kept."""

import pytest

from engine.learning.anatomy import anatomy
from engine.learning.blocks import FIXED, FROZEN, INPUT, LEARNS, NEW, Block, blocks
from engine.learning.regimes import phases
from engine.learning.rules import check
from engine.words.options import Choice
from engine.words.recipe import Recipe


def blocks_of(
    network: Choice, regime: Choice, size: int, cut: int | None = None, phase: int = 0
) -> tuple[Block, ...]:
    head = Choice("own" if network.name == "cnn_d" else "gap")
    recipe = check(Recipe("", network, Choice("adam"), head, regime, size=size))
    random = recipe.network.kwargs.get("weights") == "random"
    return blocks(anatomy(recipe, 2), phases(recipe)[phase], cut, random)


def test_a_network_from_scratch_is_all_new() -> None:
    found = blocks_of(Choice("cnn_d"), Choice("scratch"), 64)
    assert [block.name for block in found] == [
        "X-ray",
        *(f"Block {n}" for n in range(1, 7)),
        "Answer",
    ]
    assert [block.state for block in found] == [INPUT] + [NEW] * 7
    assert found[1].shape == (64, 64, 32)
    assert found[2].contents == ("pooling", "1 convolution")
    assert found[-1].shape == (1,)


@pytest.mark.parametrize(
    ("regime", "states"),
    [
        (Choice("frozen"), {FROZEN}),
        (Choice.of("last", layers=20), {FROZEN, LEARNS}),
        (Choice.of("after", layers=0), {LEARNS}),
    ],
)
def test_every_block_says_whether_it_learns(regime: Choice, states: set[str]) -> None:
    found = blocks_of(Choice("mobilenetv2"), regime, 64)
    base = [block for block in found if block.mark.part == "backbone"]
    assert {block.state for block in base} == states
    assert all(block.trainable == 0 for block in base if block.state == FROZEN)
    assert all(block.trainable > 0 for block in base if block.state == LEARNS)
    assert found[-1].state == NEW


def test_no_parameter_is_lost_or_counted_twice() -> None:
    recipe = check(
        Recipe(
            "", Choice("mobilenetv2"), Choice("adam"), Choice("report_d"), Choice("frozen"), size=64
        )
    )
    network, phase = anatomy(recipe, 2), phases(recipe)[0]
    found = blocks(network, phase, None, False)
    assert sum(block.params for block in found) == network.total
    assert sum(block.trainable for block in found) == network.trainable(phase)
    assert sum(len(block.nodes) for block in found) == len(network.nodes)


def test_a_range_in_the_middle_splits_its_stage() -> None:
    found = blocks_of(Choice("inceptionv3"), Choice.of("middle", first=133, last=150), 96)
    learning = [block for block in found if block.state == LEARNS]
    assert [block.name for block in learning] == ["Stage 4, layers 133 to 150"]
    names = [block.name for block in found if block.name.startswith("Stage 4")]
    assert names[0].endswith("to 132") and names[2].startswith("Stage 4, layers 151")


def test_a_stage_ends_where_its_answers_are_kept() -> None:
    network = Choice("mobilenetv2")
    whole = blocks_of(network, Choice("frozen"), 64)
    pooled = sum(len(block.nodes) for block in whole[:-1])  # the head's first operation
    found = blocks_of(network, Choice("frozen"), 64, cut=pooled)
    assert [block.kept for block in found] == [False] * (len(found) - 2) + [True, False]
    assert (found[-2].name, found[-2].state) == ("Average over the picture", FIXED)


def test_random_weights_make_a_backbone_new() -> None:
    network = Choice.of("mobilenetv2", weights="random")
    found = blocks_of(network, Choice("scratch"), 64)
    assert {block.state for block in found[1:]} == {NEW}


def test_glances_at_the_whole_picture_make_no_stage() -> None:
    """Squeeze-and-excitation shrinks to 1 x 1 and comes back within a stage."""
    found = blocks_of(Choice("efficientnetv2b0"), Choice("frozen"), 64)
    stages = [block.name for block in found if block.mark.part == "backbone"]
    assert stages == [f"Stage {number}" for number in range(1, 6)]
    sides = [block.shape[0] for block in found if len(block.shape) == 3]
    assert sides == sorted(sides, reverse=True)
