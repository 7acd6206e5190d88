"""Our own figures as rows beside published ones: over seeds with their spread, and of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.judging.bootstrap import Interval
from engine.judging.over_seeds import over_seeds, said
from engine.judging.reproduction import Column, Reproduction
from engine.judging.sentences import by_rule, ruled
from engine.words.cutoffs import rule_of
from engine.words.options import Choice

SHOWN = ("accuracy", "recall", "specificity")


@dataclass(frozen=True)
class Attempt:
    """One way of judging ours: its figures as text, and its accuracy to be drawn."""

    model: str
    on: str  # the images that judged
    accuracy: str
    recall: str
    specificity: str
    auc: str
    value: float  # the accuracy
    spread: Interval | None  # one deviation over seeds to either side, or 95% over patients


def of_seeds(
    name: str, on: str, tables: Mapping[int, pd.DataFrame], classes: tuple[str, ...], rule: Choice
) -> list[Attempt]:
    """Return mean and deviation over seeds at 0.5, and at the threshold that each seed chose.

    Of three classes one row: the largest score decides, other figures are means over the classes.
    """
    found = over_seeds(tables, classes, rule)
    if "threshold" not in found.index:
        return [_mean(name, on, found, "")]
    by = by_rule(*rule_of(rule)).rstrip(",").removeprefix("a ")
    cut = f"at {said(found, 'threshold')} (validation's {by})"
    return [_mean(f"{name}, at 0.5", on, found, "_at_half"), _mean(f"{name}, {cut}", on, found, "")]


def of_run(name: str, on: str, found: Reproduction) -> list[Attempt]:
    """Return a run's figures at 0.5 and at its own threshold; of three classes one row."""
    if found.own is None or found.own.threshold is None:
        return [_single(name, on, found, found.half)]
    own = f"at {found.own.threshold.value:.2f} ({ruled(found.own.threshold)})"
    return [
        _single(f"{name}, at 0.5", on, found, found.half),
        _single(f"{name}, {own}", on, found, found.own),
    ]


def in_words(rows: Sequence[Attempt]) -> str:
    """Say what each way of judging gave; empty where there is none."""
    told = [
        f"{row.model}: accuracy {row.accuracy}, recall {row.recall}, specificity {row.specificity}"
        for row in rows
    ]
    return "; ".join([*told, f"AUC {rows[0].auc}"]) + f" ({rows[0].on})." if rows else ""


def _mean(model: str, on: str, found: pd.DataFrame, behind: str) -> Attempt:
    columns = (found[column].to_dict() for column in ("mean", "deviation"))
    middle, deviation = (column[f"accuracy{behind}"] for column in columns)
    accuracy, recall, specificity = (said(found, f"{figure}{behind}") for figure in SHOWN)
    apart = None if np.isnan(deviation) else (middle - deviation, middle + deviation)
    area = said(found, "auc")
    return Attempt(model, on, accuracy, recall, specificity, area, middle, apart)


def _single(model: str, on: str, found: Reproduction, column: Column) -> Attempt:
    figures = {name: figure.value for name, figure in column.judged.figures.items()}
    accuracy, recall, specificity = (
        "" if figures[name] is None else f"{figures[name]:.3f}" for name in SHOWN
    )
    area = "" if found.auc is None else f"{found.auc:.3f}"
    value = column.figures["accuracy"]
    interval = column.intervals.get("accuracy")
    return Attempt(model, on, accuracy, recall, specificity, area, value, interval)
