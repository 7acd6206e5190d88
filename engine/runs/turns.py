"""Whose turn it is: owners take turns, and an owner's studies and single jobs among themselves.

A sweep of 24 jobs and a visitor's single one alternate, so the single one starts with the next
free device. Within a study, and among an owner's single jobs, the oldest goes first. When each
party was served last is kept in models/jobs/.turns.json, so a restart changes nobody's turn.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.runs import groups, jobs
from engine.runs.jobs import Job
from engine.words.files import read_json, write_json

KEPT = 200  # parties whose last turn is remembered
Party = tuple[str, str]  # owner, study; of single jobs the study is empty


def waiting() -> list[Job]:
    """Return the jobs that may start, in the order in which they will: no held one, no follower."""
    open_ = [job for job in jobs.open_jobs() if jobs.read_state(job.run_id).status == "waiting"]
    held = groups.held(open_)
    free = [job for job in open_ if not job.follows and job.run_id not in held]
    return ordered(free, last_turns())


def party(job: Job) -> Party:
    """Return who waits for a job."""
    return job.owner, "" if job.alone or not job.groups else job.groups[0]


def ordered(waiting: Sequence[Job], last: Mapping[str, float]) -> list[Job]:
    """Return jobs in the order in which they will start; `waiting` is the oldest first."""
    queues: dict[Party, list[Job]] = {}
    for job in waiting:
        queues.setdefault(party(job), []).append(job)
    served = dict(last)
    clock = max([time.time(), *served.values()])
    found = []
    while queues:
        owners = {owner: served.get(owner, 0.0) for owner, _ in queues}
        owner = min(owners, key=lambda name: (owners[name], _oldest(queues, name)))
        mine = [one for one in queues if one[0] == owner]
        turn = min(mine, key=lambda one: (served.get(_key(one), 0.0), queues[one][0].created))
        found.append(queues[turn].pop(0))
        clock += 1
        served[owner] = served[_key(turn)] = clock
        if not queues[turn]:
            del queues[turn]
    return found


def last_turns() -> dict[str, float]:
    """Return when owners and parties were served last (seconds since 1970)."""
    try:
        return {str(name): float(when) for name, when in read_json(_file()).items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}  # it is only a memory of turns


def note(job: Job) -> None:
    """Remember that a job's owner and party had their turn."""
    turns = last_turns() | dict.fromkeys((job.owner, _key(party(job))), time.time())
    newest = sorted(turns, key=lambda name: turns[name])[-KEPT:]
    write_json(_file(), {name: turns[name] for name in newest})


def _oldest(queues: Mapping[Party, Sequence[Job]], owner: str) -> float:
    return min(queue[0].created for one, queue in queues.items() if one[0] == owner)


def _key(one: Party) -> str:
    return "\n".join(one)


def _file() -> Path:
    return jobs.jobs_folder() / ".turns.json"
