"""Workers on this machine: one process per job, on its own when the app ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from engine.runs import devices, endings, jobs, processes, settling, spare, store, turns
from engine.words.errors import NotFound
from engine.words.settings import PROJECT, settings

COMMAND = (sys.executable, "-m", "engine.worker")
PAUSE = 2.0  # seconds that a job which starts has the machine for itself, before the next spare
PATIENCE = 3.5  # seconds from asking a worker to stop to killing it: stopped within 5
LEAVING = 20.0  # seconds that a worker may take to leave after its work is over
_children: dict[int, "subprocess.Popen[bytes]"] = {}  # kept so that ended ones are reaped
_keeper = spare.Keeper()


def has(run_id: str) -> bool:
    """Whether a process of this machine has or had the job."""
    return jobs.read_process(run_id) is not None


def is_busy(job: jobs.Job, state: jobs.State) -> bool:
    """Whether the job's process is at work; one that had its time to leave is killed."""
    process = jobs.read_process(job.run_id)
    if process is None or not process.alive:
        return False
    if _overdue(job, state):
        kill(process)
        return False
    return True


def reason(run_id: str) -> str:
    """Why a job failed whose process is gone without a word."""
    process = jobs.read_process(run_id)
    if process is None:  # a command line that let go of it
        return endings.killed(run_id, None, processes.out_of_memory_kills())
    return endings.killed(run_id, exit_code(process), process.memory_kills)


def start(only: str) -> None:
    """Start one waiting job on each free device; with `only`, no other job."""
    busy = set()
    for job in jobs.open_jobs():
        process = jobs.read_process(job.run_id)
        if process and process.device and process.alive:
            busy.add(process.device)
    free = [device for device in devices.list_devices() if device.name not in busy]
    for device in free:
        waiting = [job for job in turns.waiting() if only in ("", job.run_id)]
        if waiting:
            turns.note(waiting[0])
            _start(waiting[0], device)
    reap()


def exchange() -> None:
    """There is nobody to ask: processes of this machine are seen as they are."""


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
    if settings().spare_worker and not settings().ray_address:
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


def _overdue(job: jobs.Job, state: jobs.State) -> bool:
    """Whether a worker had its time to stop, or to leave after its end."""
    if state.ended:
        changed = (jobs.folder_of(job.run_id) / "state.json").stat().st_mtime
        return not job.foreground and time.time() - changed > LEAVING
    return endings.age(jobs.cancel_requested(job.run_id)) > PATIENCE


def _start(job: jobs.Job, device: devices.Device) -> None:
    """Launch a worker, or let the command line that waits for it begin."""
    process = jobs.read_process(job.run_id)
    try:
        store.mark(job.run_id, "running")
    except NotFound:
        jobs.erase(job.run_id)
        return
    if process:  # a command line that waits in the foreground
        jobs.write_process(job.run_id, replace(process, device=device.name))
        jobs.write_state(job.run_id, jobs.State("running"))
        return
    jobs.write_state(job.run_id, jobs.State("running"))  # before a quick worker can be through
    try:
        launch(job, device)
    except OSError as error:
        settling.settle(job.run_id, "failed", f"The worker could not be started: {error}.")


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
