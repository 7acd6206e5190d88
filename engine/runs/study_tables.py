"""What became of a study's cells, as tables: per run, mean and spread, heat, curves, pairs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.learning import rules
from engine.runs import jobs, store
from engine.runs.groups import Cell, Study
from engine.runs.run import STATUSES, Run
from engine.words.errors import CxrError
from engine.words.recipe import Recipe

MISSING = "missing"  # no run was queued for it, or the run was deleted: resuming queues one
MEASURES = {"auc": True, "accuracy": True, "loss": False}  # whether more is better
PARTS = ("validation", "test")
SPLITS = {
    True: "All seeds have the same training, validation and test images.",
    False: "Each seed draws its own validation images (and test images, where the data has none of "
    "its own), so the spread is of the training and of the split together.",
}
FOLD = "split.fold"  # an axis that repeats a training rather than changes it


@dataclass(frozen=True)
class Standing:
    """Where one cell of a study stands."""

    cell: Cell
    recipe: Recipe
    status: str  # a run's, or MISSING
    run: Run | None  # None where it is missing
    reason: str = ""
    follows: str = ""  # the longer run whose weights on the way it waits for

    @property
    def fold(self) -> int:
        """The fold that judges it; 0 where there are none."""
        return self.recipe.split.fold


def standing(study: Study, runs: Iterable[Run] | None = None) -> tuple[Standing, ...]:
    """Return where each cell stands, in the study's order.

    `runs` are all runs, where they are at hand. Where a cell's own run did not finish, a finished
    one of the same recipe stands for it.
    """
    every = list(store.list_runs() if runs is None else runs)
    by_id = {run.id: run for run in every}
    done = {run.recipe.hash: run for run in reversed(every) if run.status == "finished"}
    return tuple(_stands(study, cell, by_id, done) for cell in study.cells)


def counts(standings: Sequence[Standing]) -> dict[str, int]:
    """Count cells by status, MISSING among them; those that do not occur are left out."""
    found = [one.status for one in standings]
    return {name: found.count(name) for name in (*STATUSES, MISSING) if name in found}


def figures(study: Study, standings: Sequence[Standing]) -> pd.DataFrame:
    """One row a cell: its settings, fold, seed, status, run, reason, seconds and its metrics.

    Metrics are columns such as validation_auc and test_accuracy, NaN where it is not finished.
    """
    names = [f"{part}_{measure}" for part in PARTS for measure in MEASURES]
    rows = [
        {
            **{path: one.cell.values[path] for path in _changed(study)},
            "fold": one.fold,
            "seed": one.cell.seed,
            "status": one.status,
            "run": one.run.id if one.run else "",
            "reason": one.reason,
            "seconds": one.run.seconds if one.run else 0.0,
            **dict.fromkeys(names, float("nan")),
            **(one.run.metrics if one.run and one.status == "finished" else {}),
        }
        for one in standings
    ]
    return pd.DataFrame(rows)


def summary(study: Study, standings: Sequence[Standing], measure: str = "auc") -> pd.DataFrame:
    """One row for each combination of settings: mean and spread over its seeds and folds.

    Columns: the settings; runs and finished (counts); validation, validation_sd, test, test_sd
    (sample standard deviations, NaN for one run); chosen (the best one on validation). Folds have
    a single row.
    """
    _check(measure)
    table, keys = figures(study, standings), list(_changed(study))
    rows = []
    groups = table.groupby(keys, sort=False) if keys else [((), table)]
    for values, part in groups:
        done = part[part["status"] == "finished"]
        row = dict(zip(keys, values, strict=True)) | {"runs": len(part), "finished": len(done)}
        for name in PARTS:
            found = done[f"{name}_{measure}"]
            row |= {name: found.mean(), f"{name}_sd": found.std(ddof=1)}
        rows.append(row)
    made = pd.DataFrame(rows)
    made["chosen"] = made.index == _best(made, measure)
    return made


def heat(
    study: Study, summed: pd.DataFrame, of: str = "validation", across: str = ""
) -> pd.DataFrame:
    """A summary's column `of` as a heat table: one setting across, the others joined downwards.

    `across` is a setting of the study, the last one where none is given. NaN where nothing is
    finished. Raises CxrError where the study goes over no such setting.
    """
    paths = list(_changed(study))
    across = across or (paths[-1] if paths else "")
    if across not in paths:
        known = ", ".join(paths) or "none"
        raise CxrError(f"'{study.name}' does not go over '{across}'. It goes over: {known}.")
    rest = [path for path in paths if path != across]
    labels = [", ".join(str(row[path]) for path in rest) for _, row in summed.iterrows()]
    rows = list(dict.fromkeys(labels))
    table = summed.assign(_row=labels).pivot(index="_row", columns=across, values=of)
    table = table.reindex(index=rows, columns=list(study.axes[across]))
    return table.rename_axis(index=", ".join(rest) or None, columns=across)


def chosen(summed: pd.DataFrame, study: Study, measure: str = "auc") -> str:
    """Say in words which cell is the best on validation, and what it reaches on the test.

    Of a single combination, such as folds, say its mean and spread. Of the test nothing is said
    where `summed` has no column of it.
    """
    here = summed[summed["chosen"]]
    if here.empty:
        return "No cell is finished yet, so none is chosen."
    row = here.iloc[0]
    paths = list(_changed(study))
    name = ", ".join(f"{path}={row[path]}" for path in paths)
    if len(summed) == 1:
        over = f"{int(row['finished'])} of {int(row['runs'])} runs"
        test = f" and {_spread(row, 'test')} on the test images" if "test" in row else ""
        return (
            f"Over {over}, {measure} is {_spread(row, 'validation')} on validation{test} "
            "(mean ± standard deviation)."
        )
    so_far = "" if bool((summed["finished"] == summed["runs"]).all()) else " so far"
    best = f"Best on validation{so_far}: {name}, {measure} {_spread(row, 'validation')}"
    if "test" not in row:
        return f"{best}."
    return (
        f"{best}; on the test images it has {_spread(row, 'test')}. The test images chose nothing."
    )


def one_split(study: Study) -> bool:
    """Whether all seeds have the same images in each part, as far as the recipe decides it."""
    return len(study.seeds) < 2 or study.recipes[0].split.seed is not None


def curves(study: Study, standings: Sequence[Standing]) -> pd.DataFrame:
    """All epochs of all cells that have some: label, fold, seed, run, then the history's columns.

    `label` names the settings without fold and seed, so that cells of one label are repeats.
    """
    found = []
    for one in standings:
        history = store.history(one.run.id) if one.run else pd.DataFrame()
        if not history.empty:
            name, run_id = _label(study, one), one.run.id if one.run else ""
            found.append(history.assign(label=name, fold=one.fold, seed=one.cell.seed, run=run_id))
    if not found:
        return pd.DataFrame(columns=["label", "fold", "seed", "run", "epoch"])
    table = pd.concat(found, ignore_index=True)
    first = ["label", "fold", "seed", "run"]
    return table[[*first, *(name for name in table if name not in first)]]


def bands(drawn: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Mean and spread of curves: label, epoch, mean, sd (sample, NaN for one), runs."""
    groups = drawn.groupby(["label", "epoch"], sort=False)[measure]
    table = groups.agg(mean="mean", sd="std", runs="count").reset_index()
    return table[table["runs"] > 0].reset_index(drop=True)


def paired(first: pd.DataFrame, second: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Put two tables of `figures` side by side by fold and seed: fold, seed, first, second, more.

    `measure` is a column such as test_auc; `more` is second - first. Raises CxrError where no pair
    is finished on both sides, or a table has several cells of one fold and seed.
    """
    keys = ["fold", "seed"]
    sides = []
    for name, table in (("first", first), ("second", second)):
        done = table[table["status"] == "finished"]
        if done.duplicated(keys).any():
            raise CxrError("Choose one combination of settings: several have the same seed.")
        sides.append(done[[*keys, measure]].rename(columns={measure: name}))
    table = sides[0].merge(sides[1], on=keys)
    if table.empty:
        raise CxrError("The two have no fold and seed in common that is finished on both sides.")
    return table.assign(more=table["second"] - table["first"])


def _stands(
    study: Study, cell: Cell, by_id: Mapping[str, Run], done: Mapping[str, Run]
) -> Standing:
    recipe = rules.check(study.recipe(cell))
    run = by_id.get(cell.run)
    if run is None or run.status != "finished":
        run = done.get(recipe.hash, run)
    if run is None:
        return Standing(cell, recipe, MISSING, None)
    if run.status == "finished" or not jobs.exists(run.id):
        return Standing(cell, recipe, run.status, run, run.reason)
    state, job = jobs.read_state(run.id), jobs.read(run.id)
    return Standing(cell, recipe, state.status, run, state.reason or run.reason, job.follows)


def _changed(study: Study) -> tuple[str, ...]:
    """The settings that tell combinations apart: all that a study goes over but the fold."""
    return tuple(path for path in study.axes if path != FOLD)


def _label(study: Study, one: Standing) -> str:
    values = [f"{path}={one.cell.values[path]}" for path in _changed(study)]
    return ", ".join(values) or study.name


def _best(summed: pd.DataFrame, measure: str) -> int | None:
    """The row that is best on validation, of those whose runs are all finished if there are any."""
    whole = summed[summed["finished"] == summed["runs"]]
    able = (whole if len(whole) else summed)["validation"].dropna()
    if able.empty:
        return None
    place = able.to_numpy().argmax() if MEASURES[measure] else able.to_numpy().argmin()
    return int(able.index.to_numpy()[place])


def _spread(row: "pd.Series[float]", part: str) -> str:
    sd = row[f"{part}_sd"]
    return f"{row[part]:.4f}" + ("" if pd.isna(sd) else f" ± {sd:.4f}")


def _check(measure: str) -> None:
    if measure not in MEASURES:
        raise CxrError(f"A cell is measured by {', '.join(MEASURES)}; got '{measure}'.")
