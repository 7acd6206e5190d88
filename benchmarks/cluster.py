"""A sweep of 24 cells on a cluster of two nodes against the same sweep on one.

python -m benchmarks.cluster. Each side has a PostgreSQL, an MLflow server and a Ray head of its
own in empty folders, and nodes of one processor each, all on this machine: with fewer than two idle
processors nothing can scale. Clocked is the command `study sweep`, from its start until it returns;
`training_seconds` is the sum of what the trainings of one and of two nodes took by themselves.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.parts import mlflow_server, postgres, short_folder
from benchmarks.ray_nodes import ray
from benchmarks.report import report
from benchmarks.server import ROOT

GOAL = "two nodes take <= 0.6 of the time of one"
MOST = 0.6
IMAGES, SIZE, EPOCHS, BATCH = 200, 64, 2, 8
RATES = ("0.0001", "0.0002", "0.0003", "0.0005", "0.0007", "0.001", "0.0015", "0.002")
SEEDS = 3


def main() -> None:
    """Measure and print one JSON line; ended by SIGTERM, it takes its servers with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended before it had measured."))
    one, two = measured(1), measured(2)
    report(
        "cluster",
        two["seconds"],
        one["seconds"],
        GOAL,
        two["seconds"] <= MOST * one["seconds"],
        cells=len(RATES) * SEEDS,
        training_seconds=[round(one["alone"], 1), round(two["alone"], 1)],
        processors=os.cpu_count(),
    )


def measured(count: int) -> dict[str, float]:
    """Run the sweep on so many nodes; return its seconds, and those of the trainings alone."""
    with (
        short_folder() as place,
        postgres(place) as database,
        mlflow_server(place, database) as tracking,
        ray(place, {f"{n}": {"CXR_NODE_DIR": f"{place}/{n}"} for n in range(count)}) as cluster,
    ):
        env = {f"CXR_{name}_DIR": f"{place}/{name.lower()}" for name in ("MODELS", "DATA")}
        env |= {"CXR_SHOWCASE_DIR": f"{place}/none", "CXR_PHANTOM_IMAGES": f"{IMAGES}"}
        env |= {"CXR_RAY_SHARED": "1", "CXR_RAY_CPUS": "1"}
        env |= {"CXR_RAY_ADDRESS": cluster.url, "MLFLOW_TRACKING_URI": tracking}
        engine(env, "data", "phantom", "--json")  # draws them
        start = time.perf_counter()
        engine(env, *sweep())
        seconds = time.perf_counter() - start
        alone = [run["seconds"] for run in finished(env)]
    print(f"{count} nodes: {seconds:.1f} s", file=sys.stderr, flush=True)
    return {"seconds": seconds, "alone": sum(alone)}


def finished(env: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return all runs; exit where one has failed. The last worker may still be storing its own."""
    while True:
        runs = json.loads(engine(env, "runs", "--json"))
        going = [run for run in runs if run["status"] in ("waiting", "running")]
        failed = [run["reason"] for run in runs if run["status"] in ("failed", "cancelled")]
        if failed or (not going and len(runs) != len(RATES) * SEEDS):
            raise SystemExit(f"Of {len(runs)} trainings {len(failed)} failed: {failed[:1]}")
        if not going:
            return runs
        time.sleep(1)


def sweep() -> list[str]:
    """Return the command's arguments: eight rates with three seeds each."""
    settings = {"size": SIZE, "epochs": EPOCHS, "batch": BATCH}
    given = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    over = ["--over", f"optimizer.learning_rate={','.join(RATES)}", "--seeds", f"{SEEDS}"]
    return ["study", "sweep", "Quick", "--data", "phantom", *given, *over, "--json"]


def engine(env: Mapping[str, str], *arguments: str) -> str:
    """Run a command of the engine; return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", "engine", *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


if __name__ == "__main__":
    main()
