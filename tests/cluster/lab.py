"""A cluster with the app that sends to it, and what an observer may ask of them."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser

from benchmarks.parts import Part, get, part
from benchmarks.ray_nodes import Ray
from benchmarks.server import free_port
from engine.data.catalogue import Catalogue
from engine.data.sources import open_source
from engine.learning.presets import PRESETS
from engine.runs import jobs, live, queue, store
from engine.runs.live import Progress
from tests.browser.conftest import SIZES, Watched

LIMIT = 900.0  # seconds: nothing here is timed, and CI is slow
IMAGES = 60
SHORT = {"size": 32, "batch": 4, "epochs": 2}
LONG = {"size": 96, "batch": 1, "epochs": 1000}  # longer than anybody waits here
Value = TypeVar("Value")


@dataclass
class Lab:
    """An app, its folders, and the cluster that it was told of."""

    folder: Path
    env: Mapping[str, str]
    ray: Ray
    app: Part | None = None
    url: str = ""
    _stack: ExitStack = field(default_factory=ExitStack)

    def start_app(self) -> None:
        """Start the app; its threads begin with the first visit."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        line = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
        line += ["--server.headless=true", "--browser.gatherUsageStats=false"]
        self.app = self._stack.enter_context(
            part(
                self.folder / f"app-{port}.log",
                line,
                lambda: get(f"{self.url}/_stcore/health"),
                self.env,
            )
        )

    def kill_app(self) -> None:
        """End the app with kill -9."""
        assert self.app
        os.kill(self.app.process.pid, signal.SIGKILL)
        self.app.process.wait()

    @contextmanager
    def visitor(self, browser: Browser) -> Iterator[Watched]:
        """Someone who looks at the app's pages."""
        width, height = SIZES["projector"]
        context = browser.new_context(viewport={"width": width, "height": height})
        try:
            yield Watched(context.new_page(), self.url)
        finally:
            context.close()

    def worker(self, run_id: str) -> tuple[str, int]:
        """Return the node on which a run's worker is, and its pid; raise LookupError."""
        for name, machine in self.ray.nodes.items():
            for pid in machine.pids():
                if _arguments(pid)[1:] == ["-m", "engine.worker", run_id]:
                    return name, pid
        raise LookupError(f"No node has a worker of {run_id}.")

    def close(self) -> None:
        """Stop the app, be it running or killed."""
        self._stack.close()


def submit(catalogue: Catalogue, settings: Mapping[str, int], seed: int) -> str:
    """Queue a tiny training, as a page does, and return its run's id."""
    recipe = PRESETS["Quick"].recipe(catalogue.hash)
    for path, value in settings.items():
        recipe = recipe.with_setting(path, str(value))
    sent = queue.submit(recipe.with_seed(seed), "phantom", "tester")
    assert not sent.cached
    return sent.run_id


def phantom() -> Catalogue:
    """Draw the synthetic X-rays once."""
    return open_source("phantom")


def until(what: str, ask: Callable[[], Value | None], run_ids: list[str]) -> Value:
    """Wait for an answer that is true; where it does not come, say how the runs stand."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.5)
    raise AssertionError(f"It did not come about: {what}\n" + "\n\n".join(map(_told, run_ids)))


def learns(run_id: str, after: int = 0) -> int | None:
    """Return how many epochs are done, once there are more than so many."""
    done = len(jobs.epochs(run_id))
    return done if done > after else None


def ended(run_ids: list[str]) -> dict[str, Progress] | None:
    """Return how the runs ended, once all have and the run store knows."""
    found = {run_id: live.progress(run_id) for run_id in run_ids}
    return found if all(progress.ended for progress in found.values()) else None


def _told(run_id: str) -> str:
    progress = live.progress(run_id)
    return f"{run_id}: {progress.status} {progress.reason} {progress.now}\n{progress.log}"


def _arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")[:-1]
    except OSError:  # it has just ended
        return []


def stored(run_id: str) -> str:
    """Return what the MLflow server says of a run's status."""
    return store.get_run(run_id).status
