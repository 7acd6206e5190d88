"""How a job's end reaches its folder and the run store, whoever noticed it."""

from dataclasses import replace
from pathlib import Path

from engine.runs import jobs, out_of_fold, store
from engine.runs.artefacts import HISTORY, LOG, RECIPE
from engine.words.errors import NotFound
from engine.words.files import write_atomic, write_json


def settle(run_id: str, status: str, reason: str) -> None:
    """Note a job's end in its folder, then in the run store with the files that are there."""
    ended = jobs.State(status, reason, stored=False)
    jobs.write_state(run_id, ended)
    store_ending(run_id, ended)


def store_ending(run_id: str, ended: jobs.State) -> None:
    """Tell the run store how a job ended; a run that was deleted leaves nothing."""
    folder = store.folder_of(run_id)
    try:
        log = jobs.folder_of(run_id) / "log.txt"
        if log.is_file():
            write_atomic(folder / LOG, lambda path: path.write_bytes(log.read_bytes()))
        _fill_in(run_id, folder)
        store.attach(run_id, folder)
        store.mark(run_id, ended.status, ended.reason)
    except NotFound:
        store.remove_files(run_id)
        jobs.erase(run_id)
        return
    jobs.write_state(run_id, replace(ended, stored=True))
    finished(run_id, ended.status)


def finished(run_id: str, status: str) -> None:
    """Do what a finished run makes possible for the studies that want it."""
    if status == "finished" and jobs.exists(run_id):
        for group in jobs.read(run_id).groups:
            out_of_fold.attempt(group)


def _fill_in(run_id: str, folder: Path) -> None:
    """Write what a training that ended early could not: its recipe and the epochs it had."""
    if not jobs.exists(run_id):
        return
    if not (folder / RECIPE).is_file():
        write_json(folder / RECIPE, dict(jobs.read(run_id).recipe))
    if not (folder / HISTORY).is_file():
        write_json(folder / HISTORY, jobs.epochs(run_id))
