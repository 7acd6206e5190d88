"""Decides what of a phase is computed once: the outputs of the frozen part, kept as features."""

import math
from dataclasses import dataclass

from engine.learning.anatomy import Anatomy
from engine.learning.freezing import moving
from engine.learning.graph import Node, before, settled
from engine.learning.regimes import Phase, kept, phases
from engine.words.recipe import Recipe
from engine.words.settings import settings

WHOLE = "Each epoch runs the whole network."
BACKWARD = 2.0  # a layer that learns costs its forward pass twice more
ROOM = 0.5  # share of the caches' size limit that one set of features may take
EXACT = 0.25  # up to this share features are float32


@dataclass(frozen=True)
class Amounts:
    """How many pictures a phase needs."""

    everything: int  # images of the data: all are judged in the end
    training: int  # images of the training part
    judged: int  # images of the validation part
    shown: int  # in an epoch
    copies: int = 0  # augmented copies among them


@dataclass(frozen=True)
class Caching:
    """What is kept, or why nothing is; `words` says so to the user."""

    words: str
    cut: int | None = None  # position of the operation whose output is kept
    views: int = 1  # versions of each training image
    dtype: str = "float32"
    pictures: int = 0  # that go through the frozen part once, if none is known yet


def decide(recipe: Recipe, phase: Phase, anatomy: Anatomy, amounts: Amounts) -> Caching:
    """Say where the network is cut for the cache, weighing arithmetic and disk space."""
    knobs, nodes = kept(recipe), anatomy.nodes
    cut = settled(nodes, moving(nodes, anatomy.numbers, phase)) if knobs else None
    still = before(nodes, cut) if cut is not None else []
    if not knobs:
        return Caching("")
    if cut is None or not any(nodes[index].params for index in still):
        return Caching(f"Every layer may change. {WHOLE}")
    views = int(knobs["views"]) if recipe.augmentation else 1
    if not views:
        return Caching(f"Augmentation is drawn anew in every epoch (views=0). {WHOLE}")
    layer = anatomy.name(nodes[cut])
    pictures = amounts.everything + amounts.copies * views
    if recipe.augmentation:
        pictures += amounts.training * views
    if pictures >= _passes(recipe, phase, amounts):
        return Caching(
            f"Keeping the features of {pictures:,} pictures at {layer} would cost more than "
            f"{phase.epochs} epochs can save. {WHOLE}"
        )
    dtype, size = _precision(str(knobs["features"]), pictures * math.prod(nodes[cut].shape))
    limit = settings().cache_gigabytes * 1e9
    if size > ROOM * limit:
        return Caching(
            f"The features at {layer} would take {_megabytes(size)}, more than half of the "
            f"caches' limit of {limit / 1e9:g} GB (CXR_CACHE_GB). {WHOLE}"
        )
    words = (
        f"The frozen part, up to {layer}, runs once over {pictures:,} pictures and its features "
        f"are kept ({_megabytes(size)}, {dtype}). Epochs train what follows: "
        f"{_share(nodes, set(still)):.1%} of the arithmetic."
    )
    if recipe.augmentation:
        words += f" Each training image has {views} augmented views, not a new one in each epoch."
    return Caching(words, cut, views, dtype, pictures)


def _passes(recipe: Recipe, phase: Phase, amounts: Amounts) -> int:
    """Count the pictures that go through the frozen part where nothing is kept."""
    epochs = phase.epochs * (amounts.shown + amounts.judged)
    return epochs + (amounts.everything if phase == phases(recipe)[-1] else 0)


def _precision(wanted: str, values: int) -> tuple[str, float]:
    """Return the type to keep features in, and the bytes that they take."""
    exact = values * 4 <= EXACT * settings().cache_gigabytes * 1e9
    dtype = wanted if wanted != "auto" else "float32" if exact else "float16"
    return dtype, float(values * (2 if dtype == "float16" else 4))


def _share(nodes: tuple[Node, ...], still: set[int]) -> float:
    """Return what an epoch still costs, against one that runs everything forward and back."""
    rest = sum(node.multiply_adds for index, node in enumerate(nodes) if index not in still)
    frozen = sum(nodes[index].multiply_adds for index in still)
    rest *= 1 + BACKWARD
    return rest / (rest + frozen)


def _megabytes(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6)):,} MB"
