"""What a training costs, counted in arithmetic before it begins: stretches of equal work."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.data import pixels
from engine.learning.anatomy import Anatomy
from engine.learning.caching import Amounts, Caching, decide
from engine.learning.freezing import moving
from engine.learning.graph import Node, before
from engine.learning.regimes import Phase, phases
from engine.words.options import Choice
from engine.words.recipe import Recipe

# Fitted to forward passes and training steps of eleven networks on two cores.
WRITING = 35.0  # multiply-adds that writing one output value costs
STEP = 1e8  # and what one call of the backend costs
Factors = tuple[float, float]
# What a layer's arithmetic and its writing are multiplied by while a network trains.
PASSED = (1.0, 1.0)  # forward only
BEHIND = (2.0, 3.0)  # frozen, after a layer that learns: it hands the error back
LEARNS = (3.0, 3.0)
NORM = (3.0, 13.0)  # batch normalisation that follows its batches
# Building an operation counts one; making it ready for training so many times as much.
TRACED = {PASSED: 4.0, BEHIND: 7.0, LEARNS: 7.0, NORM: 40.0}


@dataclass(frozen=True)
class Kind:
    """Work that takes as long again the next time."""

    what: str  # reading, building, features or epochs
    of: str  # the network; of reading, the data's hash
    size: int
    work: float  # of one picture; of building, operations
    batch: int = 0
    steps: tuple[str, ...] = ()
    precision: str = ""


@dataclass(frozen=True)
class Stretch:
    """So much of one kind."""

    kind: Kind
    count: float  # pictures, a judged one being less than one that teaches; of building, members
    phase: int = 0
    epochs: int = 0  # of all members
    per_epoch: float = 0.0  # pictures; the rest of the count is predicted in the end


@dataclass(frozen=True)
class _Part:
    """One phase: its operations that run once and those that train."""

    number: int
    epochs: int
    caching: Caching
    frozen: tuple[int, ...]  # positions of the operations whose outcome is kept
    trained: Mapping[int, Factors]  # all others, and what training multiplies their cost by


def stretches(
    recipe: Recipe,
    counts: Mapping[str, int],
    network: Anatomy,
    to_compute: Sequence[int] | None = None,
) -> tuple[Stretch, ...]:
    """Return what a checked recipe does from its first image to its last prediction.

    `counts` holds the images of train, validation and test and, where the imbalance strategy
    changes them, those `shown` in an epoch. `to_compute` says of each phase how many pictures
    must still go through its frozen part; without it, all.
    """
    amounts, nodes = _amounts(recipe, counts), network.nodes
    parts = [_part(recipe, *step, network, amounts) for step in enumerate(phases(recipe), 1)]
    missing = to_compute or [part.caching.pictures for part in parts]
    traced = sum(TRACED[factors] for part in parts for factors in part.trained.values())
    building = Kind("building", recipe.network.name, recipe.size, 2.0 * len(nodes) + traced)
    return (
        _reading(recipe, amounts),
        *_features(recipe, nodes, parts, missing),
        *(_epochs(recipe, nodes, part, amounts, part is parts[-1]) for part in parts),
        Stretch(building, _members(recipe)),
    )


def _amounts(recipe: Recipe, counts: Mapping[str, int]) -> Amounts:
    train, validation = counts["train"], counts["validation"]
    shown = counts.get("shown", train)
    copies = shown - train if recipe.imbalance.name == "oversample_augmented" else 0
    return Amounts(train + validation + counts["test"], train, validation, shown, copies)


def _members(recipe: Recipe) -> int:
    return int(recipe.imbalance.kwargs.get("members", 1))


def _part(recipe: Recipe, number: int, phase: Phase, network: Anatomy, amounts: Amounts) -> _Part:
    caching = decide(recipe, phase, network, amounts)
    nodes, moves = network.nodes, moving(network.nodes, network.numbers, phase)
    frozen = before(nodes, caching.cut) if caching.cut is not None else []
    rest = [index for index in range(len(nodes)) if index not in frozen]
    trained = dict(_trained(nodes, rest, moves))
    return _Part(number, phase.epochs, caching, tuple(frozen), trained)


def _trained(
    nodes: Sequence[Node], rest: Sequence[int], moves: Collection[int]
) -> Iterator[tuple[int, Factors]]:
    reached: set[int] = set()  # operations that change as the network learns
    for index in rest:
        node = nodes[index]
        learns = index in moves and node.learnable > 0
        behind = any(source in reached for source in node.inputs)
        if learns or behind:
            reached.add(index)
        yield index, (NORM if node.is_norm else LEARNS) if learns else BEHIND if behind else PASSED


def _reading(recipe: Recipe, amounts: Amounts) -> Stretch:
    known = pixels.known(recipe.data, recipe.size, recipe.preprocessing)
    kind = Kind("reading", recipe.data, recipe.size, 1.0, 0, _names(recipe.preprocessing))
    return Stretch(kind, 0 if known else amounts.everything)


def _features(
    recipe: Recipe, nodes: Sequence[Node], parts: Sequence[_Part], missing: Sequence[int]
) -> Iterator[Stretch]:
    for part, later, pictures in zip(parts, [*parts[1:], None], missing, strict=True):
        if part.caching.cut is None:
            continue
        work, share = _forward(nodes, part.frozen), 1.0
        if later and _leads(later, part):  # it goes on from what the later phase keeps
            share -= _forward(nodes, later.frozen) / work
        kind = Kind("features", recipe.network.name, recipe.size, work, 0, (), recipe.precision)
        yield Stretch(kind, pictures * share, part.number)


def _leads(later: _Part, part: _Part) -> bool:
    same = later.caching.views == part.caching.views
    return same and bool(later.frozen) and set(later.frozen) < set(part.frozen)


def _epochs(
    recipe: Recipe, nodes: Sequence[Node], part: _Part, amounts: Amounts, last: bool
) -> Stretch:
    fixed = STEP / recipe.batch
    if part.caching.cut is not None:
        fixed += _work(nodes[part.caching.cut], (0.0, 1.0))  # features are read, not made
    work = fixed + sum(_work(nodes[index], factors) for index, factors in part.trained.items())
    judged = (fixed + _forward(nodes, part.trained)) / work
    drawn = () if part.frozen else _names(recipe.augmentation)
    name, size, batch = recipe.network.name, recipe.size, recipe.batch
    kind = Kind("epochs", name, size, work, batch, drawn, recipe.precision)
    epochs, members = part.epochs * _members(recipe), _members(recipe)
    per_epoch = amounts.shown + judged * amounts.judged
    predicted = members * judged * amounts.everything if last else 0.0
    return Stretch(kind, epochs * per_epoch + predicted, part.number, epochs, per_epoch)


def _forward(nodes: Sequence[Node], places: Iterable[int]) -> float:
    return sum(_work(nodes[index], PASSED) for index in places)


def _work(node: Node, factors: Factors) -> float:
    return factors[0] * node.multiply_adds + factors[1] * WRITING * math.prod(node.shape)


def _names(steps: tuple[Choice, ...]) -> tuple[str, ...]:
    return tuple(sorted(step.name for step in steps))
