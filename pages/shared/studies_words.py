"""What a study's figures say in plain words: pure functions from its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.runs.study_tables import MEASURES
from pages.shared import studies_knobs, wording

NAMES = {"auc": "AUC", "accuracy": "accuracy", "loss": "loss"}
TITLES = {"auc": "AUC", "accuracy": "Accuracy", "loss": "Loss"}


def number(value: float, sd: float = float("nan")) -> str:
    """A mean with its standard deviation, where there is one."""
    if np.isnan(value):
        return "–"
    return f"{value:.3f}" + ("" if np.isnan(sd) else f" ± {sd:.3f}")


def settings(paths: Sequence[str], row: Mapping[str, object]) -> str:
    """A combination in words: learning rate 0.001, epochs 20."""
    return ", ".join(
        f"{studies_knobs.label(path).lower()} {studies_knobs.shown(path, str(row[path]))}"
        for path in paths
    )


def folds(values: Sequence[float], measure: str, seeds: int, part: str = "test") -> str:
    """Say what the folds' scores on a part are together."""
    known = np.array([value for value in values if not np.isnan(value)])
    if not len(known):
        return "No fold is finished yet."
    what = f"{part.capitalize()} {NAMES[measure]} over {wording.count(len(known), 'fold')}"
    if seeds > 1:
        what = f"{part.capitalize()} {NAMES[measure]} over {wording.count(len(known), 'training')}"
    if len(known) == 1:
        return f"{what}: {known[0]:.3f}. The spread needs a second one."
    low, high, sd = known.min(), known.max(), known.std(ddof=1)
    return (
        f"{what}: mean {known.mean():.3f}, standard deviation {sd:.3f}, from {low:.3f} to "
        f"{high:.3f}. On a single split anything in this range could have been the result."
    )


def seeds(values: Sequence[float], measure: str) -> str:
    """Say what the seeds' scores on validation are together."""
    known = np.array([value for value in values if not np.isnan(value)])
    what = f"Validation {NAMES[measure]} over {wording.count(len(known), 'seed')}"
    if len(known) < 2:
        return f"{what}: {known[0]:.3f}. The spread needs a second one." if len(known) else ""
    return (
        f"{what}: mean {known.mean():.3f}, standard deviation {known.std(ddof=1):.3f}, from "
        f"{known.min():.3f} to {known.max():.3f}. Differences of this size are luck."
    )


def best(summed: pd.DataFrame, paths: Sequence[str], measure: str) -> str:
    """Say which cell is best on validation, and whether by more than luck; of no test figure."""
    here = summed[summed["chosen"]]
    if here.empty:
        return "No cell is finished yet, so none is the best."
    row = here.iloc[0]
    so_far = "" if bool((summed["finished"] == summed["runs"]).all()) else " so far"
    mean = number(float(row["validation"]), float(row["validation_sd"]))
    runs = int(row["finished"])
    seeds = f" over {runs} seeds" if runs > 1 else " with one seed"
    name = settings(paths, dict(row)) or "the only one"
    text = f"Best on validation{so_far}: {name}, with {NAMES[measure]} {mean}{seeds}."
    return f"{text} {_next(summed, row, paths, measure)}".strip()


def _next(summed: pd.DataFrame, row: pd.Series[float], paths: Sequence[str], measure: str) -> str:
    """Compare the best cell with the one after it."""
    others = summed[~summed["chosen"]].dropna(subset=["validation"])
    whole = others["finished"] == others["runs"]
    waiting = ""
    if row["finished"] == row["runs"]:
        waiting = "" if whole.all() else " Cells of which a seed is not finished do not count yet."
        others = others[whole]
    if others.empty:
        return waiting.strip()
    more = MEASURES[measure]
    place = others["validation"].idxmax() if more else others["validation"].idxmin()
    other = others.loc[place]
    apart = abs(float(row["validation"]) - float(other["validation"]))
    name = settings(paths, dict(other))
    text = f"The next best ({name}) is {apart:.3f} away"
    sd = float(np.nanmax([row["validation_sd"], other["validation_sd"], -1.0]))
    if sd < 0:
        return f"{text}; with one seed a cell nobody knows what of it is luck.{waiting}"
    inside = "less" if apart < sd else "more"
    return f"{text}, {inside} than the standard deviation over a cell's seeds ({sd:.3f}).{waiting}"


def looked(when: str) -> str:
    """Say since when the test figures of a study were seen."""
    day = pd.Timestamp(when)
    return (
        f"The test figures were looked at on {day:%-d %B %Y, %H:%M} UTC. They describe the cells; "
        "whoever chooses by them has no test left."
    )


def paired(table: pd.DataFrame, names: tuple[str, str], measure: str, by: str) -> str:
    """Say how two studies differ where they were judged on the same images."""
    more = table["more"].to_numpy(float)
    up = int((more > 0).sum())
    text = (
        f"{names[1]} has the higher {NAMES[measure]} in {up} of {wording.count(len(more), by)}; "
        f"on average it is {abs(more.mean()):.3f} {'higher' if more.mean() >= 0 else 'lower'}"
    )
    if len(more) < 2:
        return text + "."
    sd = more.std(ddof=1)
    low, high = more.min(), more.max()
    return text + f" (standard deviation {sd:.3f}, from {low:+.3f} to {high:+.3f})."
