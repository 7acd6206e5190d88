"""Runs that wait for another's weights: a training of 20 epochs passes through one of 10.

Such a run is queued like any, with a job that `follows` the longer one's. The longer one's worker
leaves the shorter training in its job's folder, and the dispatcher takes it from there. Where the
longer one ends without it, the shorter one is trained like any other.
"""

import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine.runs import jobs, store
from engine.runs.artefacts import HISTORY, META
from engine.words.files import read_json, write_json, write_text

PASSED = "passed"  # the folder in a job's folder


def followers(run_id: str) -> list[jobs.Job]:
    """Return the open jobs that wait for this run."""
    return [
        job
        for job in jobs.open_jobs()
        if job.follows == run_id and not jobs.read_state(job.run_id).ended
    ]


def places(run_id: str) -> dict[int, Path]:
    """Return where a run's worker shall leave the shorter trainings, by their epochs."""
    return {jobs.recipe_of(job).epochs: _place(run_id, job) for job in followers(run_id)}


def waits(job: jobs.Job) -> bool:
    """Whether the run that a job follows may still bring what it needs."""
    leader = job.follows
    return bool(leader) and jobs.exists(leader) and not jobs.read_state(leader).ended


def take(job: jobs.Job) -> bool:
    """Take what the longer training left; False where it left nothing. It can be done twice."""
    place = _place(job.follows, job)
    if not (place / META).is_file():
        return False
    epochs, folder = jobs.recipe_of(job).epochs, store.folder_of(job.run_id)
    shutil.copytree(place, folder, dirs_exist_ok=True)
    origin = {"run": job.follows, "epoch": epochs}
    write_json(folder / META, {**read_json(folder / META), "taken_from": origin})
    here, rows = jobs.folder_of(job.run_id), read_json(folder / HISTORY)
    write_text(here / "epochs.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    write_text(
        here / "log.txt",
        f"Taken from the run {job.follows} after its epoch {epochs}: up to there both are the same "
        "training.\n",
    )
    for row in rows:
        store.log_epoch(job.run_id, int(row["epoch"]), row)
    return True


def drop(job: jobs.Job) -> None:
    """Remove what the longer training left for a job that has taken it."""
    shutil.rmtree(_place(job.follows, job), ignore_errors=True)


def release(job: jobs.Job) -> None:
    """Let a job train by itself, and those that waited with it follow it if they are shorter."""
    every = followers(job.follows)
    longest = max(every, key=lambda one: (jobs.recipe_of(one).epochs, one.run_id))
    for one in every:
        leader = "" if one.run_id == longest.run_id else longest.run_id
        jobs.change(one.run_id, partial(_led, leader=leader))


def _led(job: jobs.Job, leader: str) -> jobs.Job:
    return replace(job, follows=leader)


def _place(leader: str, job: jobs.Job) -> Path:
    return jobs.folder_of(leader) / PASSED / str(jobs.recipe_of(job).epochs)
