"""Cold start to first paint in Chromium, against Streamlit's own `hello` app.

Run with `python -m benchmarks.first_paint`. Each round starts a server and opens a fresh page;
the clock runs from the process's start until the page's heading is visible.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.server import APP, HELLO, chromium, serve, tmp_settings

ROUNDS = 5
GOAL = 1.5


def paint(browser: Browser, folder: Path, command: tuple[str, ...]) -> tuple[float, float]:
    """Return seconds from the server's start, and from its first answer, to the heading."""
    with serve(folder, command, tmp_settings(folder)) as server:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(server.url, wait_until="commit")
        page.get_by_role("heading", level=1).first.wait_for(timeout=60_000)
        now = time.perf_counter()
        page.close()
    return now - server.started, now - server.answered


def main() -> None:
    """Measure both in turn and print one JSON line."""
    ours: list[tuple[float, float]] = []
    other: list[tuple[float, float]] = []
    with chromium() as browser:
        for number in range(ROUNDS + 1):
            for command, found in ((APP, ours), (HELLO, other)):
                with tempfile.TemporaryDirectory() as folder:
                    seconds = paint(browser, Path(folder), command)
                if number:  # the first round fills the disk's cache
                    found.append(seconds)
    mine, theirs = (statistics.median(entry[0] for entry in found) for found in (ours, other))
    answer = statistics.median(entry[1] for entry in ours)
    result = {
        "name": "first_paint",
        "ours": round(mine, 3),
        "other": round(theirs, 3),
        "ratio": round(mine / theirs, 3),
        "goal": f"<= {GOAL}",
        "met": mine / theirs <= GOAL,
        "after_first_answer": round(answer, 3),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
