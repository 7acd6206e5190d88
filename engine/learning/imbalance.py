"""What to do about classes of unequal size: each strategy turns labels into plans.

A strategy is handed the training labels alone, so validation and test cannot be touched.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.words.errors import CxrError
from engine.words.options import Choice, Option, Param, build, complete

COPIES = (Choice("report_a"),)  # the augmentation that draws copies of the rarer classes
LOSSES = {"sigmoid": "binary_crossentropy", "softmax": "categorical_crossentropy"}
_ROOM = "engine.learning.imbalance"

STRATEGIES = {
    "none": Option("None", "Every image counts once; the larger class dominates.", f"{_ROOM}:none"),
    "class_weight": Option(
        "Class weights",
        "A mistake on the rarer class costs more: total / (classes x count of the class).",
        f"{_ROOM}:class_weight",
    ),
    "undersample": Option(
        "Undersampling",
        "Each class is cut, at random, to the size of the smallest; the rest is never seen.",
        f"{_ROOM}:undersample",
    ),
    "oversample": Option(
        "Oversampling",
        "Images of the rarer classes are shown several times until the classes match.",
        f"{_ROOM}:oversample",
    ),
    "oversample_augmented": Option(
        "Oversampling with augmented copies",
        "As oversampling, but each repeat is a slightly different copy (report A's pipeline).",
        f"{_ROOM}:oversample_augmented",
    ),
    "ensemble": Option(
        "Ensemble on parts",
        "Cuts the largest class into as many parts as there are members; each member learns one "
        "part with the whole smallest class, and the members vote. A class in between is cut where "
        "that brings it nearer to the smallest, else shown whole.",
        f"{_ROOM}:ensemble",
        {
            "members": Param(
                3,
                "Networks that vote. Classes match best with about as many as the largest class "
                "outnumbers the smallest; more turn the imbalance round.",
                low=2,
                high=9,
            )
        },
    ),
    "focal": Option(
        "Focal loss",
        "Images that the network already gets right count less, so the hard ones decide "
        "(Lin et al. 2017, arXiv 1708.02002).",
        f"{_ROOM}:focal",
        {
            "gamma": Param(2.0, "How much less; 0 is the ordinary loss.", low=0.0, high=10.0),
            "alpha": Param(
                0.25,
                "With a sigmoid output: the weight of the positive class, the other one's is 1 "
                "minus it. A softmax output has its whole loss multiplied by it.",
                low=0.01,
                high=0.99,
            ),
        },
    ),
}


@dataclass(frozen=True)
class Plan:
    """Which training images an epoch shows, and what a mistake on each class costs."""

    rows: NDArray[np.intp]  # (m,) positions in the training part, repeats allowed
    weights: NDArray[np.float32]  # one per class
    draws: NDArray[np.intp]  # (m,) 0 is the image itself, k > 0 its k-th augmented copy


Plans = tuple[Plan, ...]


def make_plans(choice: Choice, labels: NDArray[np.intp], classes: int, seed: int) -> Plans:
    """Apply a strategy to the training labels (n,) of class indices: a plan for each member."""
    random = np.random.default_rng(seed)
    plans: Plans = build(choice, STRATEGIES, "imbalance strategy", labels, classes, random)
    return plans


def loss_of(choice: Choice, activation: str) -> Any:
    """Return the loss of a sigmoid or softmax output: a name, or Keras's focal loss.

    Sigmoid units take the binary loss each, several of them on one-hot targets too (report A).
    """
    if choice.name != "focal":
        return LOSSES[activation]
    import keras

    knobs = complete(choice, STRATEGIES, "imbalance strategy").kwargs
    if activation == "softmax":
        return keras.losses.CategoricalFocalCrossentropy(**knobs)
    return keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, **knobs)


def none(labels: NDArray[np.intp], classes: int, random: np.random.Generator) -> Plans:
    """Show every row once at the same cost."""
    return (_even(np.arange(len(labels)), classes),)


def class_weight(labels: NDArray[np.intp], classes: int, random: np.random.Generator) -> Plans:
    """Weigh a class by total / (classes * its count), as the reports do for two classes."""
    counts = np.bincount(labels, minlength=classes)
    weights = len(labels) / (classes * np.maximum(counts, 1))
    rows = np.arange(len(labels))
    return (Plan(rows, weights.astype(np.float32), np.zeros_like(rows)),)


def undersample(labels: NDArray[np.intp], classes: int, random: np.random.Generator) -> Plans:
    """Draw as many rows of each class as the smallest has."""
    groups = _by_class(labels)
    smallest = min(map(len, groups))
    drawn = [random.choice(rows, smallest, replace=False) for rows in groups]
    return (_even(np.sort(np.concatenate(drawn)), classes),)


def oversample(labels: NDArray[np.intp], classes: int, random: np.random.Generator) -> Plans:
    """Repeat the rows of each class, a random rest of them once more, up to the largest's size."""
    rows, _ = _repeated(labels, random)
    return (_even(rows, classes),)


def oversample_augmented(
    labels: NDArray[np.intp], classes: int, random: np.random.Generator
) -> Plans:
    """Oversample; the k-th repeat of a row is its k-th augmented copy."""
    rows, repeat = _repeated(labels, random)
    return (Plan(rows, np.ones(classes, np.float32), repeat),)


def ensemble(
    labels: NDArray[np.intp], classes: int, random: np.random.Generator, members: int
) -> Plans:
    """Give each member all of the smallest class and its own part of the largest.

    Parts are disjoint, together the whole class and of equal size but for one image. A class in
    between is cut where n ** 2 > members * smallest ** 2: n / members is then nearer (in ratio) to
    the smallest than n is.
    """
    groups = _by_class(labels)
    sizes = [len(rows) for rows in groups]
    smallest, largest = min(sizes), max(sizes)
    if smallest < largest < members:
        raise CxrError(
            f"An ensemble of {members} needs a largest class of at least {members} training "
            f"images, got {largest}. Choose fewer members or another strategy."
        )
    parts = []  # for each class, what each member sees of it
    for rows in groups:
        size = len(rows)
        if smallest < size and (size == largest or size**2 > members * smallest**2):
            parts.append(np.array_split(random.permutation(rows), members))
        else:
            parts.append([rows] * members)
    shown = zip(*parts, strict=True)
    return tuple(_even(np.sort(np.concatenate(own)), classes) for own in shown)


def focal(
    labels: NDArray[np.intp], classes: int, random: np.random.Generator, gamma: float, alpha: float
) -> Plans:
    """Show every row once: `loss_of` makes the difference."""
    return none(labels, classes, random)


def _even(rows: NDArray[np.intp], classes: int) -> Plan:
    return Plan(rows, np.ones(classes, np.float32), np.zeros_like(rows))


def _by_class(labels: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Positions of each class that is there."""
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _repeated(
    labels: NDArray[np.intp], random: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of equally large classes, and for each the number of its repeat (0: the first)."""
    groups = _by_class(labels)
    largest = max(map(len, groups))
    rows, repeats = [], []
    for own in groups:
        whole, rest = divmod(largest, len(own))
        rows += [np.tile(own, whole), np.sort(random.choice(own, rest, replace=False))]
        repeats += [np.repeat(np.arange(whole), len(own)), np.full(rest, whole)]
    return np.concatenate(rows), np.concatenate(repeats)
