"""What is asked for, and what becomes of it, wherever it works (`placing`)."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from engine.learning import rules
from engine.runs import endings, following, jobs, placing, settling, store
from engine.runs.adopting import take
from engine.runs.artefacts import MODEL
from engine.runs.live import Progress, place, progress
from engine.runs.run import ENDED
from engine.words.errors import CxrError, NotFound
from engine.words.locks import locked
from engine.words.recipe import Recipe

__all__ = ["Progress", "Submitted", "cancel", "dispatch", "find", "place", "progress", "submit"]
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
    run. Raises CxrError where the recipe is no sense, or a cluster's settings are.
    """
    placing.chosen()  # a job that could never start is no job
    recipe = rules.check(recipe)
    with locked(jobs.jobs_folder() / ".submit.lock"):
        if retrain:
            recipe = _fresh_seed(recipe)
        elif found := find(recipe, foreground):
            _join(found, group)
            return found
        run = store.create_run(recipe, source, owner)
        if not (taken := not retrain and take(run)):
            jobs.create(run, foreground, group, follows)
    return Submitted(run.id, taken, "finished" if taken else "waiting")


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
    Raises CxrError where the settings of a cluster are half of what it takes.
    """
    for one in placing.PLACES:
        one.exchange()  # outside the lock: it may wait for a network, who cancels must not
    with locked(_dispatcher_lock(), wait=0) as mine:
        if mine:
            _look_after_all()
            placing.chosen().start(only)


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
    run_id, state, at = job.run_id, jobs.read_state(job.run_id), placing.of(job.run_id)
    if at and at.is_busy(job, state):
        return
    if jobs.is_discarded(run_id):
        store.remove_files(run_id)
        jobs.erase(run_id)
    elif state.ended:
        if not state.stored:
            settling.store_ending(run_id, state)
    elif jobs.cancel_requested(run_id):
        reason = endings.stopped(run_id, store.has_file(run_id, MODEL))
        settling.settle(run_id, "cancelled", reason)
    elif at:
        settling.settle(run_id, "failed", at.reason(run_id))
    elif job.follows:
        _follow(jobs.read(run_id))  # another one may have been told to lead it meanwhile


def _follow(job: jobs.Job) -> None:
    """Give a run what the longer one left for it, or let it train by itself."""
    if not job.follows or following.waits(job):
        return
    if following.take(job):
        settling.settle(job.run_id, "finished", "")
        following.drop(job)
    else:
        following.release(job)


def _dispatcher_lock() -> Path:
    return jobs.jobs_folder() / ".dispatcher.lock"
