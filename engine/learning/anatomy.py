"""What a recipe's network is made of, before a single weight is loaded (imports Keras)."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from engine.learning.backbones import BACKBONES
from engine.learning.freezing import learns, moving
from engine.learning.graph import Node, before, read
from engine.learning.networks import HEADS, NETWORKS
from engine.learning.regimes import Phase, phases
from engine.words.errors import CxrError
from engine.words.options import Choice, build
from engine.words.recipe import Recipe

_building = threading.Lock()  # sixty visitors with one question build one network


@dataclass(frozen=True)
class Anatomy:
    """A network's operations in order, and the numbers of those that are a backbone's."""

    nodes: tuple[Node, ...]
    numbers: Mapping[str, int]

    @property
    def total(self) -> int:
        """All parameters."""
        return sum(node.params for node in self.nodes)

    def trainable(self, phase: Phase) -> int:
        """Parameters that learn in a phase."""
        return sum(self.nodes[index].learnable for index in moving(self.nodes, self.numbers, phase))

    def name(self, node: Node) -> str:
        """Name a node for people; automatic names shift within a process, numbers do not."""
        number = self.numbers.get(node.name)
        return f"layer {number} ({node.kind})" if number else PLAIN.get(node.kind, node.name)

    def part(self, node: Node) -> str:
        """Say where a node belongs: backbone, head, input or, in a network from scratch, own."""
        if node.name in self.numbers:
            return "backbone"
        return (
            "head"
            if self.numbers and node.name.startswith("head_")
            else ("input" if node.kind in INPUTS else "own" if not self.numbers else "backbone")
        )


@dataclass(frozen=True)
class Summary:
    """A network in numbers."""

    total: int
    trainable: int  # in the first phase
    by_phase: tuple[int, ...]  # trainable parameters of each phase
    input_shape: tuple[int, ...]  # height, width, channels
    layers: pd.DataFrame  # name, number, kind, output, params, part, learns (in the first phase)
    anatomy: Anatomy


PLAIN = {
    "GlobalAveragePooling2D": "the average over the picture",
    "Flatten": "the flattened features",
}
INPUTS = {"InputLayer", "Rescaling", "Normalization"}


def summary(recipe: Recipe, classes: int) -> Summary:
    """Count a network's parameters, without its weights."""
    here, steps = anatomy(recipe, classes), phases(recipe)
    rows = [
        (
            node.name,
            here.numbers.get(node.name, -1),
            node.kind,
            " x ".join(map(str, node.shape)),
            node.params,
            here.part(node),
            bool(node.learnable) and learns(here.numbers.get(node.name), steps[0], node.is_norm),
        )
        for node in here.nodes
    ]
    columns = ["name", "number", "kind", "output", "params", "part", "learns"]
    by_phase = tuple(here.trainable(phase) for phase in steps)
    shape, table = here.nodes[0].shape, pd.DataFrame(rows, columns=columns)
    return Summary(here.total, by_phase[0], by_phase, shape, table, here)


def anatomy(recipe: Recipe, classes: int) -> Anatomy:
    """Return the operations of a recipe's network; a backbone is built once per size."""
    with _building:
        return _anatomy(recipe.network, recipe.head, recipe.size, classes)


@lru_cache(maxsize=256)
def _anatomy(network: Choice, head: Choice, size: int, classes: int) -> Anatomy:
    if network.name not in BACKBONES:
        return Anatomy(read(build(network, NETWORKS, "network", size, classes)), {})
    nodes, numbers, cuts = _base(network.name, size)
    row = BACKBONES[network.name]
    end = row.end(network)
    if len(nodes[cuts[end]].shape) != 3:
        raise CxrError(
            f"Layer {end} of {row.label} has no picture-shaped output. Cut at another layer."
        )
    kept = before(nodes, cuts[end])
    place = {old: new for new, old in enumerate(kept)}
    base = [_moved(nodes[old], place) for old in kept]
    return Anatomy((*base, *_head(head, nodes[cuts[end]].shape, classes, len(base))), numbers)


@lru_cache(maxsize=32)
def _base(name: str, size: int) -> tuple[tuple[Node, ...], dict[str, int], dict[int, int]]:
    """Return a backbone's nodes, its layers' numbers, and the position of each numbered layer."""
    from engine.learning.assembly import build_base

    base = build_base(Choice(name), size)
    nodes = read(base.model)
    positions = {node.name: position for position, node in enumerate(nodes)}
    cuts = {number: positions[layer] for layer, number in base.numbers.items()}
    cuts[BACKBONES[name].layers - 1] = len(nodes) - 1  # the whole, whatever operation ends it
    return nodes, dict(base.numbers), cuts


@lru_cache(maxsize=256)
def _head(choice: Choice, shape: tuple[int, ...], classes: int, begin: int) -> tuple[Node, ...]:
    import keras

    features = keras.Input(shape, name="features")
    nodes = read(keras.Model(features, build(choice, HEADS, "head", features, classes)))
    place = {index: begin - 1 + index for index in range(len(nodes))}
    return tuple(_moved(node, place) for node in nodes[1:])


def _moved(node: Node, place: Mapping[int, int]) -> Node:
    return replace(node, inputs=tuple(place[source] for source in node.inputs))
