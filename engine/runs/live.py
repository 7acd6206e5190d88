"""Live progress through small files: the worker writes them, any number of readers read."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace

import pandas as pd

from engine.learning.regimes import planned_epochs
from engine.runs import artefacts, jobs, processes, store, turns, waiting
from engine.runs.run import ENDED
from engine.words.errors import Cancelled
from engine.words.files import read_json, write_json

PAUSE = 0.25  # seconds between two writes


@dataclass(frozen=True)
class Snapshot:
    """What progress.json holds."""

    phase: str = ""
    done: int = 0  # of the phase, where it counts
    total: int = 0
    epoch: int = 0  # the epoch at work, from 1
    batch: int = 0
    batches: int = 0
    logs: Mapping[str, float] = field(default_factory=dict)  # running means of this epoch
    eta_seconds: float | None = None  # till the last epoch's end
    memory_megabytes: int = 0  # the worker's peak
    updated: float = 0.0  # seconds since 1970


@dataclass(frozen=True, eq=False)
class Progress:
    """Where a run stands now."""

    status: str
    reason: str  # of an ended run, why it ended; of a waiting one without a place, why
    place: int  # in the queue, 1 is next; 0 where it does not wait for a device
    stopping: bool  # asked to stop, not yet stopped
    now: Snapshot
    epochs: int  # asked for
    history: pd.DataFrame  # a row per finished epoch
    log: str  # its last lines

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in ENDED


class ProgressWriter:
    """The listener of a training: writes progress.json at most four times a second."""

    def __init__(
        self,
        run_id: str,
        epochs: int,
        on_epoch: Callable[[int, Mapping[str, float]], None] = lambda number, logs: None,
        on_write: Callable[[Snapshot], None] = lambda snapshot: None,
    ) -> None:
        self.run_id, self._epochs = run_id, epochs
        self._on_epoch, self._on_write = on_epoch, on_write
        self._written = 0.0
        self._start: tuple[float, float] | None = None  # time and share when batches began
        self.stopping = False
        self.now = Snapshot()

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Note what is done; raise Cancelled when asked to stop, for no phase keeps anything."""
        new = text != self.now.phase
        self.now = replace(self.now, phase=text, done=done, total=total)
        if new:
            print(f"{text}", flush=True)
        self._write(at_once=new)
        if self.stop_requested():
            raise Cancelled

    def batch(self, epoch: int, batch: int, batches: int, logs: Mapping[str, float]) -> None:
        """Note a finished batch and how long the rest will take."""
        share = (epoch - 1 + batch / max(batches, 1)) / self._epochs
        self.now = replace(
            self.now,
            epoch=epoch,
            batch=batch,
            batches=batches,
            logs=dict(logs),
            eta_seconds=self._rest(share),
        )
        self._write()

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Keep the epoch's figures."""
        figures = {key: float(value) for key, value in logs.items() if key != "epoch"}
        row = {"epoch": number, **figures}
        if jobs.exists(self.run_id):
            path = jobs.folder_of(self.run_id) / "epochs.jsonl"
            with path.open("a", encoding="utf-8") as handle:
                handle.write(json.dumps(row) + "\n")
        told = ", ".join(f"{key} {value:.4g}" for key, value in figures.items())
        print(f"Epoch {number} of {self._epochs}: {told}", flush=True)
        self.now = replace(self.now, epoch=number)
        self._write(at_once=True)
        self._on_epoch(number, row)

    def stop_requested(self) -> bool:
        """Whether the run was cancelled or deleted."""
        return self.stopping

    def stop(self) -> None:
        """Ask the training to stop after this batch."""
        self.stopping = True

    @property
    def training(self) -> bool:
        """Whether batches have begun, so that stopping must wait for the end of one."""
        return self._start is not None

    def _rest(self, share: float) -> float | None:
        here = time.monotonic()
        if self._start is None:  # the first batch compiles and says nothing of the rest
            self._start = (here, share)
            return None
        began, first = self._start
        return (here - began) / (share - first) * (1 - share) if share > first else None

    def _write(self, at_once: bool = False) -> None:
        here = time.monotonic()
        if not at_once and here - self._written < PAUSE:
            return
        self._written = here
        memory = processes.peak_megabytes()
        self.now = replace(self.now, updated=time.time(), memory_megabytes=memory)
        if not jobs.exists(self.run_id):  # deleted: stop, and do not make its folder anew
            self.stopping = True
            return
        write_json(jobs.folder_of(self.run_id) / "progress.json", asdict(self.now))
        self.stopping |= jobs.cancel_requested(self.run_id) > 0
        self._on_write(self.now)


def snapshot(run_id: str) -> Snapshot:
    """Read what the worker wrote last."""
    try:
        return Snapshot(**read_json(jobs.folder_of(run_id) / "progress.json"))
    except FileNotFoundError:
        return Snapshot()


def progress(run_id: str, lines: int = 40) -> Progress:
    """Return where a run stands, without MLflow while there is a job; raise NotFound."""
    if not jobs.exists(run_id) or jobs.is_discarded(run_id):
        return _from_store(run_id)
    state = jobs.read_state(run_id)
    asked = jobs.cancel_requested(run_id) > 0
    why = waiting.why(run_id) if state.status == "waiting" else ""
    storing = state.ended and not state.stored  # the run store learns of it in a moment
    return Progress(
        status="running" if storing else state.status,
        reason=state.reason or why,
        place=place(run_id) if state.status == "waiting" and not why else 0,
        stopping=asked and (storing or not state.ended),
        now=replace(snapshot(run_id), phase="Storing") if storing else snapshot(run_id),
        epochs=planned_epochs(jobs.recipe_of(jobs.read(run_id))),
        history=artefacts.history_table(jobs.epochs(run_id)),
        log=jobs.log_tail(run_id, lines),
    )


def place(run_id: str) -> int:
    """A waiting run's place in the queue, 1 is next; 0 where it does not wait for a device."""
    every = [job.run_id for job in turns.waiting()]
    return every.index(run_id) + 1 if run_id in every else 0


def _from_store(run_id: str) -> Progress:
    run = store.get_run(run_id)
    tail = "\n".join(store.log_text(run_id).splitlines()[-40:])
    history = store.history(run_id)
    now = Snapshot(epoch=len(history))
    epochs = planned_epochs(run.recipe)
    return Progress(run.status, run.reason, 0, False, now, epochs, history, tail)
