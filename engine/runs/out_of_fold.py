"""The k networks of a study's folds as one run: each image judged by the one that never saw it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from engine.learning import rules
from engine.runs import artefacts, groups, store
from engine.runs.groups import Study
from engine.runs.run import Run, together
from engine.words.errors import CxrError, NotFound
from engine.words.files import write_atomic, write_json
from engine.words.locks import locked
from engine.words.recipe import Recipe

FOLD, MEMBER = "fold", "run"  # columns of its predictions: who judged the image
_log = logging.getLogger(__name__)


def complete(study_id: str) -> list[Run]:
    """Return a study's out-of-fold runs, one for each seed whose folds are all finished.

    What is missing is made. Sweeps have none. Raises NotFound, or CxrError where the folds do not
    judge every image once.
    """
    if groups.read(study_id).kind != "folds":
        return []
    with locked(groups.lock_of(study_id)):
        study = groups.read(study_id)
        found = [_of_seed(study, seed) for seed in study.seeds]
    return [run for run in found if run is not None]


def attempt(study_id: str) -> None:
    """Make what can be made; a study that was deleted or does not fit goes to the log."""
    try:
        complete(study_id)
    except NotFound:
        return
    except CxrError as error:
        _log.warning("The folds of the study %s could not be joined: %s", study_id, error)


def is_joined(run: Run) -> bool:
    """Whether a run is k networks, one for each fold."""
    return run.recipe.split.every_fold


def network_of(run: Run, file: str, predictions: pd.DataFrame | None = None) -> Run:
    """Return the run whose network judged an image (by its file): of an ordinary run, itself.

    `predictions` are the run's, where they are at hand. Raises NotFound where that run was deleted
    or the run has no such image.
    """
    if not is_joined(run):
        return run
    table = store.predictions(run.id) if predictions is None else predictions
    row = table[table["file"] == file]
    if row.empty:
        raise NotFound(f"{run.name} has no image '{file}'.")
    try:
        return store.get_run(str(row[MEMBER].iloc[0]))
    except NotFound:
        raise NotFound(
            f"The network of fold {row[FOLD].iloc[0]}, which judged {file}, was deleted. Its score "
            "is kept; train the fold again to ask the network."
        ) from None


def join(tables: Sequence[pd.DataFrame], members: Sequence[Run]) -> pd.DataFrame:
    """Put the test rows of k folds into one table, with who judged each: columns fold and run.

    Raises CxrError where an image was judged by none or by two of them.
    """
    parts = []
    for table, run in zip(tables, members, strict=True):
        judged = table[table["split"] == "test"].copy()
        judged[FOLD], judged[MEMBER] = run.recipe.split.fold, run.id
        parts.append(judged)
    joined = pd.concat(parts, ignore_index=True)
    every, once = set(tables[0]["file"]), joined["file"].is_unique
    if not once or set(joined["file"]) != every:
        raise CxrError(
            f"{len(members)} folds should judge each of {len(every):,} images once; they judge "
            f"{joined['file'].nunique():,} of them, {len(joined):,} times. Their data or splits "
            "differ: train the folds again."
        )
    return joined.sort_values("file", ignore_index=True)


def _of_seed(study: Study, seed: int) -> Run | None:
    """Return the out-of-fold run of one seed, made where it is missing; None where it cannot be."""
    # Runs have the hash of a recipe with every default filled in.
    cells = [rules.check(recipe) for recipe in study.recipes if recipe.seed == seed]
    whole = _whole(cells[0])
    if done := store.find_finished(whole.hash):
        _note(study, seed, done.id)
        return done
    members = [store.find_finished(recipe.hash) for recipe in cells]
    if not all(members):
        return None
    found = [run for run in members if run]
    table = join([store.predictions(run.id) for run in found], found)
    return _store(study, seed, whole, found, table)


def _whole(one: Recipe) -> Recipe:
    return replace(one, split=replace(one.split, fold=0))


def _store(
    study: Study, seed: int, recipe: Recipe, members: Sequence[Run], table: pd.DataFrame
) -> Run:
    run = _begun(study, seed) or store.create_run(recipe, study.source, study.owner)
    _note(study, seed, run.id)  # before its files: an interrupted one is gone on with
    folder = store.folder_of(run.id)
    _write(folder, recipe, members, table)
    store.attach(run.id, folder)
    store.mark(run.id, "finished")
    return store.get_run(run.id)


def _begun(study: Study, seed: int) -> Run | None:
    """Return the run that a process began to make and could not finish."""
    try:
        run = store.get_run(study.joined.get(str(seed), ""))
    except CxrError:
        return None
    return None if run.ended else run


def _note(study: Study, seed: int, run_id: str) -> None:
    if study.joined.get(str(seed)) != run_id:
        groups.change(study.id, lambda old: replace(old, joined={**old.joined, str(seed): run_id}))


def _write(folder: Path, recipe: Recipe, members: Sequence[Run], table: pd.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / artefacts.RECIPE, recipe.to_json())
    write_atomic(folder / artefacts.PREDICTIONS, lambda path: table.to_parquet(path, index=False))
    write_json(folder / artefacts.META, _meta(members, table))


def _meta(members: Sequence[Run], table: pd.DataFrame) -> Mapping[str, Any]:
    from engine.learning.metrics import metrics

    first = members[0]
    truth = pd.Index(first.classes).get_indexer(pd.Index(table["label"]))
    scores = table[[f"score_{name}" for name in first.classes]].to_numpy()
    return {
        "metrics": {f"test_{name}": value for name, value in metrics(truth, scores).items()},
        "parameters": first.parameters,
        "counts": {"train": 0, "validation": 0, "test": len(table)},
        "out_of_fold": [
            {
                "fold": run.recipe.split.fold,
                "run": run.id,
                "recipe": run.recipe.hash,
                "images": int((table[MEMBER] == run.id).sum()),
                "metrics": dict(run.metrics),
            }
            for run in members
        ],
        **together(members),
    }
