"""Runs side by side: their figures on one split and what differs in their recipes."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.judging.curves import auc
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.thresholds import DEFAULT, run_threshold
from engine.words.cutoffs import USUAL
from engine.words.options import Choice
from engine.words.recipe import Recipe

SETTINGS = {
    "data": "data",
    "task": "task",
    "split": "split",
    "size": "image size",
    "preprocessing": "preprocessing",
    "network": "network",
    "augmentation": "augmentation",
    "exclude": "images left out",
    "imbalance": "imbalance strategy",
    "optimizer": "optimizer",
    "schedule": "learning-rate schedule",
    "batch": "batch size",
    "epochs": "epochs",
    "stopping": "early stopping",
    "seed": "seed",
    "seeds": "seeds of the mean",
    "threshold": "rule of the threshold",
}
AT_HALF = ("accuracy", "precision", "recall", "specificity", "f1")
NOTHING = "nothing"


def summary(
    predictions: pd.DataFrame,
    classes: tuple[str, ...],
    split: str = "test",
    rule: Choice = USUAL,
) -> dict[str, float | int | None]:
    """A run's figures on one split: auc, at its own threshold (plain names) and at 0.5 (_at_half).

    With three classes the largest score decides, `threshold` and the _at_half figures are None.
    Raises CxrError where the split has no predictions.
    """
    scores = Scores.of(predictions, split, classes)
    own = run_threshold(predictions, classes, rule).value if scores.binary else None
    judged = judge(scores, DEFAULT if own is None else own)
    half = judge(scores, DEFAULT).figures if scores.binary else {}
    return {
        "images": len(scores),
        "auc": auc(scores),
        "threshold": own,
        **{name: figure.value for name, figure in judged.figures.items()},
        **{f"{name}_at_half": half[name].value if half else None for name in AT_HALF},
    }


def shared_images(predictions: Mapping[str, pd.DataFrame], split: str) -> tuple[int, int]:
    """How many images of a split all runs judged, and how many any did."""
    sets = [set(table.loc[table["split"] == split, "image_id"]) for table in predictions.values()]
    if not sets:
        return 0, 0
    return len(set.intersection(*sets)), len(set.union(*sets))


def differences(
    recipes: Mapping[str, Recipe], labels: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row a setting that differs: `setting`, then a column of words a run.

    An option that all share by name is taken apart into the knobs that differ; `labels` gives an
    option's name for readers where there is one.
    """
    values = {name: recipe.to_json() for name, recipe in recipes.items()}
    rows = []
    for key, label in SETTINGS.items():
        for knob, entries in _knobs({name: value[key] for name, value in values.items()}):
            words = {name: in_words(entry, labels) for name, entry in entries.items()}
            if len(set(words.values())) > 1:
                rows.append({"setting": f"{label}: {_plain(knob)}" if knob else label, **words})
    return pd.DataFrame(rows, columns=["setting", *recipes])


def difference_sentences(
    recipes: Mapping[str, Recipe], labels: Mapping[str, str] | None = None
) -> list[str]:
    """What differs, one sentence a setting, in plain words."""
    table = differences(recipes, labels)
    if table.empty:
        return ["The recipes are equal."] if len(recipes) > 1 else []
    sentences = []
    for row in table.to_dict("records"):
        if row["setting"] == SETTINGS["data"]:
            sentences.append("They were trained on different data.")
            continue
        parts = [f"{row[name]} in {name}" for name in recipes]
        setting = str(row["setting"])
        sentences.append(f"{setting[0].upper()}{setting[1:]}: {', '.join(parts)}.")
    return sentences


def in_words(value: Any, labels: Mapping[str, str] | None = None) -> str:
    """A recipe's value as a reader would say it."""
    if isinstance(value, list):
        return " + ".join(in_words(entry, labels) for entry in value) or NOTHING
    if isinstance(value, dict):
        name = str(value.get("name", value.get("kind", "")))
        label = (labels or {}).get(name, _plain(name))
        knobs = {key: entry for key, entry in value.items() if key not in ("name", "kind")}
        inside = ", ".join(f"{_plain(key)} {in_words(entry)}" for key, entry in knobs.items())
        return f"{label} ({inside})" if inside else label
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else _plain(str(value))


def _knobs(entries: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Take an option that every run names alike apart; leave anything else whole."""
    names = {
        entry.get("name", entry.get("kind")) if isinstance(entry, dict) else None
        for entry in entries.values()
    }
    if None in names or len(names) > 1:
        return [("", dict(entries))]
    keys = dict.fromkeys(key for entry in entries.values() for key in entry)
    return [(key, {name: entry.get(key, "–") for name, entry in entries.items()}) for key in keys]


def _plain(name: str) -> str:
    return name.replace("_", " ")
