"""A worker on a node that sees no folder of the app's: its job and its progress go through MLflow.

It has a jobs folder of its own, so everything that works on files does so here too.
"""

import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from engine.runs import following, jobs, live, records, remote, store
from engine.runs.run import ENDED
from engine.words.errors import CxrError
from engine.words.files import write_json

EVERY = 1.5  # seconds between two reports
TRIES, PAUSE = 90, 20.0  # to store an ending while the run store does not answer, seconds between
ROWS = 4000  # characters of epochs in one tag


def take(run_id: str, submission: str) -> bool:
    """Write the job as the run store has it; False where nobody waits for this submission."""
    tags = remote.tags(run_id)
    mine = tags.get(remote.SUBMISSION) == submission
    if not mine or tags.get(records.STATUS, "failed") in ENDED:
        return False
    shutil.rmtree(jobs.folder_of(run_id), ignore_errors=True)  # of an earlier attempt
    job = jobs.Job(
        run_id,
        json.loads(tags[records.RECIPE]),
        tags.get(records.SOURCE, ""),
        tags.get(records.OWNER, ""),
        time.time(),
    )
    write_json(jobs.folder_of(run_id) / "job.json", asdict(job))
    return True


def places(run_id: str) -> dict[int, Path]:
    """Where the worker shall leave shorter trainings, by their epochs, as the app noted it."""
    wanted = remote.tags(run_id).get(remote.PASSING, "")
    folder = jobs.folder_of(run_id) / following.PASSED
    return {int(epochs): folder / epochs for epochs in wanted.split(",") if epochs}


@contextmanager
def reporting(run_id: str) -> Iterator[None]:
    """Tell the run store twice in three seconds how far the job is, from a thread of its own."""
    over = threading.Event()
    reporter = threading.Thread(target=_report, args=(run_id, over), daemon=True)
    reporter.start()
    try:
        with (
            (jobs.folder_of(run_id) / "log.txt").open("a", buffering=1, encoding="utf-8") as log,
            redirect_stdout(_Both(sys.stdout, log)),
        ):
            yield
    finally:
        over.set()
        reporter.join(30)


def leave(run_id: str) -> None:
    """Remove from this node what the run store has."""
    if jobs.exists(run_id) and jobs.read_state(run_id).stored:
        jobs.erase(run_id)
        store.remove_files(run_id)


def send_passed(run_id: str) -> None:
    """Keep what was left for shorter trainings with this run."""
    folder = jobs.folder_of(run_id) / following.PASSED
    if folder.is_dir():
        remote.upload(run_id, folder, following.PASSED)


def epoch_tags(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Epochs' figures as tags, some rows in each."""
    found: dict[str, str] = {}
    lines: list[str] = []
    for line in map(json.dumps, rows):
        if lines and sum(map(len, lines)) + len(lines) + len(line) > ROWS:
            found[f"{remote.EPOCHS}{len(found)}"] = "\n".join(lines)
            lines = []
        lines.append(line)
    return found | ({f"{remote.EPOCHS}{len(found)}": "\n".join(lines)} if lines else {})


def _report(run_id: str, over: threading.Event) -> None:
    told: dict[str, str] = {}
    while not over.wait(EVERY):
        snapshot = json.dumps(asdict(live.snapshot(run_id)))
        tags = epoch_tags(jobs.epochs(run_id)) | {remote.PROGRESS: snapshot}
        new = {name: value for name, value in tags.items() if told.get(name) != value}
        try:
            if new:
                remote.set_tags(run_id, new)
                told |= new
        except CxrError as error:  # the next report has it all
            print(f"The run store was not told how far this is: {error}", file=sys.stderr)


class _Both:
    """Prints to Ray's log and to the job's."""

    def __init__(self, first: TextIO, second: TextIO) -> None:
        self._both = (first, second)

    def write(self, text: str) -> int:
        for one in self._both:
            one.write(text)
        return len(text)

    def flush(self) -> None:
        for one in self._both:
            one.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._both[0], name)
