"""What tests of the spare worker ask of it and wait for."""

import sys
import time
from collections.abc import Callable

from engine.runs import jobs, local, spare

FAKE = (sys.executable, "-m", "tests.runs.fake_worker")


def keep() -> int:
    """Keep a spare as the app does; return its process id."""
    local.keep_spare()
    assert local._keeper.pid
    return local._keeper.pid


def worker_of(run_id: str) -> int:
    """The process that works or worked on a job."""
    process = jobs.read_process(run_id)
    assert process is not None
    return process.pid


def gone(pid: int) -> Callable[[], bool]:
    """A condition: the process has ended."""
    return lambda: not spare.processes.start_time(pid)


def wait_until(condition: Callable[[], bool], seconds: float = 300.0) -> None:
    """Wait till the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.05)
