"""Workers on this machine: one process per job, on its own when the app ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from engine.runs import devices, jobs, processes, spare
from engine.words.settings import PROJECT, settings

COMMAND = (sys.executable, "-m", "engine.worker")
PAUSE = 2.0  # seconds that a job which starts has the machine for itself, before the next spare
_children: dict[int, "subprocess.Popen[bytes]"] = {}  # kept so that ended ones are reaped
_keeper = spare.Keeper()


def launch(job: jobs.Job, device: devices.Device) -> jobs.Process:
    """Start the worker of a job on a device; what it prints goes to its log.txt."""
    environment = _environment(device)
    child = _keeper.take(job.run_id, COMMAND, environment, PAUSE)
    if child is None:
        with (jobs.folder_of(job.run_id) / "log.txt").open("ab") as log:
            child = subprocess.Popen(
                [*COMMAND, job.run_id],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )
    _children[child.pid] = child
    process = jobs.process_of(child.pid, device.name)
    jobs.write_process(job.run_id, process)
    return process


def keep_spare() -> None:
    """See to it that a spare worker waits for the next job, unless the settings say no."""
    if settings().spare_worker:
        _keeper.keep(COMMAND, _environment(devices.list_devices()[0]))
    else:
        _keeper.close()


def exit_code(process: jobs.Process) -> int | None:
    """How an ended worker ended (negative: by which signal), or None where nobody knows."""
    child = _children.get(process.pid)
    if child is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(2)  # its main thread is gone; the others may take a moment
    return processes.zombie_exit(process.pid)


def kill(process: jobs.Process, wait: float = 0.5) -> None:
    """Kill a worker at once and wait a moment for it to be gone."""
    processes.send(process.pid, process.started, getattr(signal, "SIGKILL", signal.SIGTERM))
    deadline = time.monotonic() + wait
    while process.alive and time.monotonic() < deadline:
        time.sleep(0.02)


def reap() -> None:
    """Let the system forget children that have ended and been looked at."""
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            del _children[pid]


def _environment(device: devices.Device) -> dict[str, str]:
    environment = dict(os.environ)
    path = environment.get("PYTHONPATH", "")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), path]))
    for name in ("CXR_MODELS_DIR", "CXR_DATA_DIR", "CXR_SHOWCASE_DIR"):
        if name in environment:
            environment[name] = str(Path(environment[name]).resolve())
    environment |= {"PYTHONUNBUFFERED": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    devices.restrict(environment, device.name)
    return environment
