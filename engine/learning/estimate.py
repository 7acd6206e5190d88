"""How long a training will take, from what trainings on this machine have taken.

models/cache/rates.json holds one entry per network, size, batch, augmentation and device: the
seconds that one training image took. A worker that finishes a run adds its own.
"""

import math
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.learning.networks import Summary, summary
from engine.words.files import read_json, write_json
from engine.words.options import Choice
from engine.words.recipe import Recipe
from engine.words.settings import settings

START = 12.0  # seconds to start a process and import TensorFlow; 6 to 20 were measured
FORWARD = 1 / 3  # an image that is only judged costs a third: no backward pass
PER_OUTPUT = 40.0  # multiply-adds that writing one output value costs; fitted to C1, C2 and D1
KEPT = 200  # entries; the oldest go first
TIMED_SECONDS = 2.0  # that real steps are timed for
_building = threading.Lock()  # sixty visitors with one question build one network


@dataclass(frozen=True)
class Rate:
    """What one training image cost in a run on this machine."""

    network: str
    size: int
    batch: int
    augmentation: tuple[str, ...]
    device: str
    work: float  # of one image, as `work` counts it
    seconds: float  # per training image
    epochs: int  # that were measured


@dataclass(frozen=True)
class Estimate:
    """Seconds before launch, and where the figure comes from."""

    seconds: float  # from launch to the last prediction, all epochs trained
    per_epoch: float
    how: str  # "measured", "scaled" or "timed"
    basis: str  # one sentence for the screen


def estimate(
    recipe: Recipe, counts: Mapping[str, int], network: Summary, device: str = ""
) -> Estimate | None:
    """Return the time a training will take, or None where nothing was measured yet.

    `counts` holds the images of train, validation and test. Without `device` the one that
    trained last is assumed.
    """
    rates = _of_device(known_rates(), device)
    if not rates:
        return None
    amount = work(network)
    exact = next((rate for rate in reversed(rates) if _matches(rate, recipe, amount)), None)
    if exact:
        epochs = f"{exact.epochs} epoch" + ("" if exact.epochs == 1 else "s")
        basis = f"Measured: {epochs} of this network at this size on {exact.device}."
        return _total(recipe, counts, exact.seconds, "measured", basis)
    near = min(rates, key=lambda rate: _distance(rate, recipe, amount))
    factor = amount / near.work
    basis = (
        f"Scaled from {near.network} at {near.size} pixels on {near.device}: this network does "
        f"{factor:.2g} times the arithmetic per image."
    )
    return _total(recipe, counts, near.seconds * factor, "scaled", basis)


def time_steps(recipe: Recipe, counts: Mapping[str, int], classes: int) -> Estimate:
    """Train a few real steps on random pixels in this process and extrapolate (imports Keras).

    Once per network, optimizer, size and batch; whoever asks meanwhile waits for the answer.
    """
    with _building:
        seconds, steps = _timed(
            recipe.network, recipe.optimizer, recipe.size, recipe.batch, classes
        )
    basis = (
        f"No run has been measured here yet: {steps} training step{'' if steps == 1 else 's'} "
        "timed just now on this processor."
    )
    return _total(recipe, counts, seconds, "timed", basis)


def network_of(choice: Choice, size: int, classes: int) -> Summary:
    """Return the network's summary, built once per process (imports Keras)."""
    with _building:
        return _summary(choice, size, classes)


def remember(
    recipe: Recipe, meta: Mapping[str, Any], history: Sequence[Mapping[str, float]]
) -> None:
    """Add a finished run's rate; for the worker that trained it (builds the network once)."""
    spent = [float(row["seconds"]) for row in history]
    shown = _shown(int(meta["shown_per_epoch"]), int(meta["counts"]["validation"]))
    if not spent or not shown:
        return
    rate = Rate(
        network=recipe.network.name,
        size=recipe.size,
        batch=recipe.batch,
        augmentation=_names(recipe.augmentation),
        device=str(meta["device"]),
        work=work(summary(recipe.network, recipe.size, len(meta["classes"]))),
        # The first epoch also builds the graph.
        seconds=statistics.median(spent[1:] or spent) / shown,
        epochs=len(spent),
    )
    others = [known for known in known_rates() if _key(known) != _key(rate)]
    write_json(_file(), [asdict(entry) for entry in [*others, rate][-KEPT:]])


def known_rates() -> list[Rate]:
    """Return what is known of this machine, the latest last; a damaged file counts as none."""
    try:
        return [
            Rate(**{**entry, "augmentation": tuple(entry["augmentation"])})
            for entry in read_json(_file())
        ]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return []  # it is a cache: the next finished run writes it anew


def multiply_adds(network: Summary) -> float:
    """Count the multiply-adds of one image: a layer uses each weight once per output position."""
    return sum(
        float(params) * math.prod(_sides(output)[:-1])
        for output, params in zip(network.layers["output"], network.layers["params"], strict=True)
    )


def work(network: Summary) -> float:
    """Multiply-adds of one image, plus what writing every layer's output costs."""
    written = sum(math.prod(_sides(output)) for output in network.layers["output"])
    return multiply_adds(network) + PER_OUTPUT * written


@lru_cache(maxsize=128)
def _summary(choice: Choice, size: int, classes: int) -> Summary:
    return summary(choice, size, classes)


@lru_cache(maxsize=128)
def _timed(
    network: Choice, optimizer: Choice, size: int, batch: int, classes: int
) -> tuple[float, int]:
    """Return seconds per image and how many steps were timed."""
    from engine.learning.feeding import encode
    from engine.learning.training import compiled

    recipe = Recipe("", network, optimizer, size=size, batch=batch)
    model = compiled(recipe, classes)
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (batch, size, size, 1), dtype=np.uint8)
    y = encode(random.integers(0, classes, batch), model.output_shape[-1])
    model.train_on_batch(x, y)  # builds the graph: seconds that a long training does not see
    spent: list[float] = []
    while sum(spent) < TIMED_SECONDS:
        began = time.perf_counter()
        model.train_on_batch(x, y)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) / batch, len(spent)


def _total(
    recipe: Recipe, counts: Mapping[str, int], seconds: float, how: str, basis: str
) -> Estimate:
    everything = sum(counts.values())
    per_epoch = seconds * _shown(counts["train"], counts["validation"])
    total = START + recipe.epochs * per_epoch + seconds * FORWARD * everything
    return Estimate(total, per_epoch, how, basis)


def _shown(trained: int, judged: int) -> float:
    return trained + FORWARD * judged


def _of_device(rates: list[Rate], device: str) -> list[Rate]:
    wanted = device or (rates[-1].device if rates else "")
    return [rate for rate in rates if rate.device == wanted]


def _matches(rate: Rate, recipe: Recipe, amount: float) -> bool:
    asked = (recipe.network.name, recipe.size, recipe.batch, _names(recipe.augmentation))
    known = (rate.network, rate.size, rate.batch, rate.augmentation)
    return asked == known and math.isclose(amount, rate.work, rel_tol=0.05)


def _distance(rate: Rate, recipe: Recipe, amount: float) -> tuple[bool, float, int]:
    """The same network first, then the nearest amount of work, then the nearest batch."""
    other = rate.network != recipe.network.name
    return other, abs(math.log(amount / rate.work)), abs(rate.batch - recipe.batch)


def _key(rate: Rate) -> tuple[object, ...]:
    return (rate.network, rate.size, rate.batch, rate.augmentation, rate.device, rate.work)


def _names(steps: tuple[Choice, ...]) -> tuple[str, ...]:
    return tuple(sorted(step.name for step in steps))


def _sides(output: str) -> list[int]:
    return [int(side) for side in output.split(" x ")]


def _file() -> Path:
    return settings().models / "cache" / "rates.json"
