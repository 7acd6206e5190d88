"""The command line's figures over seeds, and our best beside what others published."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.cli import Answer
from engine.cli_tables import PUBLISHED, line, published_line
from engine.judging.over_seeds import FIGURES, over_seeds, said
from engine.judging.sentences import by_rule
from engine.learning.presets import get_preset
from engine.learning.reported import table
from engine.runs import over_seeds as seeds
from engine.runs import reproduced
from engine.runs.run import Run
from engine.words.cutoffs import rule_of

Ours = Callable[[Run], dict[str, Any]]
SHOWN = ("accuracy", "recall", "specificity")  # beside what was published


def of_seeds(group: seeds.Seeds, ours: Ours) -> dict[str, Any]:
    """Return what the seeds of one training reached, and their mean where it is a run."""
    tables = seeds.predictions(group)
    rule, first = group.recipe.threshold, group.first
    found = over_seeds(tables, first.classes, rule)
    rows = next(iter(tables.values()))["split"] == "test"
    return {
        "preset": group.recipe.preset,
        "seeds": list(group.seeds),
        "rule": by_rule(*rule_of(rule)).rstrip(","),
        "split": f"{group.recipe.split.kind} test, {int(rows.sum())} images",
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


def beyond(runs: Sequence[Run], ours: Ours) -> Answer:
    """Put our best beside what others published on the official test images."""
    here = table().beyond
    official = [entry for entry in table().published if entry.official]
    rows = _ours(runs, ours)
    lines = [PUBLISHED, *map(published_line, official), *(_our_line(row) for row in rows)]
    if not rows:
        lines.append(f"| ours | {here.preset} | not trained here yet |  |  |  |  |")
    value = {
        "published": [vars(entry) for entry in official],
        "ours": rows,
        "candidates": here.candidates,
        "note": here.note,
    }
    return Answer(value, "\n".join([*lines, "", here.counted, here.note]))


def _ours(runs: Sequence[Run], ours: Ours) -> list[dict[str, Any]]:
    """Return a row for each way in which our best was judged: over seeds, and their mean."""
    wanted = get_preset(table().beyond.preset)
    group, run = seeds.of_preset(runs, wanted, reproduced.synthetic_sources())
    if group:
        return _of_group(of_seeds(group, ours))
    return _of_run(f"{wanted.name}, one seed", ours(run)) if run else []


def _of_group(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    text, number = row["said"], len(row["seeds"])
    name = f"{row['preset']}, mean ± sd of {number} seeds"
    half = {key: text.get(f"{key}_at_half", "") for key in SHOWN}
    own = {key: text.get(key, "") for key in SHOWN}
    area = {"auc": text.get("auc", ""), "on": row["split"]}
    cut = f"{name}, at {text.get('threshold', '')} (validation's {row['rule'].removeprefix('a ')})"
    rows = [{"model": f"{name}, at 0.5", **half, **area}, {"model": cut, **own, **area}]
    if row["mean of seeds"]:
        rows += _of_run(f"{row['preset']}, mean of {number} networks", row["mean of seeds"])
    return rows


def _of_run(name: str, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    rest = {"auc": f"{found['auc']:.3f}", "on": found["split"]}
    cuts = [(f"{name}, at 0.5", found["at 0.5"])]
    if "at own" in found:
        cuts.append((f"{name}, at {found['threshold']:.2f} ({found['rule']})", found["at own"]))
    return [
        {"model": model, **{key: f"{figures[key]:.3f}" for key in SHOWN}, **rest}
        for model, figures in cuts
    ]


def _our_line(row: Mapping[str, Any]) -> str:
    cells = [row[key] for key in ("model", "on", *SHOWN, "auc")]
    return "| " + " | ".join(["ours", *cells]) + " |"
