"""A network as operations: what each costs, and the last one that all the rest can go on from."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from engine.learning.graph import Node, before, read, settled, tensor


def nodes(*inputs: tuple[int, ...]) -> list[Node]:
    """Operations that are known by what feeds them."""
    return [Node(f"n{n}", "Dense", (1,), 1, 1, sources) for n, sources in enumerate(inputs)]


CHAIN = nodes((), (0,), (1,), (2,), (3,))
BRANCHES = nodes((), (0,), (1,), (1,), (2, 3), (4,))  # 1 feeds 2 and 3, which meet in 4
SHORTCUT = nodes((), (0,), (1,), (1, 2), (3,))  # 1 goes round 2 as well
PAST = nodes((), (0,), (1,), (0, 2), (3,))  # the input itself goes round 1 and 2
DENSE = nodes((), (0,), (0, 1), (0, 1, 2), (3,))  # everything sees everything before it


@pytest.mark.parametrize(
    ("graph", "moving", "expected"),
    [
        (CHAIN, {3}, 2),
        (CHAIN, {1}, 0),
        (CHAIN, {1, 4}, 0),
        (CHAIN, {0}, None),
        (CHAIN, set(), None),
        (BRANCHES, {5}, 4),
        (BRANCHES, {3}, 1),  # 2 stands still, but what 3 needs does not go through it
        (BRANCHES, {2, 3}, 1),
        (SHORTCUT, {3}, 1),  # 3 needs 1 and 2: only through 1 goes all
        (SHORTCUT, {4}, 3),
        (PAST, {3}, 0),
        (PAST, {2}, 0),
        (PAST, {4}, 3),
        (DENSE, {3}, 0),
        (DENSE, {4}, 3),
    ],
)
def test_the_last_settled_operation_is_all_that_the_rest_needs(
    graph: list[Node], moving: set[int], expected: int | None
) -> None:
    assert settled(graph, moving) == expected


def test_what_an_operation_depends_on() -> None:
    assert before(BRANCHES, 2) == [0, 1, 2]
    assert before(BRANCHES, 4) == [0, 1, 2, 3, 4]
    assert before(PAST, 0) == [0]


@pytest.fixture(scope="module")
def model() -> Any:
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv")(inputs)
    y = layers.BatchNormalization(name="norm")(x)
    y = layers.Dropout(0.5, name="drop")(keras.ops.relu(y))
    x = layers.Add(name="sum")([x, y])
    x = layers.DepthwiseConv2D(3, strides=2, padding="same", name="depth")(x)
    return keras.Model(inputs, layers.Dense(3, name="answer")(layers.Flatten()(x)))


def test_operations_are_listed_with_what_feeds_them(model: Any) -> None:
    found = {node.name: node for node in read(model)}
    order = list(found)
    assert [order[index] for index in found["sum"].inputs] == ["conv", "drop"]
    assert found["conv"].inputs == (0,)
    assert found["depth"].shape == (4, 4, 4)
    assert [name for name in order if found[name].is_random] == ["drop"]
    assert [name for name in order if found[name].is_norm] == ["norm"]
    assert sum(node.params for node in found.values()) == model.count_params()
    assert found["norm"].params == 16 and found["norm"].learnable == 8
    for node in found.values():
        assert all(source < order.index(node.name) for source in node.inputs)


def test_a_multiply_add_is_counted_for_each_use_of_a_weight(model: Any) -> None:
    found = {node.name: node.multiply_adds for node in read(model)}
    assert found["conv"] == 8 * 8 * (3 * 3 * 1 * 4)
    assert found["depth"] == 4 * 4 * (3 * 3 * 4 + 4)
    assert found["answer"] == 4 * 4 * 4 * 3 + 3
    assert found["drop"] == found["sum"] == 0


def test_layers_that_stand_in_other_networks_too_are_read_in_this_one(model: Any) -> None:
    place = [node.name for node in read(model)].index("sum")
    part = keras.Model(tensor(model, place), model.output)
    names = [node.name for node in read(part)]
    assert names[1:] == [node.name for node in read(model)][place + 1 :]
    assert read(part)[1].inputs == (0,)
    assert [node.name for node in read(model)][place] == "sum"
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 1)).astype(np.float32)
    middle = keras.Model(model.input, tensor(model, place))(x)
    assert np.asarray(part(middle)) == pytest.approx(np.asarray(model(x)), abs=1e-6)


def test_a_network_is_read_before_it_is_frozen() -> None:
    inputs = keras.Input((4,))
    frozen = keras.Model(inputs, layers.Dense(2, trainable=False, name="dense")(inputs))
    with pytest.raises(ValueError, match="before dense is frozen"):
        read(frozen)
