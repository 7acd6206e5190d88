"""What the charts of three and more classes show now, in plain words."""

import pandas as pd

from engine.judging.bootstrap import Interval
from engine.judging.figures import Judgement, written
from engine.judging.sentences import word
from engine.judging.several import COLUMNS, MACRO, WEIGHTED


def mixed(judged: Judgement) -> str:
    """Which two classes are mixed up most, both ways."""
    pairs = [
        (int(judged.matrix[one, other] + judged.matrix[other, one]), one, other)
        for one in range(len(judged.classes))
        for other in range(one + 1, len(judged.classes))
    ]
    count, one, other = max(pairs, key=lambda pair: pair[0])
    if not count:
        return "No X-ray is taken for another class."
    names = [word(judged.classes[index]) for index in (one, other)]
    ways = [
        f"{judged.matrix[true, said]} of {judged.matrix[true].sum()} {word(judged.classes[true])} "
        f"X-rays are called {word(judged.classes[said])}"
        for true, said in ((one, other), (other, one))
    ]
    return f"Mixed up most: {names[0]} and {names[1]}. {ways[0]}, {ways[1]}."


def averages(table: pd.DataFrame) -> str:
    """What the two means of a report say, and why they differ."""
    rows = table.set_index("class")
    images, means = int(rows["images"][MACRO]), rows["f1"]
    macro, weighted = (written(_known(means[name]), images) for name in (MACRO, WEIGHTED))
    text = f"F1 is {macro} where each class counts alike (macro) and {weighted} where each counts "
    text += "by its images (weighted)."
    if macro == weighted:
        return text
    classes = means.drop([MACRO, WEIGHTED]).dropna()
    return f"{text} The gap comes from {word(str(classes.idxmin()))}, the hardest class."


def undefined(table: pd.DataFrame) -> str:
    """Which figures of a report a class lacks; empty where all have theirs."""
    rows = table[~table["class"].isin([MACRO, WEIGHTED])]
    parts = [
        f"{word(row['class'])} has no {name.replace('f1', 'F1')}"
        for row in rows.to_dict("records")
        for name in COLUMNS
        if pd.isna(row[name])
    ]
    return f"Means leave out what is missing: {', '.join(parts)}." if parts else ""


def sure(found: dict[str, Interval], judged: Judgement) -> str:
    """How far accuracy and macro F1 would move with other patients."""
    images = int(judged.matrix.sum())
    parts = []
    for name, label in (("accuracy", "accuracy"), ("f1", "macro F1")):
        low, high = map(_known, found[name])
        if low is not None:
            parts.append(f"{label} between {written(low, images)} and {written(high, images)}")
    if not parts:
        return f"Too few patients among {images} X-rays to say how far these figures would move."
    return f"With other patients, 19 times of 20: {' and '.join(parts)} (of {images} X-rays)."


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
