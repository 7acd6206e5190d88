"""Which operations stand still in a phase: the same rule for the network and for its plan."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.learning.graph import Node
from engine.learning.regimes import Phase

Rates = dict[str, float]


def moving(nodes: Sequence[Node], numbers: Mapping[str, int], phase: Phase) -> set[int]:
    """Return the positions that learn or answer at random while a phase trains.

    `numbers` maps the names of backbone layers to their numbers; all others are new and move.
    """
    return {
        index
        for index, node in enumerate(nodes)
        if (node.learnable or node.is_random)
        and learns(numbers.get(node.name), phase, node.is_norm)
    }


def learns(number: int | None, phase: Phase, norm: bool) -> bool:
    """Say whether a layer learns: a new one always, a backbone's where the phase says so."""
    if number is None:
        return True
    return phase.first <= number < phase.end and (phase.batch_norm or not norm)


def freeze(model: Any, numbers: Mapping[str, int], phase: Phase, rates: Rates) -> None:
    """Set what learns in a phase; compile the model after it.

    A frozen layer works as it does in use: its batch norm keeps its statistics, its dropout is
    off. `rates` remembers dropout rates from phase to phase.
    """
    for layer in model.layers:
        norm = type(layer).__name__ == "BatchNormalization"
        layer.trainable = learns(numbers.get(layer.name), phase, norm)
        if layer.name in numbers and hasattr(layer, "rate"):
            rates.setdefault(layer.name, layer.rate)
            layer.rate = rates[layer.name] if layer.trainable else 0.0


def stretches(states: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield state, first and end position of each run of equal states."""
    start = 0
    for index in range(1, len(states) + 1):
        if index == len(states) or states[index] != states[start]:
            yield states[start], start, index
            start = index
