"""What to do about classes of unequal size: each strategy turns labels into a plan.

A strategy is handed the training rows alone, so validation and test cannot be touched.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.words.options import Choice, Option, build

STRATEGIES = {
    "none": Option(
        "None",
        "Every image counts once; the larger class dominates.",
        "engine.learning.imbalance:none",
    ),
    "class_weight": Option(
        "Class weights",
        "A mistake on the rarer class costs more: total / (classes x count of the class).",
        "engine.learning.imbalance:class_weight",
    ),
}


@dataclass(frozen=True)
class Plan:
    """Which training rows are shown in an epoch, and what a mistake on each class costs."""

    rows: NDArray[np.intp]  # positions in the training part, repeats allowed
    weights: NDArray[np.float32]  # one per class


def make_plan(choice: Choice, labels: NDArray[np.intp], classes: int) -> Plan:
    """Apply a strategy to the training labels (n,) of class indices."""
    plan: Plan = build(choice, STRATEGIES, "imbalance strategy", labels, classes)
    return plan


def none(labels: NDArray[np.intp], classes: int) -> Plan:
    """Show every row once at the same cost."""
    return Plan(np.arange(len(labels)), np.ones(classes, np.float32))


def class_weight(labels: NDArray[np.intp], classes: int) -> Plan:
    """Weigh a class by total / (classes * its count), as the reports do for two classes."""
    counts = np.bincount(labels, minlength=classes)
    weights = len(labels) / (classes * np.maximum(counts, 1))
    return Plan(np.arange(len(labels)), weights.astype(np.float32))
