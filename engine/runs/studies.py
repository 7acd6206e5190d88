"""Studies: folds and sweeps as groups of queued runs that can be paused, resumed and stopped."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from engine.learning import prefixes, rules
from engine.runs import groups, jobs, out_of_fold, placing, queue
from engine.runs.drafts import Draft
from engine.runs.groups import Cell, Study
from engine.words.errors import CxrError, NotFound
from engine.words.recipe import Recipe

Tell = Callable[[int, int, str], object]  # done, total, what


def start(draft: Draft, source: str, owner: str, progress: Tell | None = None) -> Study:
    """Queue what a draft needs and keep it as a study; what is finished or queued is found.

    The study is on disk before its first run is queued, so that an interrupted start can be
    resumed. Raises CxrError where the settings of a cluster are half of what it takes.
    """
    placing.chosen()
    study = Study(
        id=groups.new_id(),
        name=draft.name,
        kind=draft.kind,
        created=groups.now(),
        owner=owner,
        source=source,
        base=draft.base.to_json(),
        axes=draft.axes,
        seeds=draft.seeds,
        cells=draft.cells,
    )
    groups.write(study)
    return _fill(study, progress)


def find(text: str) -> Study:
    """Return the study that a person means: an id, its beginning (4 signs or more), or its name."""
    every = list_studies()
    found = [one for one in every if one.id == text] or [
        one for one in every if one.name == text or (len(text) >= 4 and one.id.startswith(text))
    ]
    if len(found) > 1:
        raise CxrError(f"{len(found)} studies are called '{text}'. Give the id.")
    return found[0] if found else groups.read(text)


def get(study_id: str) -> Study:
    """Return a study; raise NotFound, or CxrError where its file is damaged."""
    return groups.read(study_id)


def list_studies() -> list[Study]:
    """Return all studies that can be read, newest first."""
    found = []
    for study_id in groups.ids():
        try:
            found.append(groups.read(study_id))
        except CxrError:  # deleted this moment, or damaged: `get` says so
            continue
    return sorted(found, key=lambda study: (study.created, study.id), reverse=True)


def pause(study_id: str) -> Study:
    """Let what runs go on and start nothing more. Raises NotFound."""

    def paused(study: Study) -> Study:
        if study.state == "cancelled":
            raise CxrError(f"'{study.name}' is cancelled: nothing of it waits. Resume it instead.")
        return replace(study, state="paused")

    return groups.change(study_id, paused)


def resume(study_id: str, progress: Tell | None = None) -> Study:
    """Go on: queue the cells that have no finished, running or waiting run. Raises NotFound."""
    study = groups.change(study_id, lambda study: replace(study, state="active"))
    queue.look()  # what ran when the machine stopped is no longer at work
    return _fill(study, progress)


def cancel(study_id: str) -> Study:
    """Take what waits out of the queue and stop what runs; what is finished stays.

    A run that another study or somebody alone wants as well goes on for them.
    """
    study = groups.change(study_id, lambda study: replace(study, state="cancelled"))
    for run_id in _open(study):
        left = jobs.change(run_id, lambda job: _without(job, study_id))
        if not left.alone and not left.groups:
            queue.cancel(run_id)
    return study


def look_at_test(study_id: str) -> Study:
    """Note that test figures were seen: what is chosen from now on may be chosen by them."""
    return groups.change(
        study_id, lambda study: study if study.looked else replace(study, looked=groups.now())
    )


def delete(study_id: str) -> None:
    """Forget a study whose cells have all ended; its runs stay. Raises CxrError for others."""
    study = groups.read(study_id)
    going = _open(study)
    if going:
        raise CxrError(f"{len(going)} runs of '{study.name}' are not over. Cancel it first.")
    groups.remove(study_id)


def _without(job: jobs.Job, study_id: str) -> jobs.Job:
    return replace(job, groups=tuple(one for one in job.groups if one != study_id))


def _open(study: Study) -> list[str]:
    """Return the runs of a study that wait or run; those that follow others come first."""
    mine = [cell.run for cell in study.cells if cell.run and jobs.exists(cell.run)]
    going = [run_id for run_id in mine if not jobs.read_state(run_id).ended]
    return sorted(going, key=lambda run_id: jobs.read(run_id).follows == "")


def _fill(study: Study, progress: Tell | None = None) -> Study:
    """Give every cell a run that is finished, open or new; note each as soon as it is there."""
    recipes = [rules.check(recipe) for recipe in study.recipes]
    done = 0
    for family in _families(recipes):
        leader = ""
        for number in family:
            run_id, leads = _run(study, recipes[number], leader)
            leader = leader or leads
            if study.cells[number].run != run_id:
                groups.set_run(study.id, number, run_id)
            done += 1
            if progress:
                progress(done, len(recipes), "Queueing")
    if study.kind == "folds":
        out_of_fold.attempt(study.id)
    return groups.read(study.id)


def _run(study: Study, recipe: Recipe, leader: str) -> tuple[str, str]:
    """Return the run of a cell, and the run that shorter ones may follow, or an empty text."""
    sent = queue.submit(recipe, study.source, study.owner, group=study.id, follows=leader)
    if sent.status != "waiting":
        return sent.run_id, ""
    try:
        job = jobs.read(sent.run_id)
    except NotFound:  # deleted this moment
        return sent.run_id, ""
    return sent.run_id, "" if job.foreground or job.follows else sent.run_id


def _families(recipes: Sequence[Recipe]) -> Iterable[list[int]]:
    """Group cells of which the longer ones pass through the shorter; the longest comes first."""
    found: dict[str, list[int]] = {}
    for number, recipe in enumerate(recipes):
        found.setdefault(prefixes.family(recipe), []).append(number)
    for family in found.values():
        yield sorted(family, key=lambda number: -recipes[number].epochs)


def label(study: Study, cell: Cell) -> str:
    """Return a cell in one line, with the seed where there are several."""
    if study.kind == "seeds":
        return f"seed {cell.seed}"
    text = cell.label if study.kind == "sweep" else f"fold {cell.values['split.fold']}"
    return f"{text}, seed {cell.seed}" if len(study.seeds) > 1 else text
