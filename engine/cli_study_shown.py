"""A study as the command line tells it: every cell, mean and spread, what was joined."""

import argparse
from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.cli import Answer
from engine.runs import out_of_fold, store, studies, study_tables
from engine.runs.groups import Study
from engine.runs.run import Run
from engine.runs.study_tables import Standing

KEYS = {"folds": "out_of_fold", "seeds": "means", "sweep": "means"}
UNSEEN = (
    "No test figure is shown: whoever chooses by them has no test left. --test shows them, and the "
    "study keeps that somebody looked."
)


def shown(made: Study, args: argparse.Namespace) -> Answer:
    """Tell a study as it stands; test figures only with --test, which is noted in the study."""
    measure = args.measure
    if args.test:
        made = studies.look_at_test(made.id)
    cells = study_tables.standing(made)
    summed = study_tables.summary(made, cells, measure)
    joined, counts = _joined(made), study_tables.counts(cells)
    figures = study_tables.figures(made, cells)
    if not args.test:
        summed, figures = _without_test(summed), _without_test(figures)
    failed = any(one.status == "failed" for one in cells)
    value = {
        **_told(made),
        "counts": counts,
        "measure": measure,
        "test": bool(args.test),
        "cells": _records(figures),
        "summary": _records(summed),
        KEYS[made.kind]: [_run(run, args.test) for run in joined],
    }
    lines = [
        f"{made.name} ({made.id}): {made.state}; {counted(counts)}",
        *(_line(made, one, measure, args.test) for one in cells),
        "",
        f"{measure}, mean and standard deviation over seeds and folds",
        summed.to_string(index=False, float_format="{:.4f}".format, na_rep="-"),
        study_tables.chosen(summed, made, measure),
        *(_joined_line(made, run, args.test) for run in joined),
        *([study_tables.SPLITS[study_tables.one_split(made)]] if len(made.seeds) > 1 else []),
        *([] if args.test else [UNSEEN]),
    ]
    return Answer(value, "\n".join(lines), 1 if failed else 0)


def _told(made: Study) -> dict[str, Any]:
    return {
        "id": made.id,
        "name": made.name,
        "kind": made.kind,
        "state": made.state,
        "owner": made.owner,
        "source": made.source,
        "axes": {path: list(values) for path, values in made.axes.items()},
        "seeds": list(made.seeds),
        "one_split": study_tables.one_split(made),
    }


def _joined(made: Study) -> list[Run]:
    """Return the runs that a study's trainings became together."""
    if made.kind == "folds":
        return out_of_fold.complete(made.id)
    there = {run.id: run for run in store.list_runs()}
    return [there[one] for one in made.joined.values() if one in there]


def _run(run: Run, test: bool) -> dict[str, Any]:
    return {"run": run.id, "name": run.name, "metrics": _known(run.metrics, test)}


def _joined_line(made: Study, run: Run, test: bool) -> str:
    what = "Out of fold" if made.kind == "folds" else "The mean of its seeds"
    told = " ".join(f"{name}={value:.4f}" for name, value in _known(run.metrics, test).items())
    return f"{what}: {run.id} {run.name}{', ' if told else ''}{told}"


def _known(metrics: Mapping[str, float], test: bool) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if test or not name.startswith("test")}


def _without_test(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=[name for name in table if str(name).startswith("test")])


def _line(made: Study, one: Standing, measure: str, test: bool) -> str:
    run = one.run.id if one.run else "-"
    found = one.run.metrics if one.run and one.status == "finished" else {}
    shown = " ".join(
        f"{part} {found[f'{part}_{measure}']:.4f}"
        for part in study_tables.PARTS[: 1 + test]
        if f"{part}_{measure}" in found
    )
    told = shown or one.reason
    return f"{run:<34}{one.status:<11}{studies.label(made, one.cell)}  {told}".rstrip()


def counted(counts: Mapping[str, int]) -> str:
    """Say how many cells are in which state."""
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "nothing"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain JSON values; what is not there is None."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]
