"""A network as a few blocks that a person can read: stages of one size, each learning or not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from engine.learning.anatomy import Anatomy
from engine.learning.freezing import moving
from engine.learning.graph import Node
from engine.learning.regimes import Phase

INPUT, FROZEN, LEARNS, NEW, FIXED = "input", "frozen", "learns", "new", "fixed"
STATES = {
    INPUT: "The grey pixels, scaled as the network expects them.",
    FROZEN: "Knows photographs already and stays as it is.",
    LEARNS: "Knows photographs already and goes on learning.",
    NEW: "Begins with random weights and learns.",
    FIXED: "Has no parameters: nothing to learn.",
}
SAME = 0.7  # a picture that shrinks below this share of a stage's side begins the next stage
PADDING = "ZeroPadding2D"  # a rim for the convolution that follows, no size of its own
KINDS = {
    "Conv2D": "convolution",
    "DepthwiseConv2D": "depthwise convolution",
    "Dense": "dense layer",
    "MaxPooling2D": "pooling",
    "AveragePooling2D": "pooling",
    "GlobalAveragePooling2D": "average over the picture",
    "Flatten": "flattening",
    "Dropout": "dropout",
    "BatchNormalization": "batch normalisation",
    "LayerNormalization": "layer normalisation",
}


@dataclass(frozen=True)
class Mark:
    """What neighbouring operations must share to stand in one block."""

    part: str  # "input", "backbone", "own" or "head"
    state: str  # a key of STATES
    stage: int  # from 1 by the side of what they answer; 0 once there is no picture any more
    after: bool  # whether they come after what is kept


@dataclass(frozen=True)
class Block:
    """A run of operations that is one box of the picture."""

    mark: Mark
    nodes: tuple[Node, ...]
    trainable: int  # parameters that learn
    numbers: tuple[int, ...] = ()  # of its layers in the backbone
    kept: bool = False  # what it answers is kept: it and all before it run only once
    name: str = ""

    @property
    def state(self) -> str:
        """Whether it learns; a block without parameters has nothing to learn."""
        return self.mark.state if self.params or self.mark.state == INPUT else FIXED

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width and channels of what it answers, or how many values."""
        return next(node.shape for node in reversed(self.nodes) if node.kind != PADDING)

    @property
    def params(self) -> int:
        """All its parameters."""
        return sum(node.params for node in self.nodes)

    @property
    def contents(self) -> tuple[str, ...]:
        """What it is made of, such as "2 convolutions" and "pooling"."""
        counts = Counter(KINDS[node.kind] for node in self.nodes if node.kind in KINDS)
        return tuple(_counted(kind, count) for kind, count in counts.items())


def blocks(anatomy: Anatomy, phase: Phase, cut: int | None, random: bool) -> tuple[Block, ...]:
    """Group a network's operations for one phase, from the picture to the answer.

    `cut` is the position of the operation whose answers are kept; `random` tells that a backbone
    begins from random weights, so that all of it is new.
    """
    nodes, numbers = anatomy.nodes, anatomy.numbers
    moves = moving(nodes, numbers, phase)
    found = [
        Block(
            mark,
            tuple(nodes[place] for place in places),
            sum(nodes[place].learnable for place in places if place in moves),
            tuple(numbers[nodes[place].name] for place in places if nodes[place].name in numbers),
            cut is not None and places[-1] == cut,
        )
        for mark, places in _runs(_marks(anatomy, phase, cut, random), nodes)
    ]
    return tuple(replace(block, name=_name(block, found)) for block in found)


def _marks(anatomy: Anatomy, phase: Phase, cut: int | None, random: bool) -> list[Mark]:
    nodes, stages = anatomy.nodes, _stages(anatomy.nodes)
    starts = [place for place, node in enumerate(nodes) if node.params]
    begun = min([*starts, *(p for p, node in enumerate(nodes) if node.name in anatomy.numbers)])
    marks: list[Mark] = []
    for place, node in enumerate(nodes):
        part = "input" if place < begun else anatomy.part(node)
        number = anatomy.numbers.get(node.name)
        if part == "input":
            state = INPUT
        elif part != "backbone" or random:
            state = NEW
        elif number is None:  # an addition between layers goes with the layer before it
            state = marks[-1].state
        else:
            state = LEARNS if phase.first <= number < phase.end else FROZEN
        stage = stages[place] if part in ("backbone", "own") else 0
        marks.append(Mark(part, state, stage, cut is not None and place > cut))
    return marks


def _stages(nodes: Sequence[Node]) -> list[int]:
    """Number the stages by the side of the pictures; what looks at a whole picture in between,
    as squeeze-and-excitation does, belongs to the stage that it serves."""
    side, sides = 0, []
    for node in reversed(nodes):
        side = max(side, node.shape[0] if len(node.shape) == 3 else 0)
        sides.append(side)
    stage, begun, found = 0, 0.0, []
    for side in reversed(sides):
        if side and (not begun or side <= SAME * begun):
            stage, begun = stage + 1, side
        found.append(stage if side else 0)
    return found


def _runs(marks: Sequence[Mark], nodes: Sequence[Node]) -> list[tuple[Mark, list[int]]]:
    """Return runs of one mark; one without parameters goes with the next, as a pooling does, or
    where features are kept after it with the one before."""
    runs = [(mark, list(run)) for mark, run in groupby(range(len(marks)), lambda p: marks[p])]
    found: list[tuple[Mark, list[int]]] = []
    waiting: list[int] = []
    for index, (mark, run) in enumerate(runs):
        places, waiting = waiting + run, []
        follower = runs[index + 1][0] if index + 1 < len(runs) else None
        if mark.part == "input" or any(nodes[place].params for place in places):
            found.append((mark, places))
        elif follower and (mark.part, mark.after) == (follower.part, follower.after):
            waiting = places
        elif _place_of(mark) == _place_of(found[-1][0]):
            found[-1][1].extend(places)
        else:
            found.append((mark, places))
    return found


def _place_of(mark: Mark) -> tuple[str, int, bool]:
    return mark.part, mark.stage, mark.after


def _name(block: Block, found: Sequence[Block]) -> str:
    mark = block.mark
    if mark.part == "input":
        return "X-ray"
    if mark.part == "head":
        return "Head" if block.params else block.contents[0].capitalize()
    stages = sorted({one.mark.stage for one in found if one.mark.part == mark.part} - {0})
    if not mark.stage:
        return "Answer"
    name = f"{'Stage' if mark.part == 'backbone' else 'Block'} {stages.index(mark.stage) + 1}"
    alone = sum(one.mark.stage == mark.stage for one in found if one.mark.part == mark.part) == 1
    if alone or not block.numbers:
        return name
    first, last = min(block.numbers), max(block.numbers)
    return f"{name}, layers {first} to {last}" if first < last else f"{name}, layer {first}"


def _counted(kind: str, count: int) -> str:
    countable = kind.split()[-1] in ("convolution", "layer")
    return f"{count} {kind}{'' if count == 1 else 's'}" if countable else kind
