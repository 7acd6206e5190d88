"""Server time of Evaluate and Compare with 100 runs in the store; opening 100,000 predictions.

Run with `python -m benchmarks.evaluate_page`. No browser takes part: the clock runs from a message
to the server until it says that the script has finished. The runs are D1's files with 100 seeds;
the large one has its scores drawn anew 160 times, two to a patient. `ours` opens the large run for
the first time, curves and intervals included; `other` reads its file and computes the two curves
with scikit-learn, in a process that has everything imported.
"""

import os
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.browserless import Visitor
from benchmarks.report import report
from benchmarks.rerun import WARM_SECONDS, change
from benchmarks.server import ROOT, serve, tmp_settings

RUNS, LARGE, ROUNDS = 100, 100_000, 15
SHIPPED = ROOT / "models" / "showcase" / "D1"
GOAL = "a rerun <= 0.15 s with 100 runs; 100,000 predictions open in <= 1 s"


def main() -> None:
    """Measure and print one JSON line."""
    with tempfile.TemporaryDirectory() as folder:
        settings = tmp_settings(Path(folder))
        os.environ.update(settings)
        runs = [store_run(seed) for seed in range(RUNS)]
        large = store_run(RUNS, LARGE)
        other = plainly(large)
        with serve(Path(folder), env=settings) as server:
            first = Visitor.on(server.url, "evaluate", run=runs[0], split="test")
            time.sleep(WARM_SECONDS)
            pages = {
                name: reruns(Visitor.on(server.url, page, run=runs[0], split="test", **more))
                for name, page, more in PAGES
            }
            pages["a threshold"] = middle([change(first_seen(first), at) for at in spread()])
            start = time.perf_counter()
            opened = Visitor.on(server.url, "evaluate", run=large, split="test")
            ours = time.perf_counter() - start
            pages["a threshold of 100,000"] = middle([change(opened, at) for at in spread()])
            failures = first.failures + opened.failures
    slowest = max(pages.values())
    met = ours <= 1 and slowest <= 150 and not failures
    report("evaluate_page", ours, other, GOAL, met, reruns_ms=pages, failures=failures)


PAGES = (
    *((view, "evaluate", {"view": view}) for view in ("threshold", "slices", "calibration")),
    *((view, "evaluate", {"view": view}) for view in ("clinic", "provenance", "share")),
    *((f"compare {view}", "compare", {"compare_view": view}) for view in ("side", "chance")),
)


def store_run(seed: int, images: int = 0) -> str:
    """Store a finished run with D1's files, or with `images` scores like its own; return its id."""
    from engine.learning.presets import get_preset
    from engine.runs import store

    recipe = replace(get_preset("D1").recipe("benchmark"), seed=seed)
    run = store.create_run(recipe, "lungs", "benchmark")
    place = store.folder_of(run.id)
    shutil.copytree(SHIPPED, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("model*"))
    if images:
        table = pd.read_parquet(SHIPPED / "predictions.parquet")
        many(table, images).to_parquet(place / "predictions.parquet")
    store.attach(run.id, place)
    store.mark(run.id, "finished")
    return run.id


def many(table: pd.DataFrame, images: int) -> pd.DataFrame:
    """Draw the test images again and again, with a little noise on their scores."""
    test, rest = table[table["split"] == "test"], table[table["split"] == "validation"]
    random = np.random.default_rng(0)
    drawn = test.iloc[random.integers(0, len(test), images)].reset_index(drop=True)
    score = np.clip(drawn["score_PNEUMONIA"] + random.normal(0, 0.02, images), 0, 1)
    drawn["score_PNEUMONIA"], drawn["score_NORMAL"] = score, 1 - score
    drawn["image_id"] = [f"image{number}" for number in range(images)]
    drawn["patient"] = [f"person{number // 2}" for number in range(images)]
    return pd.concat([rest, drawn], ignore_index=True)


def plainly(run: str) -> float:
    """Return the seconds that reading the large run and its two curves take."""
    from sklearn import metrics

    from engine.runs import store

    start = time.perf_counter()
    table = pd.read_parquet(store.folder_of(run) / "predictions.parquet")
    test = table[table["split"] == "test"]
    sick, score = test["label"] == "PNEUMONIA", test["score_PNEUMONIA"]
    metrics.roc_curve(sick, score)
    metrics.precision_recall_curve(sick, score)
    return time.perf_counter() - start


def reruns(visitor: Visitor) -> float:
    """Return the median rerun of a page in ms; a failure counts as endless."""
    seconds = [visitor.rerun() for _ in range(ROUNDS)]
    visitor.close()
    return float("inf") if visitor.failures else middle(seconds)


def first_seen(visitor: Visitor) -> Visitor:
    """Return the visitor after a whole run, so that no cache is cold."""
    visitor.rerun()
    return visitor


def spread() -> list[float]:
    """Return thresholds all over."""
    return [float(at) for at in np.linspace(0.05, 0.95, ROUNDS)]


def middle(seconds: list[float]) -> float:
    """Return the median in ms."""
    return round(1000 * statistics.median(seconds), 1)


if __name__ == "__main__":
    main()
