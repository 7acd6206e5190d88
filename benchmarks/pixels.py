"""Catalogue and pixel cache of a folder of X-rays against a bare loop of cv2.imread over it.

python -m benchmarks.pixels FOLDER (or CXR_TEST_DATA): a few rounds, each in new processes, with
caches of their own; the medians count. Goal: at most twice the loop the first time, under a second
the second time (in a new process, imports not counted).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import report

ROUNDS = 5
DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "kermany-224"


def main() -> None:
    """Measure and print."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CXR_TEST_DATA", str(DEFAULT))
    if not Path(given).is_dir():
        raise SystemExit(f"No folder {given}: python -m benchmarks.pixels FOLDER")
    _measure("bare", given, {})  # warms the disk cache for both sides
    rounds = [_round(given) for _ in range(ROUNDS)]
    bare, first, second = (statistics.median(times) for times in zip(*rounds, strict=True))
    for times in rounds:
        print("imread {:.2f} s, first {:.2f} s, second {:.2f} s".format(*times), file=sys.stderr)
    met = first <= 2 * bare and second < 1
    goal = "first <= 2 x imread, second < 1 s"
    report("pixels", first, bare, goal, met, second=round(second, 3), rounds=ROUNDS)


def _round(folder: str) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as home:
        own = {"CXR_MODELS_DIR": f"{home}/models", "CXR_DATA_DIR": f"{home}/data"}
        bare = _measure("bare", folder, own)
        first = _measure("ours", folder, own)
        return bare, first, _measure("ours", folder, own)


def _measure(what: str, folder: str, more: dict[str, str]) -> float:
    command = [sys.executable, "-m", "benchmarks.pixels", "--one", what, folder]
    done = subprocess.run(
        command, env={**os.environ, **more}, check=True, capture_output=True, text=True
    )
    return float(json.loads(done.stdout)["seconds"])


def _one(what: str, folder: str) -> float:
    """Return the seconds that one way takes in this process."""
    if what == "bare":
        import cv2

        files = sorted(path for path in Path(folder).rglob("*") if path.suffix == ".jpeg")
        start = time.perf_counter()
        count = sum(cv2.imread(str(path)) is not None for path in files)
    else:
        from engine.data.pixels import pixels
        from engine.data.sources import PREVIEW, open_source

        start = time.perf_counter()
        count = len(pixels(open_source(folder), *PREVIEW))
    seconds = time.perf_counter() - start
    if count < 1:
        raise SystemExit(f"No image was read in {folder}.")
    return seconds


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps({"seconds": _one(*sys.argv[2:4])}))
    else:
        main()
