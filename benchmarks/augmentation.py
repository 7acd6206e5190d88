"""D1 on images augmented on the fly against the same compiled model on arrays in memory.

Report C's moderate augmentation (C5) and report A's pipeline are drawn anew for every image, as
the worker draws them. Short rounds alternate, so that whatever else the machine does falls on all
alike; on a machine that is busy all the same, the processor time of an image says what drawing
costs. `python -m benchmarks.augmentation [--images N] [--rounds N] [--size N] [--threads N]`
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.report import report

GOAL = 0.9


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--size", type=int, default=0, help="pixels a side; D1's 180 by default")
    parser.add_argument("--threads", type=int, help="that draw; by default as in a training")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        feeds = prepare(Path(place), asked.images, asked.size, asked.threads)
        clock, processor = spent(feeds, asked.rounds)
    rates = {name: asked.images / each for name, each in clock.items()}
    memory = rates.pop("memory")
    report(
        "augmentation",
        min(rates.values()),
        memory,
        f"ratio >= {GOAL} for the slower (images/s, median of {asked.rounds} alternating rounds)",
        min(rates.values()) / memory >= GOAL,
        ratios={name: round(rate / memory, 3) for name, rate in rates.items()},
        processor_ms={
            name: round(1e3 * each / asked.images, 2) for name, each in processor.items()
        },
        images=asked.images,
    )


def prepare(
    place: Path, images: int, size: int, threads: int | None
) -> dict[str, Callable[[], None]]:
    """Return one epoch of each kind of feed, by name."""
    from engine.learning.assembly import assemble
    from engine.learning.feeding import Batches
    from engine.learning.fitting import compile_for
    from engine.learning.imbalance import COPIES
    from engine.learning.presets import PRESETS
    from engine.learning.rules import check
    from engine.learning.supplies import PixelSupply
    from engine.vision.augmentation import Pipeline
    from engine.words.options import Choice

    recipe = PRESETS["D1"].recipe("benchmark")
    recipe = check(replace(recipe, size=size or recipe.size))
    random = np.random.default_rng(0)
    np.save(
        place / "pixels.npy",
        random.integers(0, 256, (images, recipe.size, recipe.size), dtype=np.uint8),
    )
    pixels = np.load(place / "pixels.npy", mmap_mode="r")
    x = np.array(pixels)[..., np.newaxis]
    y = random.integers(0, 2, (images, 1)).astype(np.float32)
    even = np.ones(images, np.float32)
    model = assemble(recipe, 2).model
    compile_for(model, recipe, recipe.optimizer)

    def augmented(steps: tuple[Choice, ...]) -> Callable[[], None]:
        supply = PixelSupply(pixels, np.arange(images), recipe.seed, augment=Pipeline(steps))
        batches = Batches(supply, y, even, recipe.batch, recipe.seed, threads)
        return lambda: model.fit(batches, epochs=1, shuffle=False, verbose=0)

    return {
        "memory": lambda: model.fit(x, y, recipe.batch, sample_weight=even, epochs=1, verbose=0),
        "C5": augmented(PRESETS["C5"].recipe("benchmark").augmentation),
        "report_a": augmented(COPIES),
    }


def spent(
    feeds: dict[str, Callable[[], None]], rounds: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the median seconds of each feed, on the clock and of processor time.

    In every round another one begins.
    """
    names = list(feeds)
    clock: dict[str, list[float]] = {name: [] for name in names}
    processor: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        feeds[name]()  # builds its graph
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            began = time.perf_counter(), time.process_time()
            feeds[name]()
            clock[name].append(time.perf_counter() - began[0])
            processor[name].append(time.process_time() - began[1])
    return medians(clock), medians(processor)


def medians(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Return the middle of each list."""
    return {name: statistics.median(each) for name, each in seconds.items()}


if __name__ == "__main__":
    main()
