"""The command line's `study`: folds and sweeps as groups of trainings."""

import argparse
import getpass
import time
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from engine.cli import Answer, tell
from engine.cli_data import open_data, progress, source_of
from engine.cli_training import with_settings
from engine.learning.presets import get_preset
from engine.runs import drafts, jobs, out_of_fold, queue, store, studies, study_tables
from engine.runs.drafts import Draft
from engine.runs.groups import Study
from engine.runs.study_tables import Standing
from engine.words.errors import CxrError

PAUSE = 0.5  # seconds between two looks


def study(args: argparse.Namespace) -> Answer:
    """Start a study of folds or a sweep, list all, show one, pause, resume, cancel or delete it."""
    _check(args)
    return ACTIONS[args.action](args)


def _start(args: argparse.Namespace) -> Answer:
    preset = get_preset(args.what)
    catalogue = open_data(args.data)
    base = with_settings(preset.recipe(catalogue.hash), args.set)
    draft = _folds(args, base) if args.action == "folds" else _sweep(args, base)
    drafts.check_data(draft, catalogue, progress())
    made = studies.start(draft, source_of(catalogue), getpass.getuser(), progress())
    tell(f"Study {made.id}: {made.name}, {len(made.cells)} trainings")
    return _go_on(made, args)


def _folds(args: argparse.Namespace, base: Any) -> Draft:
    if args.over:
        raise CxrError("Folds have no --over: it belongs to `study sweep`.")
    return drafts.folds(base, args.k, args.by, args.seeds, args.name)


def _sweep(args: argparse.Namespace, base: Any) -> Draft:
    over = [drafts.values(text) for text in args.over]
    if len({path for path, _ in over}) < len(over):
        raise CxrError("--over names a setting twice. Give all its values at once: epochs=10,20.")
    return drafts.sweep(base, dict(over), args.seeds, args.name)


def _resume(args: argparse.Namespace) -> Answer:
    return _go_on(studies.resume(studies.find(args.what).id, progress()), args)


def _pause(args: argparse.Namespace) -> Answer:
    return _show_one(studies.pause(studies.find(args.what).id), args.measure)


def _cancel(args: argparse.Namespace) -> Answer:
    return _show_one(studies.cancel(studies.find(args.what).id), args.measure)


def _delete(args: argparse.Namespace) -> Answer:
    found = studies.find(args.what)
    studies.delete(found.id)
    return Answer({"id": found.id, "deleted": True}, f"{found.name} is forgotten; its runs stay.")


def _show(args: argparse.Namespace) -> Answer:
    return _show_one(studies.find(args.what), args.measure)


def _list(args: argparse.Namespace) -> Answer:
    runs = store.list_runs()
    rows, lines = [], []
    for one in studies.list_studies():
        counts = study_tables.counts(study_tables.standing(one, runs))
        rows.append(
            {"id": one.id, "name": one.name, "kind": one.kind, "state": one.state}
            | {"cells": len(one.cells), "counts": counts}
            | {"owner": one.owner, "source": one.source, "created": one.created}
        )
        lines.append(f"{one.id:<14}{one.state:<11}{_counted(counts):<36}{one.name}")
    return Answer(rows, "\n".join(lines) or "There is no study yet.")


ACTIONS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "folds": _start,
    "sweep": _start,
    "list": _list,
    "show": _show,
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "delete": _delete,
}


def _check(args: argparse.Namespace) -> None:
    if args.action != "list" and not args.what:
        what = "a PRESET" if ACTIONS[args.action] is _start else "a STUDY"
        raise CxrError(f"`study {args.action}` needs {what} (see python -m engine study --help).")
    if ACTIONS[args.action] is _start and not args.data:
        raise CxrError(f"`study {args.action}` needs --data SOURCE.")


def _go_on(made: Study, args: argparse.Namespace) -> Answer:
    """Work on a study till all its runs have ended; Ctrl-C pauses it."""
    if not args.queue:
        try:
            _work(made)
        except KeyboardInterrupt:
            studies.pause(made.id)
            raise CxrError(
                f"Paused: nothing more of it starts; what runs goes on. `python -m engine study "
                f"resume {made.id}` goes on with it."
            ) from None
    return _show_one(studies.get(made.id), args.measure)


def _work(made: Study) -> None:
    told = ""
    while True:
        queue.dispatch()
        here = studies.get(made.id)
        mine = [cell.run for cell in here.cells if cell.run]
        going = [run for run in mine if jobs.exists(run) and not jobs.read_state(run).ended]
        running = [run for run in going if jobs.read_state(run).status == "running"]
        text = f"{len(mine) - len(going)} of {len(here.cells)} trainings are over"
        for one in map(queue.progress, running):
            text += f"; epoch {one.now.epoch} of {one.epochs}"
        if text != told:
            told = text
            tell(text)
        if not going or (here.state != "active" and not running):
            return
        time.sleep(PAUSE)


def _show_one(made: Study, measure: str) -> Answer:
    cells = study_tables.standing(made)
    summed = study_tables.summary(made, cells, measure)
    joined, counts = out_of_fold.complete(made.id), study_tables.counts(cells)
    value = {
        "id": made.id,
        "name": made.name,
        "kind": made.kind,
        "state": made.state,
        "owner": made.owner,
        "source": made.source,
        "axes": {path: list(values) for path, values in made.axes.items()},
        "seeds": list(made.seeds),
        "counts": counts,
        "measure": measure,
        "cells": _records(study_tables.figures(made, cells)),
        "summary": _records(summed),
        "out_of_fold": [{"run": run.id, "metrics": dict(run.metrics)} for run in joined],
    }
    lines = [
        f"{made.name} ({made.id}): {made.state}; {_counted(counts)}",
        *(_line(made, one, measure) for one in cells),
        "",
        f"{measure}, mean and standard deviation over seeds and folds",
        summed.to_string(index=False, float_format="{:.4f}".format, na_rep="-"),
        study_tables.chosen(summed, made, measure),
        *(f"Out of fold: {run.id} {run.name}, {_metrics(run.metrics)}" for run in joined),
    ]
    failed = any(one.status == "failed" for one in cells)
    return Answer(value, "\n".join(lines), 1 if failed else 0)


def _line(made: Study, one: Standing, measure: str) -> str:
    run = one.run.id if one.run else "-"
    found = one.run.metrics if one.run and one.status == "finished" else {}
    shown = " ".join(
        f"{part} {found[f'{part}_{measure}']:.4f}"
        for part in study_tables.PARTS
        if f"{part}_{measure}" in found
    )
    told = shown or one.reason
    return f"{run:<34}{one.status:<11}{studies.label(made, one.cell)}  {told}".rstrip()


def _metrics(found: Mapping[str, float]) -> str:
    return " ".join(f"{name}={value:.4f}" for name, value in found.items())


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "nothing"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain JSON values; what is not there is None."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]
