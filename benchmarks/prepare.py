"""Server time from a moved slider on Prepare to the last message, on X-rays of 1,280 x 1,024 px.

Run with `python -m benchmarks.prepare [--rounds 15]`. No browser takes part. The square is 1,024 px
a side, the chain report B's, and each other filter is added to it in turn; every move is to a value
that was not there before, so that no cache answers. `ours` is the slowest slider's median, `other`
the limit.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2

from benchmarks.browserless import Visitor
from benchmarks.report import report
from benchmarks.rerun import cpu_seconds
from benchmarks.server import Server, serve, tmp_settings
from engine.data import sources
from engine.vision import phantom
from engine.vision.preprocessing import FILTERS
from pages.shared import knobs

SIDE, ASPECT = 1024, 1.25
LIMIT_SECONDS = 0.15
FIRST = ("clahe", "blur")  # of report B's chain
VIEWS = ("What changed", "Side by side", "What the network sees")
FOLDER = {"normal": "NORMAL", "bacterial": "PNEUMONIA", "viral": "PNEUMONIA"}
FILE = {"normal": "IM-0001-0001", "bacterial": "person1_bacteria_1", "viral": "person2_virus_2"}
WARM_SECONDS = 45.0  # the background threads load TensorFlow and MLflow first


def draw(folder: Path) -> None:
    """Write one X-ray of each kind."""
    for seed, kind in enumerate(phantom.KINDS):
        image = phantom.draw(seed, kind, SIDE, aspect=ASPECT).image
        file = folder / FOLDER[kind] / f"{FILE[kind]}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(file), image)


def sliders() -> Iterator[tuple[str, str, float, float]]:
    """Yield step, label, lowest and highest value of every slider of a filter."""
    for name, row in FILTERS.items():
        for knob, param in row.params.items():
            if param.low is not None and param.high is not None:
                yield name, knobs.words(knob), param.low, param.high


def visit(server: Server, step: str) -> Visitor:
    """Open the page on the drawn X-rays with report B's chain and a step of one's own behind it."""
    visitor = Visitor.on(server.url, "prepare", data="drawn")
    visitor.set("Image size, pixels", SIDE)
    if step not in FIRST:
        visitor.set("Add a step", FILTERS[step].label)
    return visitor


def moves(
    server: Server, visitor: Visitor, label: str, low: float, high: float, rounds: int
) -> tuple[float, float]:
    """Return the median of the seconds that a move of a slider takes, and its processor time."""
    whole = float(low).is_integer() and high - low >= rounds
    values = [low + (high - low) * (turn + 0.5) / rounds for turn in range(rounds)]
    used = cpu_seconds(server)
    seconds = [visitor.set(label, float(round(v) if whole else round(v, 2))) for v in values]
    return statistics.median(seconds), (cpu_seconds(server) - used) / rounds


def measure(server: Server, rounds: int) -> tuple[dict[str, tuple[float, float]], int]:
    """Return the seconds of each slider and each further view, and how many reruns failed."""
    found, failures = {}, 0
    for step, label, low, high in sliders():
        visitor = visit(server, step)
        found[f"{step}: {label}"] = moves(server, visitor, label, low, high, rounds)
        failures += visitor.failures
        visitor.close()
    visitor = visit(server, "clahe")
    for number, view in enumerate(VIEWS):
        visitor.set("Look at", [view])
        values = 1.0 + 4 * number, 5.0 + 4 * number
        found[view] = moves(server, visitor, "Clip limit", *values, rounds)
    visitor.close()
    return found, failures + visitor.failures


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder / "xrays")
        settings = tmp_settings(folder)
        os.environ.update(settings)
        sources.register_folder("drawn", folder / "xrays")
        with serve(folder, env=settings) as server:
            Visitor.on(server.url, "prepare", data="drawn").close()
            time.sleep(WARM_SECONDS)
            found, failures = measure(server, rounds)
    slowest = max(found, key=lambda label: found[label])
    ours = found[slowest][0]
    report(
        "prepare",
        ours,
        LIMIT_SECONDS,
        f"each slider < {LIMIT_SECONDS} s, no failures",
        ours < LIMIT_SECONDS and not failures,
        slowest=slowest,
        ms={label: round(1000 * seconds) for label, (seconds, _) in found.items()},
        processor_ms={label: round(1000 * seconds) for label, (_, seconds) in found.items()},
        failures=failures,
    )


if __name__ == "__main__":
    main()
