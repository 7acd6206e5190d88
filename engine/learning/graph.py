"""A network as a list of operations: what each costs, which learn, where the cache may cut."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Node:
    """One operation of a flat Functional model, in an order that respects its inputs."""

    name: str
    kind: str
    shape: tuple[int, ...]  # of the output, without the batch
    params: int
    learnable: int  # parameters that learn while the layer is not frozen
    inputs: tuple[int, ...]  # positions of the operations that feed it

    @property
    def multiply_adds(self) -> float:
        """Count them for one image: a layer uses each weight once per output position."""
        return float(self.params) * math.prod(self.shape[:-1])

    @property
    def is_random(self) -> bool:
        """Whether it answers at random in training, as dropout does."""
        return self.kind in RANDOM

    @property
    def is_norm(self) -> bool:
        """Whether it keeps running statistics of batches."""
        return self.kind == "BatchNormalization"


RANDOM = {"Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "StochasticDepth"}


def read(model: Any) -> tuple[Node, ...]:
    """List a Functional model's operations."""
    operations = model.operations
    place = {id(operation): index for index, operation in enumerate(operations)}
    # An operation may stand in other models as well; these calls are this one's.
    calls = {node.operation: node for depth in model._nodes_by_depth.values() for node in depth}
    nodes = []
    for operation in operations:
        call = calls[operation]
        sources = (tensor._keras_history.operation for tensor in call.input_tensors)
        nodes.append(
            Node(
                operation.name,
                type(operation).__name__,
                tuple(call.output_tensors[0].shape[1:]),
                getattr(operation, "count_params", lambda: 0)(),
                _learnable(operation),
                tuple(sorted({place[id(source)] for source in sources})),
            )
        )
    return tuple(nodes)


def tensor(model: Any, position: int) -> Any:
    """Return what an operation answers within this model, wherever else it may stand."""
    operation = model.operations[position]
    for depth in model._nodes_by_depth.values():
        for node in depth:
            if node.operation is operation:
                return node.output_tensors[0]
    raise ValueError(f"{operation.name} is no operation of {model.name}")


def settled(nodes: Sequence[Node], moving: Collection[int]) -> int | None:
    """Return the last operation whose output is all that the rest needs, before anything moves.

    `moving` holds the positions that learn or answer at random in training. What such an output
    says of an image never changes, so it can be kept. None where there is no such operation.
    """
    still: list[bool] = []
    passed: list[frozenset[int]] = []  # operations that every path to this one goes through
    for index, node in enumerate(nodes):
        still.append(index not in moving and all(still[source] for source in node.inputs))
        before = [passed[source] for source in node.inputs]
        passed.append(frozenset.intersection(*before) | {index} if before else frozenset({index}))
    used_later = {
        source
        for index, node in enumerate(nodes)
        if not still[index]
        for source in node.inputs
        if still[source]
    }
    if not used_later:
        return None
    return max(frozenset.intersection(*(passed[index] for index in used_later)), default=None)


def before(nodes: Sequence[Node], end: int) -> list[int]:
    """Return the positions that the output of `end` depends on, itself the last."""
    needed = {end}
    for index in range(end, -1, -1):
        if index in needed:
            needed.update(nodes[index].inputs)
    return sorted(needed)


def _learnable(operation: Any) -> int:
    weights = getattr(operation, "trainable_weights", [])
    if not getattr(operation, "trainable", True):
        raise ValueError(f"read the network before {operation.name} is frozen")
    return sum(math.prod(weight.shape) for weight in weights)
