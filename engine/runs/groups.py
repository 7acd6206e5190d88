"""A study on disk: what its cells are, which runs they became, whether it is paused.

models/studies/ID.json is written atomically and changed under one lock, so that it outlives the
app and the machine, and so that a dispatcher can read whether to wait.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.runs.jobs import Job
from engine.words.errors import CxrError, NotFound
from engine.words.files import read_json, write_json
from engine.words.locks import locked
from engine.words.recipe import Recipe
from engine.words.settings import settings

KINDS = {
    "folds": "The same training on k folds: each image is judged once, by the network that has "
    "not seen it.",
    "seeds": "The same training under several seeds: what luck is worth, and their mean.",
    "sweep": "Every combination of some settings, with one or more seeds.",
}
STATES = {
    "active": "Its trainings wait, run or are done.",
    "paused": "What runs goes on; what waits is not started.",
    "cancelled": "What waited was taken out of the queue, what ran was stopped.",
}


@dataclass(frozen=True)
class Cell:
    """One training of a study: the settings that are its own, and the run that it became."""

    values: Mapping[str, str]  # a path as in Recipe.with_setting -> the value as text
    seed: int
    run: str = ""  # a run's id; empty where none was queued (yet)

    @property
    def label(self) -> str:
        """Its settings in one line, without the seed."""
        return ", ".join(f"{path}={value}" for path, value in self.values.items())


@dataclass(frozen=True)
class Study:
    """A group of runs that answer one question together."""

    id: str
    name: str
    kind: str  # a key of KINDS
    created: str  # ISO, with time zone
    owner: str
    source: str
    base: Mapping[str, Any]  # the recipe that the cells change, as JSON
    axes: Mapping[str, tuple[str, ...]]  # a path -> its values; of folds: split.fold
    seeds: tuple[int, ...]
    cells: tuple[Cell, ...]
    state: str = "active"  # a key of STATES
    # A seed -> its out-of-fold run; a combination's label -> the mean of its seeds.
    joined: Mapping[str, str] = field(default_factory=dict)
    looked: str = ""  # when somebody first saw its test figures before choosing (ISO)

    def recipe(self, cell: Cell) -> Recipe:
        """Return what a cell trains."""
        return recipe_of(Recipe.from_json(self.base), cell.values, cell.seed)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """What the cells train, in their order."""
        return tuple(map(self.recipe, self.cells))


def recipe_of(base: Recipe, values: Mapping[str, str], seed: int) -> Recipe:
    """Return a recipe with a cell's settings; raise CxrError where one is no sense.

    A choice comes before the settings of a choice, which it would put back to their defaults.
    """
    recipe = base.with_seed(seed)
    for path in sorted(values, key=lambda path: path.count(".")):
        recipe = recipe.with_setting(path, values[path])
    return recipe


def new_id() -> str:
    """Return a study's id that no other has."""
    return uuid.uuid4().hex[:12]


def now() -> str:
    """Return the time as studies note it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read(study_id: str) -> Study:
    """Read a study; raise NotFound, or CxrError where its file is damaged."""
    path = _path(study_id)
    try:
        value = read_json(path)
        cells = tuple(Cell(**cell) for cell in value.pop("cells"))
        axes = {path: tuple(values) for path, values in value.pop("axes").items()}
        seeds = tuple(value.pop("seeds"))
        return Study(**value, axes=axes, seeds=seeds, cells=cells)
    except FileNotFoundError:
        raise NotFound(
            f"There is no study '{study_id}' (any more). `python -m engine study list` lists them."
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CxrError(
            f"{path} cannot be read ({error}). Remove it; the runs of the study stay."
        ) from error


def write(study: Study) -> None:
    """Write a new study."""
    with _lock():
        write_json(_path(study.id), asdict(study))


def change(study_id: str, new: Callable[[Study], Study]) -> Study:
    """Change a study under the lock; return what it is now. Raises NotFound."""
    with _lock():
        study = new(read(study_id))
        write_json(_path(study_id), asdict(study))
    return study


def set_run(study_id: str, number: int, run_id: str) -> None:
    """Note which run a cell became."""

    def noted(study: Study) -> Study:
        cells = list(study.cells)
        cells[number] = replace(cells[number], run=run_id)
        return replace(study, cells=tuple(cells))

    change(study_id, noted)


def ids() -> list[str]:
    """Return the ids of all studies."""
    return [path.stem for path in folder().glob("*.json") if not path.name.startswith(".")]


def remove(study_id: str) -> None:
    """Remove a study's file; its runs stay."""
    with _lock():
        _path(study_id).unlink(missing_ok=True)


def is_active(study_id: str) -> bool:
    """Whether what waits of a study may start; so may what a deleted one has left."""
    try:
        return read(study_id).state == "active"
    except NotFound:
        return True
    except CxrError:  # damaged: nobody could resume it
        return True


def is_held(job: Job, active: Callable[[str], bool] = is_active) -> bool:
    """Whether a waiting job must not start: all that want it are paused studies."""
    return not job.alone and bool(job.groups) and not any(map(active, job.groups))


def held(jobs: Collection[Job]) -> set[str]:
    """Return the ids of the runs that must not start; each study is read once."""
    known: dict[str, bool] = {}

    def active(study_id: str) -> bool:
        if study_id not in known:
            known[study_id] = is_active(study_id)
        return known[study_id]

    return {job.run_id for job in jobs if is_held(job, active)}


def folder() -> Path:
    """Where studies' files lie."""
    return settings().models.resolve() / "studies"


def lock_of(study_id: str) -> Path:
    """The lock of whoever makes something of a whole study."""
    return folder() / f".{study_id}.lock"


def _lock() -> Any:
    return locked(folder() / ".lock")


def _path(study_id: str) -> Path:
    if not study_id.isalnum():  # an id cannot leave the folder
        raise NotFound(f"'{study_id}' is no study's id.")
    return folder() / f"{study_id}.json"
