"""Where to draw the line: rules that choose a threshold on the validation images."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.judging.counts import FloatArray, Ranking
from engine.judging.scores import Scores
from engine.words.errors import CxrError

RULES = {
    "f1": "The threshold with the highest F1.",
    "youden": "The threshold with the largest recall + specificity - 1 (Youden's J).",
    "recall": "The highest threshold that still reaches a recall you set.",
}
DEFAULT = 0.5


@dataclass(frozen=True)
class Threshold:
    """A threshold, how it came about and on which images."""

    value: float
    rule: str  # a key of RULES, "default" or "hand"
    split: str = ""  # where it was chosen; empty where no images chose it
    of: int = 0  # images it was chosen on
    reached: float | None = None  # the rule's figure there
    note: str = ""


def choose(scores: Scores, rule: str = "f1", target: float = 0.95) -> Threshold:
    """Choose a threshold on these scores by a rule; `target` is the recall rule's.

    Of equal thresholds the lowest wins, for it misses fewest. Raises CxrError where the images are
    of one class only.
    """
    if rule not in RULES:
        raise CxrError(f"There is no rule '{rule}'. Choose one of: {', '.join(RULES)}.")
    if not 0 < target <= 1:
        raise CxrError(f"A target recall lies above 0 and up to 1, got {target}.")
    ranking = Ranking.of(scores)
    if not ranking.both:
        raise CxrError(
            f"The {scores.split} images are all of one class: no threshold can be chosen on them."
        )
    values = ranking.distinct
    counts = ranking.counts(values)
    figure = {"f1": counts.f1, "youden": counts.youden, "recall": counts.recall}[rule]
    # Recall falls as the threshold rises, from 1 at the lowest: the last that reaches it.
    best = int(np.flatnonzero(figure >= target)[-1] if rule == "recall" else np.argmax(figure))
    value = shortest(values, best)
    return Threshold(value, rule, scores.split, len(scores), float(figure[best]))


def run_threshold(
    predictions: pd.DataFrame,
    classes: tuple[str, ...],
    rule: str = "f1",
    target: float | None = None,
    split: str = "validation",
    index: int | None = None,
) -> Threshold:
    """The threshold that a finished run decides by: best F1 on its validation images.

    Another rule or split can be asked for, and class `index` against the rest where there are more
    than two. Where these images cannot choose it is 0.5, and the note says why.
    """
    fallback = Threshold(DEFAULT, "default")
    if len(classes) != 2 and index is None:
        return replace(fallback, note="With three classes the largest score decides.")
    try:
        scores = Scores.of(predictions, split, classes).against(1 if index is None else index)
        return choose(scores, rule, 0.95 if target is None else target)
    except CxrError as error:
        return replace(fallback, note=f"{error} So it is {DEFAULT}.")


def shortest(values: FloatArray, index: int) -> float:
    """The shortest decimal that decides as values[index] does.

    Any number above the next lower score and up to this one decides alike; the one nearest to the
    middle of that gap with the fewest digits can be read, typed and kept in an address.
    """
    high = float(values[index])
    low = float(values[index - 1]) if index else -1.0
    middle = (max(low, 0.0) + high) / 2
    for digits in range(2, 17):
        short = round(middle, digits)
        if low < short <= high:
            return short
    return high
