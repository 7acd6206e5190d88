"""The command line's `results` and `ship`: the reports' figures beside ours, and the showcase."""

import argparse
import shutil
from collections.abc import Mapping
from functools import partial
from typing import Any

from engine import cli_beyond
from engine.cli import Answer
from engine.cli_tables import HEADER, PUBLISHED, line, published_line
from engine.judging.figures import Judgement
from engine.judging.reproduction import reproduce
from engine.judging.sentences import ruled
from engine.learning.presets import PRESETS
from engine.learning.reported import Experiment, table
from engine.learning.rules import check
from engine.runs import artefacts, over_seeds, reproduced, store
from engine.runs.reproduced import Match
from engine.runs.run import Run
from engine.words.errors import CxrError
from engine.words.files import write_atomic, write_json
from engine.words.recipe import Recipe
from engine.words.settings import settings

SHIPPED = (
    artefacts.RECIPE,
    artefacts.HISTORY,
    artefacts.META,
    artefacts.PREDICTIONS,
    artefacts.MODEL,
)
SCORES_ALONE = "Its scores ship without it: choose another run to ask, or train this one."


def results(args: argparse.Namespace) -> Answer:
    """Put each experiment's reported figures beside those of our run of it, as Markdown."""
    if args.published:
        return _published()
    runs = store.list_runs()
    if args.beyond:
        return cli_beyond.beyond(runs)
    if args.own:
        return _own(
            [run for run in reversed(runs) if run.status == "finished" and not run.showcase]
        )
    experiments = table().experiments
    presets = [PRESETS[name] for name in experiments]
    found = reproduced.best_matches(presets, runs, reproduced.synthetic_sources())
    home = {run.recipe.data for run in runs if run.showcase}
    rows = []
    for name, experiment in experiments.items():
        match = found.get(name)
        told = None
        if match and (match.run.recipe.data in home or not match.synthetic):
            told = ours(match.run)
            told["split"] += _elsewhere(match, home)
        rows.append({"preset": name, "reported": reported(experiment), "ours": told})
    lines = [text for row in rows for text in _lines(row)]
    for group in over_seeds.groups(runs):
        rows.append(cli_beyond.of_seeds(group, ours))
        lines += cli_beyond.seed_lines(rows[-1], own_lines)
    return Answer(rows, "\n".join([HEADER, *lines]))


def _elsewhere(match: Match, home: set[str]) -> str:
    """Name the seed and the images of a run where they are not those of all the others."""
    seed = "" if match.same_seed else f", seed {match.run.recipe.seed}"
    return seed + ("" if match.run.recipe.data in home else f", of {match.run.source}")


def _published() -> Answer:
    """List what others published on these images, each with its source."""
    rows = [vars(entry) for entry in table().published]
    return Answer(rows, "\n".join([PUBLISHED, *map(published_line, table().published)]))


def _own(runs: list[Run]) -> Answer:
    """List the figures of one's own runs, the oldest first, each with what its preset has not."""
    rows = [
        {"preset": run.preset, "changed": changed(run.recipe), "ours": ours(run)} for run in runs
    ]
    lines = [line for row in rows for line in _own_lines(row)]
    return Answer(rows, "\n".join([HEADER, *lines]))


def changed(recipe: Recipe) -> dict[str, Any]:
    """Return the settings of a recipe that its preset has not; of an option what differs in it."""
    if recipe.preset not in PRESETS:
        return {}
    usual = check(PRESETS[recipe.preset].recipe(recipe.data)).to_json()
    return {
        key: _difference(value, usual[key])
        for key, value in recipe.to_json().items()
        if value != usual[key]
    }


def _difference(value: Any, usual: Any) -> Any:
    if not isinstance(value, dict) or value.get("name") != usual.get("name"):
        return value
    return {key: one for key, one in value.items() if key == "name" or one != usual.get(key)}


def ship(args: argparse.Namespace) -> Answer:
    """Copy a finished run into the showcase folder, named by its preset; a mean as NAME-mean."""
    run = store.resolve_run(args.run)
    if run.status != "finished" or run.showcase:
        raise CxrError(f"Only a finished run of your own can be shipped; {run.name} is none.")
    kept = [name for name in SHIPPED if name != artefacts.MODEL or not args.without_network]
    target = settings().showcase / f"{run.preset}{'-mean' if run.recipe.seeds else ''}"
    if target.exists():
        raise CxrError(f"{target} is there already. Remove it first, or set CXR_SHOWCASE_DIR.")
    found = {name: store.find_file(run.id, name) for name in kept}
    for name, path in found.items():
        write_atomic(target / name, partial(shutil.copyfile, path))
    meta = {**store.meta(run.id), **({"source": args.source} if args.source else {})}
    if args.without_network:
        meta["no_network"] = (
            "Its scores ship without it: choose another run to ask, or train this one."
        )
    write_json(target / artefacts.META, meta)
    return Answer({"run": run.id, "out": str(target)}, f"{run.name} shipped to {target}")


def reported(experiment: Experiment) -> dict[str, Any]:
    """A report's figures; what its confusion matrix implies is filled in."""
    figures = experiment.as_printed()
    return {"accuracy": experiment.accuracy, **figures} if figures else {}


def ours(run: Run) -> dict[str, Any]:
    """Our run's figures on its test images: at 0.5, and at the threshold chosen on validation."""
    found = reproduce(store.predictions(run.id), run.classes, run.recipe.threshold)
    value: dict[str, Any] = {
        "run": run.id,
        "split": f"{run.recipe.split.kind} test, {found.images} images",
        "auc": found.auc,
        "at 0.5": _figures(found.half.judged),
    }
    if "test_vote_accuracy" in run.metrics:
        value["vote"] = run.metrics["test_vote_accuracy"]
    if found.own and found.own.threshold:
        value |= {"threshold": found.own.threshold.value, "at own": _figures(found.own.judged)}
        value["rule"] = ruled(found.own.threshold)
    if found.best_f1:
        value |= {"best f1": found.best_f1[0], "best f1 at": found.best_f1[1]}
    return value


def _figures(judged: Judgement) -> dict[str, Any]:
    values = {name: figure.value for name, figure in judged.figures.items()}
    return {"confusion": judged.matrix.tolist(), **values}


def _lines(row: Mapping[str, Any]) -> list[str]:
    printed, found = row["reported"], row["ours"]
    at = "threshold" in printed
    what = f"reported, F1 {printed['f1']:.3f} at {printed['threshold']:.2f}" if at else "reported"
    lines = [line(row["preset"], what, printed.get("split", "no figure"), printed)]
    if found is None:
        return [*lines, line("", "ours", "no run here", {})]
    lines += own_lines("", found)
    if at and "best f1" in found:
        best = f"ours, best F1 {found['best f1']:.3f} at {found['best f1 at']:.2f} (on the test)"
        lines.append(line("", best, found["split"], {}))
    return lines


def _own_lines(row: Mapping[str, Any]) -> list[str]:
    told = [f"{key} {_short(value)}" for key, value in row["changed"].items()]
    return own_lines(", ".join([row["preset"], *told]), row["ours"])


def own_lines(name: str, found: Mapping[str, Any], who: str = "ours") -> list[str]:
    """Return the lines of our figures: at 0.5, by vote, and at the threshold of validation."""
    first = f"{who}, at 0.5" if "at own" in found else who
    lines = [line(name, first, found["split"], found["at 0.5"] | {"auc": found["auc"]})]
    if "at own" in found:
        own = f"{who}, at {found['threshold']:.2f} ({found['rule']})"
        lines.append(line("", own, found["split"], found["at own"] | {"auc": found["auc"]}))
    if "vote" in found:
        lines.append(line("", f"{who}, by majority", found["split"], {"accuracy": found["vote"]}))
    return lines


def _short(value: Any) -> str:
    """A choice by its name and the settings that it has, anything else as it is."""
    if not isinstance(value, dict):
        return str(value)
    rest = [f"{key}={entry}" for key, entry in value.items() if key not in ("name", "kind")]
    name = value.get("name", value.get("kind"))
    return f"{name} ({', '.join(rest)})" if rest else str(name)
