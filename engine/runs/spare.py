"""A spare worker: one process that has loaded what jobs need and waits for the next one.

The app keeps it (`Keeper`); the process itself is a worker that was started without a job
(`wait_for_job`). Its stdin is the cord between them: one line hands it a job, the end of file
tells it that the app is gone.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from engine.runs import devices, jobs, processes
from engine.words.locks import locked
from engine.words.settings import PROJECT

WAIT = "--spare"  # a worker's argument in place of a run's id
WORKING, WAITING = 5, 19  # how far a job and a spare stand back behind the app
RETRY = 60.0  # seconds after a spare that died unasked
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Spare:
    child: "subprocess.Popen[bytes]"
    loaded: object  # what it was started with; a job that needs anything else gets a new process


class Keeper:
    """Keeps one spare for the models folder; of several apps, the first one's keeper does."""

    def __init__(self) -> None:
        self._spare: _Spare | None = None
        self._not_before = 0.0
        self._folder: Path | None = None
        self._lock = ExitStack()

    @property
    def pid(self) -> int | None:
        """The spare's process id, or None where there is none."""
        return self._spare.child.pid if self._spare else None

    def keep(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a spare where there is none; call it again and again."""
        self._notice_death()
        if self._spare or time.monotonic() < self._not_before or not self._is_ours():
            return
        child = subprocess.Popen(
            [*command, WAIT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=dict(environment),
        )
        self._spare = _Spare(child, _what_is_loaded(command, environment))

    def take(
        self, run_id: str, command: Sequence[str], environment: Mapping[str, str], pause: float
    ) -> "subprocess.Popen[bytes] | None":
        """Hand the spare a job and return its process; None where a new one must do it.

        A spare that is still loading takes it too: it is ahead of a process that has to begin.
        The next spare is not started for `pause` seconds.
        """
        self._notice_death()
        self._not_before = max(self._not_before, time.monotonic() + pause)
        spare, self._spare = self._spare, None
        if not spare:
            return None
        if spare.loaded != _what_is_loaded(command, environment):
            _end(spare)
            return None
        processes.set_session_priority(spare.child.pid, WORKING)  # first, or it hears late
        order = {"run": run_id, "visible": environment.get(devices.VISIBLE)}
        try:
            assert spare.child.stdin
            with spare.child.stdin as cord:
                cord.write(json.dumps(order).encode() + b"\n")
        except BrokenPipeError:  # it died a moment ago
            _end(spare)
            return None
        return spare.child

    def close(self) -> None:
        """End the spare and leave the folder to another keeper."""
        if self._spare:
            _end(self._spare)
        self._spare, self._folder = None, None
        self._lock.close()

    def _notice_death(self) -> None:
        if self._spare and self._spare.child.poll() is not None:
            _log.warning("A spare worker ended with code %s.", self._spare.child.returncode)
            _end(self._spare)
            self._spare, self._not_before = None, time.monotonic() + RETRY

    def _is_ours(self) -> bool:
        folder = jobs.jobs_folder()
        if self._folder != folder:
            self.close()
            if self._lock.enter_context(locked(folder / ".spare.lock", wait=0)):
                self._folder = folder
        return self._folder == folder


def wait_for_job(load: Callable[[], object]) -> str:
    """Load and wait in this process; return the run to work on, as if started for it.

    The loading goes on behind it where it is not done yet: call `load` again to wait for it.
    """
    processes.set_session_priority(os.getpid(), WAITING)
    threading.Thread(target=_at_leisure, args=(load,), daemon=True).start()
    line = sys.stdin.readline()
    if not line:  # the app has ended; the thread may be amid an import, so leave as we are
        os._exit(0)
    order = json.loads(line)
    os.environ.pop(devices.VISIBLE, None)
    if order["visible"] is not None:
        os.environ[devices.VISIBLE] = order["visible"]
    with (
        Path(os.devnull).open("rb") as nothing,
        (jobs.folder_of(order["run"]) / "log.txt").open("ab") as log,
    ):
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    return str(order["run"])


def _at_leisure(load: Callable[[], object]) -> None:
    if sys.platform == "linux":  # a thread's own there; elsewhere the process would keep it
        os.nice(WAITING)
    load()


def _what_is_loaded(command: Sequence[str], environment: Mapping[str, str]) -> object:
    """Tell what a process has from its start: its program, environment and the engine's code."""
    kept = {name: value for name, value in environment.items() if name != devices.VISIBLE}
    code = [(str(path), path.stat().st_mtime_ns) for path in (PROJECT / "engine").rglob("*.py")]
    return tuple(command), kept, sorted(code)


def _end(spare: _Spare) -> None:
    spare.child.kill()  # it holds nothing that could be lost
    spare.child.wait()
    assert spare.child.stdin
    spare.child.stdin.close()
