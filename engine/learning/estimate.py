"""How long a training will take: its work, counted, times what such work took on this machine."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

import numpy as np

from engine.learning import rates
from engine.learning.anatomy import Summary, anatomy
from engine.learning.backbones import BACKBONES
from engine.learning.costs import WRITING, Kind, Stretch, stretches
from engine.learning.rates import Rate
from engine.learning.regimes import planned_epochs
from engine.words.options import Choice
from engine.words.recipe import Recipe
from engine.words.settings import settings

LOADING = 7.0  # seconds to start a process and import TensorFlow; 5 to 20 were measured
OPENING = 1.5  # to find the images, and in the end to judge and store
TIMED_SECONDS = 2.0  # that real steps are timed for
YARDSTICK = (Choice("cnn_d"), Choice("adam"), 128, 16, 2)
WORDS = {
    "reading": "reading the images",
    "features": "the frozen part",
    "epochs": "epochs",
    "building": "building, loading and saving the network",
}
_building = threading.Lock()  # sixty visitors with one question build one network


@dataclass(frozen=True)
class Estimate:
    """Seconds before launch, and where the figure comes from."""

    seconds: float  # from launch to the last prediction, no epoch spared by a stopping rule
    per_epoch: float
    how: str  # "measured", "scaled" or "timed": what most of the time is known by
    basis: str  # one sentence for the screen
    parts: Mapping[str, float]  # seconds of start, reading, features, epochs and building


def estimate(
    recipe: Recipe,
    counts: Mapping[str, int],
    network: Summary,
    to_compute: Sequence[int] | None = None,
    device: str = "",
) -> Estimate | None:
    """Return the time a checked recipe will take, or None where nothing was measured yet.

    `counts` and `to_compute` are those of `stretches`: pictures for the frozen part of each
    phase. Without `device` the one that trained last is assumed.
    """
    known = rates.known(device)
    if not any(rate.kind.what in rates.COMPUTING for rate in known):
        return None
    return _sum(recipe, stretches(recipe, counts, network.anatomy, to_compute), known)


def thousand_pictures(backbone: str) -> float | None:
    """Return the seconds that a whole backbone takes for 1,000 pictures at its own size here.

    None where nothing was measured on this machine yet.
    """
    row = BACKBONES[backbone]
    known = rates.known()
    if not any(rate.kind.what in rates.COMPUTING for rate in known):
        return None
    work = row.multiply_adds + WRITING * row.outputs
    forward = Kind("features", backbone, row.size, work, precision="float32")
    return 1000 * rates.find(forward, known).seconds


def time_steps(
    recipe: Recipe,
    counts: Mapping[str, int],
    classes: int,
    to_compute: Sequence[int] | None = None,
) -> Estimate:
    """Train a few real steps on random pixels in this process and extrapolate (imports Keras).

    A network from scratch is timed itself, for a backbone a small one. Whoever asks for the same
    meanwhile waits for the answer.
    """
    own = recipe.network.name not in BACKBONES
    with _building:
        rate = (
            _timed(recipe.network, recipe.optimizer, recipe.size, recipe.batch, classes)
            if own
            else _timed(*YARDSTICK)
        )
    found = stretches(recipe, counts, anatomy(recipe, classes), to_compute)
    steps = f"{rate.measured} training step{'' if rate.measured == 1 else 's'}"
    of = "" if own else " of a small network"
    scaled = "" if own else ", scaled by arithmetic"
    basis = (
        f"No run has been measured here yet: {steps}{of} timed just now on this processor{scaled}."
    )
    return replace(_sum(recipe, found, [rate]), how="timed", basis=basis)


@lru_cache(maxsize=128)
def _timed(network: Choice, optimizer: Choice, size: int, batch: int, classes: int) -> Rate:
    from engine.learning.assembly import assemble
    from engine.learning.feeding import encode
    from engine.learning.fitting import compile_for

    recipe = Recipe("", network, optimizer, size=size, batch=batch, epochs=1)
    model = assemble(recipe, classes).model
    compile_for(model, recipe, optimizer)
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (batch, size, size, 1), dtype=np.uint8)
    y = encode(random.integers(0, classes, batch), model.output_shape[-1])
    model.train_on_batch(x, y)  # builds the graph: seconds that a long training does not see
    spent: list[float] = []
    while sum(spent) < TIMED_SECONDS:
        began = time.perf_counter()
        model.train_on_batch(x, y)
        spent.append(time.perf_counter() - began)
    nothing = {"train": 0, "validation": 0, "test": 0}
    *_, epochs, _ = stretches(recipe, nothing, anatomy(recipe, classes))
    return Rate(epochs.kind, "this processor", median(spent) / batch, len(spent))


def _sum(recipe: Recipe, found: Sequence[Stretch], known: Sequence[Rate]) -> Estimate:
    """Add up what the stretches take; the longest says where the figure comes from."""
    parts = {"start": OPENING + (0.0 if settings().spare_worker else LOADING)}
    epochs, longest = 0.0, -1.0
    how = basis = ""
    for stretch in found:
        answer = rates.find(stretch.kind, known)
        seconds = stretch.count * answer.seconds
        parts[stretch.kind.what] = parts.get(stretch.kind.what, 0.0) + seconds
        epochs += stretch.epochs * stretch.per_epoch * answer.seconds
        if seconds > longest:
            longest, how = seconds, "measured" if answer.exact else "scaled"
            basis = _basis(stretch, answer)
    return Estimate(sum(parts.values()), epochs / planned_epochs(recipe), how, basis, parts)


def _basis(stretch: Stretch, answer: rates.Answer) -> str:
    what, source = stretch.kind.what, answer.source
    if source is None:
        return f"Most of it is {WORDS[what]}, which was never measured here: a guess."
    if answer.exact and what == "epochs":
        epochs = f"{source.measured} epoch{'' if source.measured == 1 else 's'}"
        return f"Measured: {epochs} of this network at this size on {source.device}."
    if answer.exact:
        return f"Most of it is {WORDS[what]}, as measured on {source.device}."
    if what not in rates.COMPUTING:
        return f"Most of it is {WORDS[what]}, scaled from what was measured on {source.device}."
    factor = stretch.kind.work / source.kind.work
    return (
        f"Scaled from {source.kind.of} at {source.kind.size} pixels on {source.device}: this "
        f"network does {factor:.2g} times the work per image."
    )
