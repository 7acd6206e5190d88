"""Which layers learn, and when: from scratch, on a frozen base, in part, in two phases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.learning.backbones import BACKBONES
from engine.learning.optimizers import OPTIMIZERS
from engine.words.errors import CxrError
from engine.words.options import Choice, Option, Param, build
from engine.words.recipe import Recipe

_VIEWS = Param(
    4,
    "Augmented versions of each image whose features are kept; 0 draws anew in every epoch and "
    "keeps none, which is slow.",
    0,
    32,
)
_FEATURES = Param(
    "auto", "How exactly features are kept on disk.", choices=("auto", "float32", "float16")
)
_NORM = Param(
    False,
    "Let the batch normalisation of the layers that learn follow the new images; frozen is safer.",
)
_KEPT = {"views": _VIEWS, "features": _FEATURES}
_PART = {"batch_norm": _NORM, **_KEPT}
_HERE = "engine.learning.regimes"

REGIMES = {
    "scratch": Option(
        "From scratch", "Every layer learns, from random weights.", f"{_HERE}:scratch"
    ),
    "frozen": Option(
        "Frozen base",
        "The backbone stays as it is; only the head learns. Quick, for its features are kept.",
        f"{_HERE}:frozen",
        _KEPT,
    ),
    "last": Option(
        "Fine-tune the last layers",
        "The last layers of the backbone learn along with the head.",
        f"{_HERE}:last",
        {"layers": Param(20, "How many layers of the backbone learn.", 1, 600), **_PART},
    ),
    "after": Option(
        "Fine-tune all but the first layers",
        "The first layers keep what they know of edges; all others learn.",
        f"{_HERE}:after",
        {"layers": Param(60, "How many layers stay frozen.", 0, 600), **_PART},
    ),
    "middle": Option(
        "Train a range in the middle",
        "Only layers inside the backbone learn, and the head (report A's A4).",
        f"{_HERE}:middle",
        {
            "first": Param(133, "Number of the first layer that learns.", 1, 600),
            "last": Param(150, "Number of the last layer that learns.", 1, 600),
            **_PART,
        },
    ),
    "two_phases": Option(
        "Two phases",
        "First the head alone, then the last layers too, with an optimizer of their own.",
        f"{_HERE}:two_phases",
        {
            "layers": Param(20, "How many last layers learn in the second phase.", 1, 600),
            "optimizer": Param("adam", "Of the second phase.", choices=tuple(OPTIMIZERS)),
            "learning_rate": Param(1e-5, "Of the second phase: small steps.", 1e-8, 1.0),
            "epochs": Param(50, "Of the second phase.", 1, 1000),
            **_PART,
        },
    ),
}


@dataclass(frozen=True)
class Phase:
    """A stretch of training: which numbered backbone layers learn (the head always does)."""

    words: str
    first: int
    end: int  # layers first .. end - 1 learn; first == end: none
    optimizer: Choice
    epochs: int
    batch_norm: bool = False  # of the layers that learn


def phases(recipe: Recipe) -> tuple[Phase, ...]:
    """Return what a recipe trains, in order; raise CxrError where layers do not exist."""
    backbone = BACKBONES.get(recipe.network.name)
    count = backbone.end(recipe.network) + 1 if backbone else 0
    found: tuple[Phase, ...] = build(recipe.regime, REGIMES, "training regime", recipe, count)
    for phase in found:
        if not 0 <= phase.first <= phase.end <= max(count, 0):
            raise CxrError(
                f"Layers {phase.first} to {phase.end - 1} shall learn, but the backbone ends at "
                f"layer {count - 1}. Cut it later, or choose layers before the cut."
            )
    return found


def planned_epochs(recipe: Recipe) -> int:
    """Return the epochs of all phases and members, if no stopping rule ends one early."""
    members = int(recipe.imbalance.kwargs.get("members", 1))
    return members * sum(phase.epochs for phase in phases(recipe))


def kept(recipe: Recipe) -> Mapping[str, Any]:
    """Return the knobs of the feature cache that the regime has; empty from scratch."""
    return (
        {key: recipe.regime.kwargs.get(key, _KEPT[key].default) for key in _KEPT}
        if (_KEPT.keys() <= REGIMES[recipe.regime.name].params.keys())
        else {}
    )


def scratch(recipe: Recipe, count: int) -> tuple[Phase, ...]:
    """Train everything."""
    return (Phase("All layers", 0, count, recipe.optimizer, recipe.epochs, batch_norm=True),)


def frozen(recipe: Recipe, count: int, **kept: Any) -> tuple[Phase, ...]:
    """Train the head alone."""
    return (_head_only(recipe),)


def last(
    recipe: Recipe, count: int, layers: int, batch_norm: bool, **kept: Any
) -> tuple[Phase, ...]:
    """Train the last layers before the cut."""
    first = max(0, count - layers)
    return (Phase(_from(first), first, count, recipe.optimizer, recipe.epochs, batch_norm),)


def after(
    recipe: Recipe, count: int, layers: int, batch_norm: bool, **kept: Any
) -> tuple[Phase, ...]:
    """Train all layers after the first ones."""
    return (Phase(_from(layers), layers, count, recipe.optimizer, recipe.epochs, batch_norm),)


def middle(
    recipe: Recipe, count: int, first: int, last: int, batch_norm: bool, **kept: Any
) -> tuple[Phase, ...]:
    """Train a range of layers, both ends included."""
    if first > last:
        raise CxrError(
            f"Layers from {first} to {last} are none. Choose a first layer before the last."
        )
    words = f"Layers {first} to {last} and the head"
    return (Phase(words, first, last + 1, recipe.optimizer, recipe.epochs, batch_norm),)


def two_phases(
    recipe: Recipe,
    count: int,
    layers: int,
    optimizer: str,
    learning_rate: float,
    epochs: int,
    batch_norm: bool,
    **kept: Any,
) -> tuple[Phase, ...]:
    """Train the head, then the last layers with it."""
    first = max(0, count - layers)
    second = Choice.of(optimizer, learning_rate=learning_rate)
    return (_head_only(recipe), Phase(_from(first), first, count, second, epochs, batch_norm))


def _head_only(recipe: Recipe) -> Phase:
    return Phase("Head", 0, 0, recipe.optimizer, recipe.epochs)


def _from(first: int) -> str:
    return f"Layers from {first} on and the head"
