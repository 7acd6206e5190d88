"""The parts of a cluster on this machine, started as an admin would: PostgreSQL and MLflow.

`ray_nodes` has the third.

Each part is a block: it runs while the block does, and nothing of it is left afterwards. What it
prints lies in a log in its folder.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, free_port

PATIENCE = 600.0  # seconds for a part to answer; a busy machine with two cores takes a while
MARK = "CXR_PART"  # in the environment of a part and of all that it starts
LIBRARY = Path("/usr/lib/postgresql")  # where Debian keeps PostgreSQL's programs, by version
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "MLFLOW_DISABLE_TELEMETRY": "true"}


@dataclass(frozen=True)
class Part:
    """A running part: its process, the mark that its offspring carries, its log."""

    process: "subprocess.Popen[bytes]"
    mark: str
    log: Path

    def pids(self) -> list[int]:
        """Return its processes: those of its session, and those that carry its mark."""
        return [pid for pid in _all_pids() if _belongs(pid, self)]

    def kill(self) -> None:
        """Kill all of it at once, as a machine that loses its power."""
        for _ in range(100):  # until nothing is left that could start another
            pids = self.pids()
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.poll()
            if not pids:
                return
            time.sleep(0.05)
        raise RuntimeError(f"These processes do not end: {pids}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it politely, then whatever is left of it."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        self.kill()


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that other users may pass through, with a name short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="cxr", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def part(
    log: Path,
    command: Sequence[str | Path],
    answers: Callable[[], object],
    env: Mapping[str, str] | None = None,
    how: signal.Signals = signal.SIGTERM,
    **more: Any,
) -> Iterator[Part]:
    """Run a command until the block ends; the block begins once `answers` raises no OSError.

    Raises RuntimeError with the log where the command ends or does not answer.
    """
    mark = uuid.uuid4().hex
    with log.open("ab") as out:
        process = subprocess.Popen(
            list(map(str, command)),
            env={**_plain_environment(), **QUIET, **(env or {}), MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            **({"cwd": ROOT} | more),
        )
    running = Part(process, mark, log)
    try:
        _wait(running, answers)
        yield running
    finally:
        running.stop(how)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Debian's PostgreSQL with an empty database; yields the address that MLflow is given.

    PostgreSQL refuses to be run by root: there the user postgres or nobody runs it.
    """
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is needed and was not found: apt-get install postgresql")
    place, port = folder / "postgres", free_port()
    place.mkdir()
    user = _unprivileged(place) | {"cwd": place}
    made = [programs / "initdb", "-D", place / "data", "-U", "mlflow", "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        [*made, "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL, **user
    )
    command = [programs / "postgres", "-D", place / "data", "-p", f"{port}"]
    command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", f"{port}"]

    def answers() -> None:
        if subprocess.run(ready).returncode:
            raise ConnectionError

    with part(folder / "postgres.log", command, answers, how=signal.SIGINT, **user):
        yield f"postgresql://mlflow@127.0.0.1:{port}/postgres"


def postgres_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest version's, or None."""
    found = [path.parent for path in LIBRARY.glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


@contextmanager
def mlflow_server(folder: Path, database: str) -> Iterator[str]:
    """An MLflow server that keeps its files itself; yields its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", database]
    command += ["--artifacts-destination", folder / "artifacts"]
    command += ["--host", "127.0.0.1", "--port", f"{port}", "--workers", "1"]
    env = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}  # prompts and judges, which nobody asks
    with part(folder / "mlflow.log", command, lambda: get(f"{url}/health"), env):
        yield url


def _plain_environment() -> dict[str, str]:
    """The environment without settings: a part is told its own, not those of whoever starts it."""
    ours = ("CXR_", "MLFLOW_", "RAY_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _wait(running: Part, answers: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.process.poll() is None:
        with suppress(OSError, ValueError, KeyError, TypeError):  # not there, or half there
            answers()
            return
        time.sleep(0.1)
    raise RuntimeError(f"It did not answer:\n{running.log.read_text(errors='replace')}")


def get(url: str) -> str:
    """Return what an address answers; raise OSError where it does not."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def _unprivileged(place: Path) -> dict[str, Any]:
    """Give a folder to a user who is not root; return how to run a process as that user."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(place, user.pw_uid, user.pw_gid)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL refuses root, and there is no user postgres or nobody.")


def _all_pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _belongs(pid: int, running: Part) -> bool:
    with suppress(OSError):  # it ends while we look, or it is another user's
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if state[0] in "ZX":
            return False
        marked = f"{MARK}={running.mark}".encode()
        ours = marked in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        return ours or int(state[3]) == running.process.pid
    return False
