"""Who goes next: one job per GPU, or one at a time on the CPU; whoever waits takes turns."""

import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path

from engine.learning import rules
from engine.runs import devices, endings, following, jobs, local, out_of_fold, store, turns
from engine.runs.artefacts import HISTORY, LOG, MODEL, RECIPE
from engine.runs.live import Progress, place, progress
from engine.runs.run import ENDED
from engine.words.errors import CxrError, NotFound
from engine.words.files import write_atomic, write_json
from engine.words.locks import locked
from engine.words.recipe import Recipe

__all__ = ["Progress", "Submitted", "cancel", "dispatch", "find", "place", "progress", "submit"]
PATIENCE = 3.5  # seconds from asking a worker to stop to killing it: stopped within 5
LEAVING = 20.0  # seconds that a worker may take to leave after its work is over
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submitted:
    """The run that answers a request."""

    run_id: str
    cached: bool  # it was there already: finished, or asked for by someone else
    status: str = "waiting"


def submit(
    recipe: Recipe,
    source: str,
    owner: str,
    retrain: bool = False,
    foreground: bool = False,
    group: str = "",
    follows: str = "",
) -> Submitted:
    """Queue a training, or find the run that this recipe already has.

    `retrain` takes the next seed that no run has. A study (`group`) may have it `follow` a longer
    run. Raises CxrError where the recipe is no sense.
    """
    recipe = rules.check(recipe)
    with locked(jobs.jobs_folder() / ".submit.lock"):
        if retrain:
            recipe = _fresh_seed(recipe)
        elif found := find(recipe, foreground):
            _join(found, group)
            return found
        run = store.create_run(recipe, source, owner)
        jobs.create(run, foreground, group, follows)
    return Submitted(run.id, cached=False)


def find(recipe: Recipe, only_finished: bool = False) -> Submitted | None:
    """Return the finished or open run of a checked recipe, or None."""
    finished = store.find_finished(recipe.hash)
    if finished:
        return Submitted(finished.id, cached=True, status="finished")
    for job in () if only_finished else jobs.open_jobs():
        state = jobs.read_state(job.run_id)
        wanted = not state.ended and not jobs.cancel_requested(job.run_id)
        if wanted and not job.foreground and jobs.recipe_of(job).hash == recipe.hash:
            return Submitted(job.run_id, cached=True, status=state.status)
    return None


def cancel(run_id: str) -> None:
    """Stop a run: a waiting one at once, one at work within 5 seconds; an ended one stays."""
    if not jobs.exists(run_id):
        if not store.get_run(run_id).ended:
            raise NotFound(f"The run '{run_id}' runs on another machine; stop it there.")
        return
    if not jobs.read_state(run_id).ended:
        jobs.request_cancel(run_id)
        with locked(_dispatcher_lock(), wait=0) as mine:
            if mine:  # else a dispatcher is at work and sees the flag next time
                _look_after(jobs.read(run_id))


def dispatch(only: str = "") -> None:
    """Look after all jobs and start those that can start; call it every second.

    One process at a time does it, the others return at once. With `only`, no other job is started.
    """
    with locked(_dispatcher_lock(), wait=0) as mine:
        if mine:
            _look_after_all()
            _start_waiting(only)
            local.reap()


def look() -> None:
    """Notice which jobs have ended, as `dispatch` does, and start none."""
    with locked(_dispatcher_lock()):
        _look_after_all()


def _look_after_all() -> None:
    for job in jobs.open_jobs():
        try:
            _look_after(job)
        except (CxrError, OSError) as error:  # one broken job must not hold up the rest
            _log.warning("The job %s could not be looked after: %s", job.run_id, error)


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
    if ended.status == "finished" and jobs.exists(run_id):
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


def _join(found: Submitted, group: str) -> None:
    """Note who wants an open run as well: another study, or somebody who asked for it alone."""
    if found.status in ENDED:
        return
    jobs.change(
        found.run_id,
        lambda job: (
            replace(job, groups=tuple(dict.fromkeys((*job.groups, group))))
            if group
            else replace(job, alone=True)
        ),
    )


def _fresh_seed(recipe: Recipe) -> Recipe:
    taken = {run.recipe.hash for run in store.list_runs()}
    seed = recipe.seed + 1
    while recipe.with_seed(seed).hash in taken:
        seed += 1
    return recipe.with_seed(seed)


def _look_after(job: jobs.Job) -> None:
    """Bring one job to its next state."""
    run_id, state = job.run_id, jobs.read_state(job.run_id)
    process = jobs.read_process(run_id)
    alive = process is not None and process.alive
    if process and alive:
        alive = not _overdue(job, state)
        if not alive:
            local.kill(process)
    if alive:
        return
    if jobs.is_discarded(run_id):
        store.remove_files(run_id)
        jobs.erase(run_id)
    elif state.ended:
        if not state.stored:
            store_ending(run_id, state)
    elif jobs.cancel_requested(run_id):
        settle(run_id, "cancelled", endings.stopped(run_id, store.has_file(run_id, MODEL)))
    elif process:
        settle(run_id, "failed", endings.killed(run_id, process))
    elif job.follows:
        _follow(jobs.read(run_id))  # another one may have been told to lead it meanwhile


def _follow(job: jobs.Job) -> None:
    """Give a run what the longer one left for it, or let it train by itself."""
    if not job.follows or following.waits(job):
        return
    if following.take(job):
        settle(job.run_id, "finished", "")
        following.drop(job)
    else:
        following.release(job)


def _overdue(job: jobs.Job, state: jobs.State) -> bool:
    """Whether a worker had its time to stop, or to leave after its end."""
    if state.ended:
        changed = (jobs.folder_of(job.run_id) / "state.json").stat().st_mtime
        return not job.foreground and time.time() - changed > LEAVING
    return endings.age(jobs.cancel_requested(job.run_id)) > PATIENCE


def _start_waiting(only: str) -> None:
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
        local.launch(job, device)
    except OSError as error:
        settle(job.run_id, "failed", f"The worker could not be started: {error}.")


def _dispatcher_lock() -> Path:
    return jobs.jobs_folder() / ".dispatcher.lock"
