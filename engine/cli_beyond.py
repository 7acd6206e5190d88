"""The command line's figures over seeds, and our best beside what others published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.cli import Answer
from engine.cli_tables import PUBLISHED, line, published_line
from engine.judging import attempts
from engine.judging.attempts import Attempt, of_run
from engine.judging.over_seeds import FIGURES, over_seeds, said
from engine.judging.reproduction import Reproduction, reproduce
from engine.judging.sentences import by_rule
from engine.learning.preset import Preset
from engine.learning.presets import get_preset
from engine.learning.reported import table
from engine.runs import over_seeds as seeds
from engine.runs import reproduced, store
from engine.runs.run import Run
from engine.words.cutoffs import rule_of

Ours = Callable[[Run], dict[str, Any]]


def of_seeds(group: seeds.Seeds, ours: Ours) -> dict[str, Any]:
    """Return what the seeds of one training reached, and their mean where it is a run."""
    tables = seeds.predictions(group)
    rule, first = group.recipe.threshold, group.first
    found = over_seeds(tables, first.classes, rule)
    return {
        "preset": group.recipe.preset,
        "seeds": list(group.seeds),
        "rule": by_rule(*rule_of(rule)).rstrip(","),
        "split": seeds.judged_on(group),
        "source": first.source,
        "over seeds": {
            name: {"mean": row["mean"], "sd": row["deviation"], "n": int(row["runs"])}
            for name, row in found.iterrows()
        },
        "said": {str(name): said(found, str(name)) for name in found.index},
        "mean of seeds": ours(group.mean) if group.mean else None,
    }


def seed_lines(row: Mapping[str, Any], own_lines: Callable[..., list[str]]) -> list[str]:
    """Return the lines of several seeds: mean ± deviation, then the run of their mean."""
    number, text = len(row["seeds"]), row["said"]
    name = f"{row['preset']}, {number} seeds"
    half = {key: text.get(f"{key}_at_half", text.get(key, "")) for key in FIGURES}
    area = {"auc": text.get("auc", "")}
    if "threshold" not in text:  # the largest score decides
        lines = [line(name, "ours, mean ± sd", row["split"], half | area)]
    else:
        cut = f"ours at {text['threshold']} (validation's {row['rule'].removeprefix('a ')})"
        lines = [
            line(name, "ours at 0.5, mean ± sd", row["split"], half | area),
            line("", f"{cut}, mean ± sd", row["split"], {**text} | area),
        ]
    if row["mean of seeds"]:
        lines += own_lines("", row["mean of seeds"], f"the mean of {number} networks")
    return lines


def beyond(runs: Sequence[Run]) -> Answer:
    """Put our best beside what others published on the official test images."""
    here = table().beyond
    official = [entry for entry in table().published if entry.official]
    preset = get_preset(here.preset)
    group, run = seeds.of_preset(runs, preset, reproduced.synthetic_sources())
    found = list(map(asdict, _attempts(preset, group, run)))
    count = len(group.seeds) if group else int(run is not None)
    lines = [PUBLISHED, *map(published_line, official), *map(_our_line, found)]
    if not found:
        lines.append(f"| ours | {here.preset} | not trained here yet |  |  |  |  |")
    value = {
        "published": [vars(entry) for entry in official],
        "ours": found,
        "candidates": max(here.candidates, count),
        "note": here.note,
    }
    return Answer(value, "\n".join([*lines, "", here.counted(count), here.note]))


def _attempts(preset: Preset, group: seeds.Seeds | None, run: Run | None) -> list[Attempt]:
    """Return each way in which our best was judged: over seeds, and their mean, or one run."""
    if group is None:
        return of_run(f"{preset.name}, one seed", *_judged(run)) if run else []
    tables, number = seeds.predictions(group), len(group.seeds)
    name = f"{preset.name}, mean ± sd of {number} seeds"
    rows = attempts.of_seeds(
        name, seeds.judged_on(group), tables, group.first.classes, group.recipe.threshold
    )
    if group.mean:
        members = len(group.mean.recipe.seeds)
        rows += of_run(f"{preset.name}, mean of {members} networks", *_judged(group.mean))
    return rows


def _judged(run: Run) -> tuple[str, Reproduction]:
    found = reproduce(store.predictions(run.id), run.classes, run.recipe.threshold)
    return f"{run.recipe.split.kind} test, {found.images} images", found


def _our_line(row: Mapping[str, Any]) -> str:
    cells = [row[key] for key in ("model", "on", *attempts.SHOWN, "auc")]
    return "| " + " | ".join(["ours", *cells]) + " |"
