"""A visitor's batch: many files asked about in a thread, as long as the visit lasts."""

from __future__ import annotations

import uuid
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pages.shared import cached_trying, inference, state
from pages.shared.state import Key
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    from engine.data.given import Given
    from engine.explaining.batch_table import Answers
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run

BATCH = Key.TRY.of("batch")
MOST = 500  # heat maps of one batch: they are kept in memory


@dataclass(frozen=True)
class Wanted:
    """Which heat maps are wanted: none where `most` is 0."""

    most: int = 0
    called: str = ""  # only those called this class; empty: every one


@dataclass(frozen=True, eq=False)
class Batch:
    """What was asked of which run, and the work that answers it."""

    run: Run
    threshold: Threshold
    given: Given
    work: Work[Answers]
    maps: dict[str, bytes]  # file name -> JPEG
    key: str = field(default_factory=lambda: uuid.uuid4().hex[:8])


def current() -> Batch | None:
    """Return the visitor's batch, going on or done."""
    found = state.get(BATCH)
    return found if isinstance(found, Batch) else None


def forget() -> None:
    """Drop the visitor's batch with its answers; the work stops."""
    batch = current()
    if batch:
        batch.work.cancel()
    state.drop(BATCH)


def begin(run: Run, threshold: Threshold, given: Given, wanted: Wanted) -> Batch:
    """Start asking; an earlier batch is dropped. The work also stops when the visit ends."""
    forget()
    maps: dict[str, bytes] = {}
    paces = cached_trying.paces()

    def make(report: Report) -> Answers:
        network = inference.network(run)
        from engine.explaining.batch import Heat, predict_files

        heat = Heat(maps.__setitem__, wanted.called, wanted.most) if wanted.most else None
        found = predict_files(
            network, run, given.files, threshold.value, heat, report, inference.TURN
        )
        if len(found.table):
            paces[run.id, bool(heat)] = found.seconds / len(found.table)
        return found

    work = Work(make, "batch", f"Loading {run.name}")
    batch = Batch(run, threshold, given, work, maps)
    weakref.finalize(batch, work.cancel)  # the session and all it holds is dropped
    state.put(BATCH, batch)
    return batch


def estimate(run: Run, files: int, wanted: Wanted) -> str:
    """Say how long it will take at the pace of an earlier batch; empty before the first."""
    pace = cached_trying.paces().get((run.id, bool(wanted.most)))
    if pace is None:
        return ""
    seconds = pace * files
    if seconds < 90:
        return f"about {max(1, round(seconds)):,} s"
    return f"about {round(seconds / 60):,} min"
