"""Server time of a threshold change and of each page's rerun; a soak of twenty visitors.

Run with `python -m benchmarks.rerun [--reruns 2000]`. No browser takes part: the clock runs from
the message to the server until it says that the script has finished. `ours` is the p95 of a
threshold change while twenty sessions change it once a second; `other` the median of the whole
Evaluate page for one session alone, which each change would cost without the fragment.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.browserless import Visitor
from benchmarks.server import Server, serve, tmp_settings

PAGES = ("", "data", "train", "queue", "evaluate", "compare", "explain", "try_an_xray")
EXPLORER = "cxr_explorer"
SESSIONS = 20
GOAL_SECONDS = 0.2
GOAL_GROWTH = 100.0  # MiB from the end of the warm-up to the end of the soak
WARM_SECONDS = 45.0  # the background threads load TensorFlow and MLflow first


def page_times(server: Server, run: str, rounds: int = 9) -> dict[str, float]:
    """Return each page's median rerun in ms for one session."""
    found = {}
    for page in PAGES:
        visitor = Visitor.on(server.url, page, run=run, split="test")
        seconds = [visitor.rerun() for _ in range(rounds)]
        found[page or "home"] = round(1000 * statistics.median(seconds), 1)
        visitor.close()
    return found


def change_times(server: Server, run: str, rounds: int = 30) -> list[float]:
    """Return the seconds of threshold changes by one session alone."""
    visitor = Visitor.on(server.url, "evaluate", run=run, split="test")
    seconds = [change(visitor, random.uniform(0.05, 0.95)) for _ in range(rounds)]
    visitor.close()
    return seconds


def soak(server: Server, run: str, reruns: int) -> dict[str, object]:
    """Twenty sessions, one change a second each, `reruns` in all; memory before and after."""
    visitors = [Visitor.on(server.url, "evaluate", run=run, split="test") for _ in range(SESSIONS)]
    each = -(-reruns // SESSIONS)
    times: list[float] = []
    before, cpu = memory(server), cpu_seconds(server)
    threads = [
        threading.Thread(target=_visit, args=(visitor, number, each, times))
        for number, visitor in enumerate(visitors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = {
        "reruns": len(times),
        "failures": sum(visitor.failures for visitor in visitors),
        "median_ms": round(1000 * statistics.median(times), 1),
        "p95_ms": round(1000 * statistics.quantiles(times, n=20)[-1], 1),
        "cpu_ms_each": round(1000 * (cpu_seconds(server) - cpu) / len(times), 1),
        "memory_before_mib": before,
        "memory_after_mib": memory(server),
    }
    for visitor in visitors:
        visitor.close()
    return result


def _visit(visitor: Visitor, number: int, reruns: int, times: list[float]) -> None:
    dice = random.Random(number)
    start = time.monotonic() + number / SESSIONS
    for turn in range(reruns):
        time.sleep(max(0.0, start + turn - time.monotonic()))
        times.append(change(visitor, dice.uniform(0.05, 0.95)))


def change(visitor: Visitor, threshold: float) -> float:
    """Let the explorer go at a threshold; return the seconds until the server is done."""
    made = {"value": round(threshold, 3), "rule": "hand", "target": None, "on": ""}
    return visitor.tell(EXPLORER, "threshold", made)


def memory(server: Server) -> float:
    """Return the server's resident memory in MiB (Linux)."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def cpu_seconds(server: Server) -> float:
    """Return the processor time that the server has used (Linux)."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reruns", type=int, default=2000)
    parser.add_argument("--run", default="showcase-D1")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), env=tmp_settings(Path(folder))) as server,
    ):
        Visitor.on(server.url, "evaluate", run=asked.run, split="test").close()
        time.sleep(WARM_SECONDS)
        pages = page_times(server, asked.run)
        alone = change_times(server, asked.run)
        soaked = soak(server, asked.run, asked.reruns)
    ours, other = float(str(soaked["p95_ms"])) / 1000, pages["evaluate"] / 1000
    growth = float(str(soaked["memory_after_mib"])) - float(str(soaked["memory_before_mib"]))
    result = {
        "name": "rerun",
        "ours": round(ours, 4),
        "other": round(other, 4),
        "ratio": round(ours / other, 3),
        "goal": f"< {GOAL_SECONDS} s, memory grows < {GOAL_GROWTH:.0f} MiB, no failures",
        "met": ours < GOAL_SECONDS and growth < GOAL_GROWTH and not soaked["failures"],
        "alone_ms": round(1000 * statistics.median(alone), 1),
        "pages_ms": pages,
        "soak": soaked,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
