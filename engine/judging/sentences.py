"""What each chart shows now, in plain words: one function a chart."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.judging.figures import Judgement, written
from engine.judging.scores import REST
from engine.judging.thresholds import Threshold

WORDS = {
    "NORMAL": "normal",
    "PNEUMONIA": "pneumonia",
    "BACTERIAL": "bacterial",
    "VIRAL": "viral",
}
RULE_WORDS = {
    "f1": "best F1",
    "youden": "Youden's J",
    "recall": "a target recall of {target:g}",
    "specificity": "a target specificity of {target:g}",
    "cost": "lowest cost, a missed one counted as {target:g} false alarms,",
}


def word(name: str) -> str:
    """A class as it is said within a sentence."""
    if name.startswith(REST):
        return REST + word(name.removeprefix(REST))
    return WORDS.get(name, name)


def cut(value: float) -> str:
    """A threshold as it is said: at least two decimals, none lost."""
    return f"{value:.2f}" if round(value, 2) == value else f"{value:.10g}"


def line(judged: Judgement) -> str:
    """What the decisions cost: missed and alarmed for two classes, mistakes for more."""
    if judged.threshold is None:
        return confusion(judged)
    (tn, fp), (fn, tp) = judged.matrix
    negative, positive = map(word, judged.classes)
    if not fn + tp:
        return f"At {cut(judged.threshold)} you alarm {fp} of {tn + fp} {negative} X-rays."
    missed = f"At {cut(judged.threshold)} you miss {fn} of {fn + tp} {positive} X-rays"
    if not tn + fp:
        return f"{missed}."
    return f"{missed} and alarm {fp} of {tn + fp} {negative} ones."


def confusion(judged: Judgement) -> str:
    """How many are right, and the most common mistake."""
    total, correct = int(judged.matrix.sum()), int(np.trace(judged.matrix))
    text = f"{correct} of {total} X-rays get the right class."
    wrong = judged.matrix - np.diag(np.diag(judged.matrix))
    if not wrong.any():
        return text
    true, said = np.unravel_index(int(wrong.argmax()), wrong.shape)
    of = int(judged.matrix[true].sum())
    names = word(judged.classes[true]), word(judged.classes[said])
    return (
        f"{text} The most common mistake: {wrong[true, said]} of {of} {names[0]} X-rays "
        f"are called {names[1]}."
    )


def chosen(threshold: Threshold, split: str) -> str:
    """Where a threshold comes from, and whether that is fair to the split it is judged on."""
    if threshold.rule == "hand":
        return "Set by hand. Moving it until these figures look best would flatter them."
    if not threshold.split:
        return threshold.note or f"Not chosen on any images: the usual {cut(threshold.value)}."
    by = by_rule(threshold.rule, threshold.target)
    text = f"Chosen by {by} on the {threshold.of} {threshold.split} X-rays"
    note = f" {threshold.note}" if threshold.note else ""
    if threshold.split == split:
        return f"{text}, the very ones judged here: these figures flatter it.{note}"
    return f"{text}, judged on {split}.{note}"


def by_rule(rule: str, target: float | None) -> str:
    """A rule as it is said behind "by"."""
    return RULE_WORDS.get(rule, rule).format(target=target or 0.0)


def ruled(threshold: Threshold) -> str:
    """Whose threshold it is, in brackets behind its value: validation's best F1."""
    if not threshold.split:
        return "validation cannot choose"
    by = by_rule(threshold.rule, threshold.target).rstrip(",")
    return f"{threshold.split}'s {by.removeprefix('a ')}"


def cell(judged: Judgement, true: int, said: int) -> str:
    """What one cell of the confusion matrix holds."""
    count, of = int(judged.matrix[true, said]), int(judged.matrix[true].sum())
    right = "rightly" if true == said else "wrongly"
    names = word(judged.classes[true]), word(judged.classes[said])
    return f"{count} of {of} {names[0]} X-rays are {right} called {names[1]}."


def learning(histories: Mapping[str, pd.DataFrame], measure: str = "loss") -> str:
    """Where each run's validation loss is lowest, or its accuracy highest."""
    parts = []
    for name, table in histories.items():
        values = table[f"val_{measure}"]
        if values.isna().all():
            parts.append(f"{name} has no validation {measure}")
            continue
        place = int(values.argmin() if measure == "loss" else values.argmax())
        parts.append(f"{name} is best at epoch {int(table['epoch'].iloc[place])} of {len(table)}")
    return f"By validation {measure} {'; '.join(parts)}." if parts else ""


def ranking(areas: Mapping[str, float | None], images: int, what: str = "AUC") -> str:
    """Which run ranks best by an area under a curve, and by how much."""
    known = {name: area for name, area in areas.items() if area is not None}
    if len(known) < 2:
        return "Choose two or more runs with both classes to compare how they rank."
    order = sorted(known, key=lambda name: -known[name])
    first, second = order[:2]
    tops = written(known[first], images), written(known[second], images)
    if tops[0] == tops[1]:
        return f"{first} and {second} rank alike: {what} {tops[0]} for both, of {images} X-rays."
    return f"{first} ranks best: {what} {tops[0]}, then {second} with {tops[1]} ({images} X-rays)."
