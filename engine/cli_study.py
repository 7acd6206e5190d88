"""The command line's `study`: folds, seeds and sweeps as groups of trainings."""

import argparse
import getpass
import time
from collections.abc import Callable
from typing import Any

from engine.cli import Answer, tell
from engine.cli_data import open_data, progress, source_of
from engine.cli_study_shown import counted, shown
from engine.cli_training import with_settings
from engine.learning.presets import get_preset
from engine.runs import drafts, jobs, mean_of_seeds, queue, store, studies, study_tables
from engine.runs.drafts import Draft
from engine.runs.groups import Study
from engine.words.errors import CxrError

PAUSE = 0.5  # seconds between two looks
SEEDS = 3  # of a study over seeds that does not say how many


def study(args: argparse.Namespace) -> Answer:
    """Start folds, seeds or a sweep; list all, show, join, pause, resume, cancel or delete one."""
    _check(args)
    return ACTIONS[args.action](args)


def _start(args: argparse.Namespace) -> Answer:
    preset = get_preset(args.what)
    catalogue = open_data(args.data)
    base = with_settings(preset.recipe(catalogue.hash), args.set)
    draft = DRAFTS[args.action](args, base)
    drafts.check_data(draft, catalogue, progress())
    made = studies.start(draft, source_of(catalogue), getpass.getuser(), progress())
    tell(f"Study {made.id}: {made.name}, {len(made.cells)} trainings")
    return _go_on(made, args)


def _folds(args: argparse.Namespace, base: Any) -> Draft:
    if args.over:
        raise CxrError("Folds have no --over: it belongs to `study sweep`.")
    return drafts.folds(base, args.k, args.by, args.seeds or 1, args.name)


def _seeds(args: argparse.Namespace, base: Any) -> Draft:
    if args.over:
        raise CxrError("A study over seeds has no --over: it belongs to `study sweep`.")
    count = SEEDS if args.seeds is None else args.seeds
    return drafts.seeds(base, count, not args.own_splits, args.name)


def _sweep(args: argparse.Namespace, base: Any) -> Draft:
    over = [drafts.values(text) for text in args.over]
    if len({path for path, _ in over}) < len(over):
        raise CxrError("--over names a setting twice. Give all its values at once: epochs=10,20.")
    return drafts.sweep(base, dict(over), args.seeds or 1, args.name)


def _resume(args: argparse.Namespace) -> Answer:
    return _go_on(studies.resume(studies.find(args.what).id, progress()), args)


def _pause(args: argparse.Namespace) -> Answer:
    return shown(studies.pause(studies.find(args.what).id), args)


def _cancel(args: argparse.Namespace) -> Answer:
    return shown(studies.cancel(studies.find(args.what).id), args)


def _delete(args: argparse.Namespace) -> Answer:
    found = studies.find(args.what)
    studies.delete(found.id)
    return Answer({"id": found.id, "deleted": True}, f"{found.name} is forgotten; its runs stay.")


def _show(args: argparse.Namespace) -> Answer:
    return shown(studies.find(args.what), args)


def _mean(args: argparse.Namespace) -> Answer:
    """Make one run of a study's seeds; of a sweep the cell that --cell names."""
    found = studies.find(args.what)
    run = mean_of_seeds.complete(found.id, args.cell)
    members = len(run.recipe.seeds)
    value = {"run": run.id, "name": run.name, "seeds": list(run.recipe.seeds)}
    return Answer(value, f"{run.id} {run.name}: each score is the mean of {members} networks'.")


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
        lines.append(f"{one.id:<14}{one.state:<11}{counted(counts):<36}{one.name}")
    return Answer(rows, "\n".join(lines) or "There is no study yet.")


DRAFTS: dict[str, Callable[[argparse.Namespace, Any], Draft]] = {
    "folds": _folds,
    "seeds": _seeds,
    "sweep": _sweep,
}
ACTIONS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "folds": _start,
    "seeds": _start,
    "sweep": _start,
    "list": _list,
    "show": _show,
    "mean": _mean,
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
    return shown(studies.get(made.id), args)


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
