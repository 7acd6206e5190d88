"""The bookkeeping of jobs in plain files, so that progress is read without MLflow.

models/jobs/RUN/ holds job.json (what to do), state.json (status), process.json or ray.json (who
does it), progress.json and epochs.jsonl (how far), log.txt, and the flags `cancel` and `deleted`.
"""

import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.runs import processes, sent
from engine.runs.folders import folder_of as folder_of
from engine.runs.folders import jobs_folder as jobs_folder
from engine.runs.folders import read as _read
from engine.runs.run import ENDED, Run
from engine.words.errors import NotFound
from engine.words.files import read_json, write_json
from engine.words.locks import locked
from engine.words.recipe import Recipe

TAIL = 64 * 1024  # bytes of the log that a tail is cut from
_settled: set[Path] = set()  # ended jobs need no look each second


@dataclass(frozen=True)
class Job:
    """What a worker needs to know, readable before anything slow is imported."""

    run_id: str
    recipe: Mapping[str, Any]
    source: str
    owner: str
    created: float
    foreground: bool = False  # a command line trains it in its own process
    groups: tuple[str, ...] = ()  # studies that want it
    alone: bool = True  # somebody wants it besides; else it is its studies' to pause and stop
    follows: str = ""  # the longer run whose weights on the way are what it would train


@dataclass(frozen=True)
class State:
    """Where a job stands; `stored` tells whether MLflow knows."""

    status: str = "waiting"
    reason: str = ""
    stored: bool = True

    @property
    def ended(self) -> bool:
        """Whether the job's work is over."""
        return self.status in ENDED


@dataclass(frozen=True)
class Process:
    """Who works on a job."""

    pid: int
    started: str  # its start time as the system counts it
    device: str
    launched: float
    memory_kills: int = 0  # the kernel's count when it was launched

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return processes.is_alive(self.pid, self.started)


def exists(run_id: str) -> bool:
    """Whether there is bookkeeping of this run."""
    return (folder_of(run_id) / "job.json").is_file()


def create(run: Run, foreground: bool = False, group: str = "", follows: str = "") -> Job:
    """Write a new job for a run that waits; in the foreground this process will do it."""
    job = Job(
        *(run.id, run.recipe.to_json(), run.source, run.owner, time.time(), foreground),
        groups=(group,) if group else (),
        alone=not group,
        follows=follows,
    )
    folder = folder_of(run.id)
    write_json(folder / "state.json", asdict(State()))
    if foreground:
        write_process(run.id, process_of(os.getpid(), ""))
    write_json(folder / "job.json", asdict(job))  # last: from now on dispatchers see it
    return job


def read(run_id: str) -> Job:
    """Read a job; raise NotFound where it was deleted."""
    try:
        job = Job(**read_json(folder_of(run_id) / "job.json"))
    except FileNotFoundError:
        raise NotFound(f"There is no job '{run_id}' (any more).") from None
    return replace(job, groups=tuple(job.groups))


def change(run_id: str, new: Callable[[Job], Job]) -> Job:
    """Change a job under the lock of all changes; return what it is now. Raises NotFound."""
    with locked(jobs_folder() / ".change.lock"):
        job = new(read(run_id))
        write_json(folder_of(run_id) / "job.json", asdict(job))
    return job


def recipe_of(job: Job) -> Recipe:
    """The job's recipe."""
    return Recipe.from_json(job.recipe)


def open_jobs() -> list[Job]:
    """Jobs that wait, run, or ended without MLflow knowing yet; the oldest first."""
    folder = jobs_folder()
    found = []
    for place in folder.iterdir() if folder.is_dir() else ():
        if place in _settled or not (place / "job.json").is_file():
            continue
        state = read_state(place.name)
        idle = state.ended and state.stored and not at_work(place.name)
        if idle and not is_discarded(place.name):
            _settled.add(place)
            continue
        with contextlib.suppress(NotFound):  # deleted this very moment
            found.append(read(place.name))
    return sorted(found, key=lambda job: (job.created, job.run_id))


def read_state(run_id: str) -> State:
    """Read where a job stands."""
    return State(**_read(run_id, "state.json", {}))


def write_state(run_id: str, state: State) -> None:
    """Write where a job stands; a deleted job's folder is not made anew."""
    if folder_of(run_id).is_dir():
        write_json(folder_of(run_id) / "state.json", asdict(state))


def process_of(pid: int, device: str) -> Process:
    """Describe a process that works from now on."""
    kills = processes.out_of_memory_kills()
    return Process(pid, processes.start_time(pid), device, time.time(), kills)


def read_process(run_id: str) -> Process | None:
    """Read who works on a job, or None where nobody did yet."""
    value = _read(run_id, "process.json", None)
    return Process(**value) if value else None


def at_work(run_id: str) -> bool:
    """Whether somebody works on a job, here or on a cluster."""
    process = read_process(run_id)
    return bool(process and process.alive) or sent.at_work(run_id)


def write_process(run_id: str, process: Process) -> None:
    """Write who works on a job."""
    write_json(folder_of(run_id) / "process.json", asdict(process))


def release(run_id: str) -> None:
    """Note that nobody works on a job any more, though its process may live on."""
    (folder_of(run_id) / "process.json").unlink(missing_ok=True)


def request_cancel(run_id: str) -> None:
    """Leave the flag that asks a worker to stop, and wake it."""
    write_cancel(run_id)
    process = read_process(run_id)
    if process:
        processes.send(process.pid, process.started, signal.SIGTERM)


def write_cancel(run_id: str) -> None:
    """Leave the flag alone; the first request's time counts."""
    flag = folder_of(run_id) / "cancel"
    if not flag.exists():
        write_json(flag, time.time())


def cancel_requested(run_id: str) -> float:
    """When the job was asked to stop (seconds since 1970), or 0."""
    return float(_read(run_id, "cancel", 0.0))


def discard(run_id: str) -> None:
    """Delete a job; a worker at work is asked to stop and its folder goes when it has."""
    if not exists(run_id):
        return
    if at_work(run_id):
        write_json(folder_of(run_id) / "deleted", time.time())
        request_cancel(run_id)
    else:
        erase(run_id)


def is_discarded(run_id: str) -> bool:
    """Whether the run was deleted under its worker."""
    return (folder_of(run_id) / "deleted").exists() or not exists(run_id)


def erase(run_id: str) -> None:
    """Remove a job's folder."""
    shutil.rmtree(folder_of(run_id), ignore_errors=True)


def epochs(run_id: str) -> list[dict[str, Any]]:
    """The figures of the epochs done so far, whole lines only."""
    try:
        text = (folder_of(run_id) / "epochs.jsonl").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def log_tail(run_id: str, lines: int = 40) -> str:
    """The last lines of what the worker printed."""
    path = folder_of(run_id) / "log.txt"
    if not path.is_file():
        return ""
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - TAIL))
        text = handle.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
