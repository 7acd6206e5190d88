"""The command line's `results` and `ship`: the reports' figures beside ours, and the showcase."""

import argparse
import shutil
from collections.abc import Mapping
from functools import partial
from typing import Any

from engine.cli import Answer
from engine.judging.curves import auc
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.thresholds import run_threshold
from engine.learning.presets import PRESETS, Preset
from engine.learning.rules import check
from engine.runs import artefacts, store
from engine.runs.run import Run
from engine.words.errors import CxrError
from engine.words.files import write_atomic
from engine.words.recipe import Recipe
from engine.words.settings import settings

SHIPPED = (
    artefacts.RECIPE,
    artefacts.HISTORY,
    artefacts.META,
    artefacts.PREDICTIONS,
    artefacts.MODEL,
)
HEADER = (
    "| preset | | split | confusion | accuracy | precision | recall | AUC |\n"
    "|---|---|---|---|---|---|---|---|"
)


def results(args: argparse.Namespace) -> Answer:
    """Put each preset's reported figures beside those of our run of it, as Markdown."""
    runs = store.list_runs()
    if args.own:
        return _own(
            [run for run in reversed(runs) if run.status == "finished" and not run.showcase]
        )
    rows = []
    for preset in PRESETS.values():
        run = _run_of(preset, runs)
        if preset.reported or (run and preset.cite):
            rows.append({"preset": preset.name, "reported": reported(preset), "ours": ours(run)})
    return Answer(rows, "\n".join([HEADER, *(line for row in rows for line in _lines(row))]))


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
    """Copy a finished run into the showcase folder, under its preset's name."""
    run = store.resolve_run(args.run)
    if run.status != "finished" or run.showcase:
        raise CxrError(f"Only a finished run of your own can be shipped; {run.name} is none.")
    target = settings().showcase / run.preset
    if target.exists():
        raise CxrError(f"{target} is there already. Remove it first, or set CXR_SHOWCASE_DIR.")
    source = store.model_file(run.id).parent
    for name in SHIPPED:
        write_atomic(target / name, partial(shutil.copyfile, source / name))
    return Answer({"run": run.id, "out": str(target)}, f"{run.name} shipped to {target}")


def reported(preset: Preset) -> dict[str, Any]:
    """A report's figures; what its confusion matrix implies is filled in."""
    figures = dict(preset.reported)
    if "confusion" in figures:
        (tn, fp), (fn, tp) = figures["confusion"]
        figures.setdefault("accuracy", (tn + tp) / (tn + fp + fn + tp))
    return figures


def ours(run: Run | None) -> dict[str, Any] | None:
    """Our run's figures on its test images: at 0.5, and at the threshold chosen on validation."""
    if run is None:
        return None
    table = store.predictions(run.id)
    scores = Scores.of(table, "test", run.classes)
    chosen = run_threshold(table, run.classes)
    value: dict[str, Any] = {
        "run": run.id,
        "split": f"{run.recipe.split.kind} test, {len(scores)} images",
    }
    value |= {"auc": auc(scores), "at 0.5": _figures(scores, 0.5)}
    if "test_vote_accuracy" in run.metrics:
        value["vote"] = run.metrics["test_vote_accuracy"]
    if scores.binary:
        value |= {"threshold": chosen.value, "at own": _figures(scores, chosen.value)}
    return value


def _run_of(preset: Preset, runs: list[Run]) -> Run | None:
    """The newest finished run with exactly the preset's settings on real images, else the shipped.

    Runs on other data than the showcase's are not compared: their test images are others.
    """
    shipped = [run for run in runs if run.showcase]
    data = {run.recipe.data for run in shipped}
    same = [
        run
        for run in runs
        if run.preset == preset.name
        and run.status == "finished"
        and run.recipe.data in data
        and run.recipe.hash == check(preset.recipe(run.recipe.data)).hash
    ]
    return same[0] if same else None


def _figures(scores: Scores, threshold: float) -> dict[str, Any]:
    judged = judge(scores, threshold)
    values = {name: figure.value for name, figure in judged.figures.items()}
    return {"confusion": judged.matrix.tolist(), **values}


def _lines(row: Mapping[str, Any]) -> list[str]:
    lines = [_line(row["preset"], "reported", row["reported"].get("split", ""), row["reported"])]
    if row["ours"] is None:
        return [*lines, _line("", "ours", "no run here", {})]
    return lines + _found("", row["ours"])


def _own_lines(row: Mapping[str, Any]) -> list[str]:
    told = [f"{key} {_short(value)}" for key, value in row["changed"].items()]
    return _found(", ".join([row["preset"], *told]), row["ours"])


def _found(name: str, found: Mapping[str, Any]) -> list[str]:
    """Return the lines of our figures: at 0.5, by vote, and at the threshold of validation."""
    first = "ours, at 0.5" if "at own" in found else "ours"
    lines = [_line(name, first, found["split"], found["at 0.5"] | {"auc": found["auc"]})]
    if "at own" in found:
        own = f"ours, at {found['threshold']:.2f} (validation's best F1)"
        lines.append(_line("", own, found["split"], found["at own"] | {"auc": found["auc"]}))
    if "vote" in found:
        lines.append(_line("", "ours, by majority", found["split"], {"accuracy": found["vote"]}))
    return lines


def _short(value: Any) -> str:
    """A choice by its name and the settings that it has, anything else as it is."""
    if not isinstance(value, dict):
        return str(value)
    rest = [f"{key}={entry}" for key, entry in value.items() if key not in ("name", "kind")]
    name = value.get("name", value.get("kind"))
    return f"{name} ({', '.join(rest)})" if rest else str(name)


def _line(preset: str, what: str, split: str, figures: Mapping[str, Any]) -> str:
    numbers = [figures.get(name) for name in ("accuracy", "precision", "recall", "auc")]
    shown = ["" if value is None else f"{value:.3f}" for value in numbers]
    confusion = str(figures.get("confusion", "")).replace(" ", "")
    return "| " + " | ".join([preset, what, split, confusion, *shown]) + " |"
