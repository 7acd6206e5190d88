"""The networks of one recipe under several seeds as one run: each score is the members' mean."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from engine.learning import rules
from engine.runs import artefacts, groups, store
from engine.runs.groups import Cell, Study
from engine.runs.run import Run, together
from engine.words.errors import CxrError, NotFound
from engine.words.files import write_atomic, write_json
from engine.words.locks import locked

LEAST = 2  # networks that have a mean worth the name
SAME = ("image_id", "split", "label")  # columns in which the members' tables must agree


def complete(study_id: str, label: str = "") -> Run:
    """Return the mean of a study's finished seeds, found or made; `label` names a sweep's cell.

    Loads the members' networks where it is made, which takes some seconds. Raises NotFound, or
    CxrError where fewer than two are finished or their splits differ.
    """
    with locked(groups.lock_of(study_id)):
        study = groups.read(study_id)
        members = finished(study, label)
        if len(members) < LEAST:
            raise CxrError(
                f"The mean needs {LEAST} finished seeds or more; '{study.name}' has "
                f"{len(members)}. Wait for the others, or resume the study."
            )
        return _of(study, label, members)


def finished(study: Study, label: str = "") -> list[Run]:
    """Return the finished runs of one combination of settings, in the order of their seeds.

    Raises CxrError where the study has no such combination, or goes over folds.
    """
    if study.kind == "folds":
        raise CxrError("Folds are joined by themselves into an out-of-fold run, not into a mean.")
    cells = sorted(of_label(study, label), key=lambda cell: cell.seed)
    if not cells:
        known = "; ".join(dict.fromkeys(cell.label for cell in study.cells))
        raise CxrError(f"'{study.name}' has no combination '{label}'. It has: {known}.")
    recipes = [rules.check(study.recipe(cell)) for cell in cells]
    found = [store.find_finished(recipe.hash) for recipe in recipes]
    return [run for run in found if run is not None]


def of_label(study: Study, label: str) -> list[Cell]:
    """Return the cells of one combination of settings."""
    return [cell for cell in study.cells if cell.label == label]


def join(tables: Sequence[pd.DataFrame], members: Sequence[Run]) -> pd.DataFrame:
    """Return the members' mean scores, and each member's own in columns `seed_SEED_CLASS`.

    Raises CxrError where the members were not judged, validated and taught by the same images.
    """
    first, classes = tables[0].sort_values("file", ignore_index=True), members[0].classes
    ordered = [first]
    for table, run in zip(tables[1:], members[1:], strict=True):
        ordered.append(table.sort_values("file", ignore_index=True))
        _check_same(first, ordered[-1], members[0], run)
    kept = [name for name in first if not str(name).startswith(("score_", "votes_"))]
    joined = first[kept].copy()
    for name in classes:
        own = pd.concat([table[f"score_{name}"] for table in ordered], axis=1)
        joined[f"score_{name}"] = own.mean(axis=1).astype("float32")
    for table, run in zip(ordered, members, strict=True):
        for name in classes:
            joined[column(run.recipe.seed, name)] = table[f"score_{name}"].to_numpy()
    return joined


def column(seed: int, name: str) -> str:
    """Return the column of one member's scores for a class."""
    return f"seed_{seed}_{name}"


def alone(table: pd.DataFrame, seed: int, classes: Sequence[str]) -> pd.DataFrame:
    """Return the predictions of one member, out of those of the mean."""
    own = {f"score_{name}": table[column(seed, name)] for name in classes}
    return table.assign(**own)


def _check_same(first: pd.DataFrame, other: pd.DataFrame, one: Run, run: Run) -> None:
    if list(first["file"]) == list(other["file"]) and all(
        first[name].equals(other[name]) for name in SAME
    ):
        return
    seeds = f"{one.recipe.seed} and {run.recipe.seed}"
    raise CxrError(
        f"Seeds {seeds} have other images in training, validation or test: a mean over them would "
        "judge images that some of them learned from. Give the split a seed of its own (`--set "
        "split.seed=0`; on Studies: one split for all seeds), and start the study again."
    )


def _of(study: Study, label: str, members: Sequence[Run]) -> Run:
    """Return the mean of these members, made where it is missing."""
    seeds = tuple(run.recipe.seed for run in members)
    recipe = replace(members[0].recipe, seeds=seeds)
    run = store.find_finished(recipe.hash)
    if run is None:
        table = join([store.predictions(one.id) for one in members], members)
        run = store.create_run(recipe, study.source, study.owner)
        folder = store.folder_of(run.id)
        _write(folder, run, members, table)
        store.attach(run.id, folder)
        store.mark(run.id, "finished")
        run = store.get_run(run.id)
    _note(study, label, run.id)
    return run


def _note(study: Study, label: str, run_id: str) -> None:
    if study.joined.get(label) != run_id:
        groups.change(study.id, lambda old: replace(old, joined={**old.joined, label: run_id}))


def _write(folder: Path, run: Run, members: Sequence[Run], table: pd.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    missing = _network(folder / artefacts.MODEL, members)
    write_json(folder / artefacts.RECIPE, run.recipe.to_json())
    write_json(folder / artefacts.HISTORY, [])
    write_atomic(folder / artefacts.PREDICTIONS, lambda path: table.to_parquet(path, index=False))
    write_json(folder / artefacts.META, _meta(members, table, missing))


def _network(path: Path, members: Sequence[Run]) -> str:
    """Write one network that answers with the members' mean; say why where there is none."""
    if members[0].recipe.imbalance.name == "ensemble":
        return "Its members are ensembles themselves."
    try:
        files = [store.model_file(run.id) for run in members]
    except NotFound:
        return "The network of a member was deleted."
    from engine.learning import ensembles

    ensembles.join_files(files, path)
    return ""


def _meta(members: Sequence[Run], table: pd.DataFrame, missing: str) -> Mapping[str, Any]:
    from engine.learning.metrics import metrics

    first = members[0]
    found: dict[str, float] = {}
    for part in ("train", "validation", "test"):
        rows = table[table["split"] == part]
        if rows.empty:  # a table that was thinned to be shipped
            continue
        truth = pd.Index(first.classes).get_indexer(pd.Index(rows["label"]))
        scores = rows[[f"score_{name}" for name in first.classes]].to_numpy()
        found |= {f"{part}_{name}": value for name, value in metrics(truth, scores).items()}
    counts = table["split"].value_counts()
    return {
        "metrics": found,
        "parameters": sum(run.parameters for run in members),
        "counts": {part: int(counts.get(part, 0)) for part in ("train", "validation", "test")},
        "mean_of": [
            {
                "seed": run.recipe.seed,
                "run": run.id,
                "recipe": run.recipe.hash,
                "metrics": dict(run.metrics),
            }
            for run in members
        ],
        **({"no_network": missing} if missing else {}),
        **together(members),
    }
