"""The command line's `evaluate`: a stored run judged, each figure with its interval."""

import argparse
from math import isnan
from typing import Any

from engine.cli import Answer
from engine.judging import bootstrap, several
from engine.judging.counts import Ranking
from engine.judging.curves import auc
from engine.judging.figures import Judgement, judge
from engine.judging.measures import named
from engine.judging.scores import Scores
from engine.judging.sentences import chosen
from engine.judging.thresholds import DEFAULT, TARGETS, Threshold, choose, run_threshold
from engine.runs import store
from engine.words.cutoffs import USUAL
from engine.words.errors import CxrError

ALSO = tuple(key for key in bootstrap.KEYS if not key.startswith("cost_"))


def evaluate(args: argparse.Namespace) -> Answer:
    """Judge one split at a threshold (two classes) or by the largest score (more)."""
    _check(args)
    run = store.resolve_run(args.run)
    predictions = store.predictions(run.id)
    table = _of(Scores.of(predictions, args.split, run.classes), args.of_class)
    if args.rule is not None:
        base = _of(Scores.of(predictions, args.on, run.classes), args.of_class)
        threshold = choose(base, args.rule, args.target)
    elif args.threshold is not None:
        threshold = Threshold(args.threshold, "hand")
    elif table.binary and run.recipe.threshold != USUAL:
        index = None if args.of_class is None else run.classes.index(args.of_class)
        own = run.recipe.threshold
        threshold = run_threshold(predictions, run.classes, own, args.on, index)
    else:
        threshold = Threshold(DEFAULT, "default")
    judged = judge(table, threshold.value)
    figures, intervals = _figures(table, judged, threshold)
    value: dict[str, Any] = {
        "run": run.id,
        "split": args.split,
        "images": len(table),
        "patients": int(bootstrap.patient_groups(table.rows).max()) + 1,
        "classes": list(judged.classes),
        "threshold": judged.threshold,
        "rule": threshold.rule if table.binary else None,
        "target": threshold.target,
        "threshold_chosen_on": threshold.split,
        "confusion": judged.matrix.tolist(),
        **figures,
        "intervals": intervals,
    }
    lines = [f"{run.name} ({run.id}) on {len(table):,} images of '{args.split}'"]
    if judged.threshold is not None:
        lines.append(f"{table.positive} from a score of {judged.threshold:g} on")
        if threshold.rule != "hand":
            lines.append(chosen(threshold, args.split))
    return Answer(value, "\n".join(lines + _told(judged, figures, intervals)))


def _of(scores: Scores, name: str | None) -> Scores:
    """Keep the scores, or those of one class against the rest."""
    if name is None:
        return scores
    if name not in scores.classes:
        raise CxrError(f"--class must be one of {', '.join(scores.classes)}; got '{name}'.")
    return scores.against(scores.classes.index(name))


def _check(args: argparse.Namespace) -> None:
    if args.threshold is not None and not 0 <= args.threshold <= 1:
        raise CxrError(f"--threshold must lie between 0 and 1, got {args.threshold}.")
    if args.threshold is not None and args.rule is not None:
        raise CxrError("Give --threshold or --rule, not both: a rule chooses the threshold.")
    if args.target is not None and args.rule not in TARGETS:
        raise CxrError(f"--target belongs to a --rule of {', '.join(TARGETS)}.")


def _figures(
    table: Scores, judged: Judgement, threshold: Threshold
) -> tuple[dict[str, float | None], dict[str, list[float] | None]]:
    """The value of every figure, and its 95% interval; None where there is none."""
    figures = {name: figure.value for name, figure in judged.figures.items()}
    if judged.threshold is None:
        found = several.intervals(table)
    else:
        counts = Ranking.of(table).counts(judged.threshold)
        keys = (*ALSO, f"cost_{threshold.target:g}") if threshold.rule == "cost" else ALSO
        figures |= {key: _known(float(named(key).compute(counts))) for key in keys}
        found = bootstrap.intervals(table, judged.threshold, keys=keys)
        found["auc"] = bootstrap.bands(table).auc
    figures["auc"] = auc(table)
    intervals = {
        name: None if isnan(low) else [low, high]
        for name, (low, high) in found.items()
        if name in figures
    }
    return figures, intervals


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _told(
    judged: Judgement, figures: dict[str, float | None], intervals: dict[str, list[float] | None]
) -> list[str]:
    lines = ["confusion (rows true, columns predicted): " + ", ".join(judged.classes)]
    lines += ["  " + "".join(f"{count:>8,}" for count in row) for row in judged.matrix.tolist()]
    lines.append(f"{'':<18}{'value':<10}95% of resamples of the patients")
    for name, figure in figures.items():
        shown = "none" if figure is None else f"{figure:.4f}"
        bounds = intervals.get(name)
        between = f"{bounds[0]:.4f} to {bounds[1]:.4f}" if bounds else ""
        lines.append(f"{name:<18}{shown:<10}{between}")
    if judged.threshold is None:
        table = several.report(judged)
        lines += ["", f"{'':<18}precision   recall      f1          images"]
        for row in table.to_dict("records"):
            values = "".join(f"{row[name]:<12.4f}" for name in several.COLUMNS)
            lines.append(f"{row['class']:<18}{values}{row['images']:,}")
    return [line.rstrip() for line in lines]
