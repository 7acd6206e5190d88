"""D1 through the worker's own path against the same compiled model fed from arrays in memory.

The worker's path is everything between a recipe and a step: the pixel cache on disk, shuffled
batches, weights, the reporter that writes progress. Short rounds alternate, so that whatever else
the machine does falls on both alike. `python -m benchmarks.training_step [--images N] [--rounds N]`
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import report

GOAL = 0.95
RUN = "benchmark"


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", type=int, default=0, help="pixels a side; D1's 180 by default")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["CXR_MODELS_DIR"] = place
        ours, other, size = measure(Path(place), asked.images, asked.rounds, asked.size)
    report(
        "training_step",
        ours,
        other,
        f"ratio >= {GOAL} (images/s, median of {asked.rounds} alternating rounds)",
        ours / other >= GOAL,
        images=asked.images,
        size=size,
    )


def measure(place: Path, images: int, rounds: int, size: int) -> tuple[float, float, int]:
    """Return images per second through the worker's path and from memory, and the size."""
    from engine.learning import material
    from engine.learning.assembly import assemble
    from engine.learning.callbacks import Reporter
    from engine.learning.fitting import compile_for, fit
    from engine.learning.presets import PRESETS
    from engine.learning.rules import check
    from engine.runs.live import ProgressWriter

    recipe = PRESETS["D1"].recipe("benchmark")
    recipe = check(replace(recipe, epochs=1, size=size or recipe.size))
    ready = prepared(place, images, recipe.size)
    model = assemble(recipe, 2).model
    compile_for(model, recipe, recipe.optimizer)
    writer = ProgressWriter(RUN, recipe.epochs)
    (place / "jobs" / RUN).mkdir(parents=True)
    (place / "jobs" / RUN / "job.json").write_text("{}")  # so that progress is really written
    learning = material.whole(model, recipe, ready, ready.plans[0], writer)
    x, y = in_memory(ready, ready.training_rows(ready.plans[0]))
    unseen = in_memory(ready, ready.rows("validation"))

    def through_worker() -> None:
        reporter = Reporter(writer, len(learning.training), [])
        fit(learning, recipe, recipe.epochs, [reporter])

    def from_memory() -> None:
        model.fit(x, y, batch_size=recipe.batch, epochs=1, validation_data=unseen, verbose=0)

    spent: dict[Any, list[float]] = {through_worker: [], from_memory: []}
    for feed in spent:
        feed()  # each builds its graph once
    for number in range(rounds):
        for feed in (through_worker, from_memory) if number % 2 else (from_memory, through_worker):
            began = time.perf_counter()
            feed()
            spent[feed].append(time.perf_counter() - began)
    ours, other = (statistics.median(spent[feed]) for feed in (through_worker, from_memory))
    return len(x) / ours, len(x) / other, recipe.size


def in_memory(ready: Any, rows: Any) -> tuple[Any, Any]:
    """Return pixels and targets of some rows as plain arrays."""
    x = np.array(ready.pixels[rows])[..., np.newaxis]
    return x, ready.labels[rows].astype(np.float32)[:, np.newaxis]


def prepared(place: Path, images: int, size: int) -> Any:
    """Return random pixels as a memory map on disk, a tenth of them for validation."""
    import pandas as pd

    from engine.learning.imbalance import make_plans
    from engine.learning.preparing import Prepared
    from engine.words.options import Choice

    random = np.random.default_rng(0)
    path = place / "pixels.npy"
    np.save(path, random.integers(0, 256, (images, size, size), dtype=np.uint8))
    pixels: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    labels = random.integers(0, 2, images).astype(np.intp)
    parts = pd.Series(np.where(np.arange(images) % 10 == 0, "validation", "train"))
    names = ("NORMAL", "PNEUMONIA")
    plans = make_plans(Choice("none"), labels[parts.to_numpy() == "train"], 2, 0)
    targets = pd.Series([names[label] for label in labels])
    return Prepared(names, targets, labels, parts, plans, "random pixels", pixels)


if __name__ == "__main__":
    main()
