"""Every measure's formula with the very counts filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.judging.calibration import Calibration
from engine.judging.counts import Counts
from engine.judging.figures import written
from engine.judging.measures import MEASURES
from engine.judging.prevalence import Predictive

PLAIN = ("lr_plus", "lr_minus", "cost")  # no share of the images
BETWEEN = re.compile(r"(?<=[\w²)]) (?=[\w(√])")  # a blank between two factors


@dataclass(frozen=True)
class Worked:
    """A measure, its formula, the formula with numbers, and what comes out."""

    label: str
    formula: str
    numbers: str
    value: str
    help: str
    reason: str = ""  # why there is no value


def measures(counts: Counts, classes: tuple[str, ...]) -> tuple[Worked, ...]:
    """Work out every measure of the table on these counts (scalars)."""
    cells = dict(zip(("tn", "fp", "fn", "tp"), map(int, counts.cells), strict=True))
    images, found = sum(cells.values()), []
    for measure in MEASURES.values():
        value = float(measure.compute(counts))
        known = None if np.isnan(value) else value
        knob = {} if measure.parameter is None else {_knob(measure.name): measure.parameter}
        said = written(known, images)
        if known is not None and (measure.name in PLAIN or known < 0):
            said = f"{known:.3g}"
        reason = "" if known is not None else measure.reason(counts, classes[1], classes[0])
        numbers = filled(measure.formula, {**cells, **knob})
        formula = BETWEEN.sub(" × ", measure.formula)
        found.append(Worked(measure.label, formula, numbers, said, measure.help, reason))
    return tuple(found)


def at_prevalence(found: Predictive, recall: float, specificity: float) -> tuple[Worked, ...]:
    """PPV and NPV by Bayes' rule at the chosen prevalence."""
    values = {"recall": recall, "specificity": specificity, "p": found.prevalence}
    rows = (
        (
            "PPV at prevalence p",
            "recall p / (recall p + (1 - specificity) (1 - p))",
            found.ppv,
            "Of the people who would be alarmed, the share that is ill.",
            "Nobody would be alarmed.",
        ),
        (
            "NPV at prevalence p",
            "specificity (1 - p) / (specificity (1 - p) + (1 - recall) p)",
            found.npv,
            "Of the people who would be left alone, the share that is healthy.",
            "Nobody would be left alone.",
        ),
    )
    return tuple(
        Worked(
            label,
            BETWEEN.sub(" × ", formula),
            filled(formula, values),
            "–" if value is None else f"{value:.3g}",
            text,
            "" if value is not None else reason,
        )
        for label, formula, value, text, reason in rows
    )


def agreement(found: Calibration) -> tuple[Worked, ...]:
    """Brier score, its skill and ECE of these scores; the widest term of the ECE is written out."""
    table = found.table
    terms = table["images"] * (table["score"] - table["share"]).abs()
    row, share = table.iloc[int(terms.argmax())], found.prevalence
    largest = (
        f"({int(row['images'])} × |{row['score']:.3f} - {row['share']:.3f}| + "
        f"{len(table) - 1} smaller terms) / {found.images}"
    )
    skill = "–" if found.skill is None else f"{found.skill:.3f}"
    return (
        Worked(
            "Brier score",
            "mean of (score - truth)²",
            f"over {found.images} images",
            f"{found.brier:.3f}",
            "Mean squared distance of the scores from the truth, 1 or 0. The smaller the better.",
        ),
        Worked(
            "Brier skill",
            "1 - Brier / (p × (1 - p))",
            f"1 - {found.brier:.3f} / ({share:.3f} × {1 - share:.3f})",
            skill,
            "0: no better than giving every X-ray the prevalence p as its score; 1: perfect.",
            "" if found.skill is not None else "All images are of one class.",
        ),
        Worked(
            f"ECE, {found.bins} groups",
            "sum of images × |mean score - true share| / all images",
            largest,
            f"{found.ece:.3f}",
            "Expected calibration error: how far scores and truth lie apart in a group of like "
            "scores, on average. It depends on the number of groups.",
        ),
    )


def net_benefit(tp: int, fp: int, images: int, threshold: float) -> Worked:
    """Net benefit at a threshold probability, which lies between 0 and 1."""
    formula = "tp / n - fp / n × t / (1 - t)"
    value = (tp - fp * threshold / (1 - threshold)) / images
    return Worked(
        "Net benefit",
        formula,
        filled(formula, {"tp": tp, "fp": fp, "n": images, "t": threshold}),
        f"{value:.3f}",
        "Cases found per person, each false alarm taken off at the odds of the threshold t.",
    )


def filled(formula: str, values: Mapping[str, float]) -> str:
    """A formula with numbers for its names, and a × where two factors stood side by side."""
    text = BETWEEN.sub(" × ", formula)
    names = "|".join(sorted(map(re.escape, values), key=len, reverse=True))
    return re.sub(rf"\b({names})(?![a-z_])", lambda found: _number(values[found[1]]), text)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _knob(name: str) -> str:
    return "beta" if name == "fbeta" else "ratio"
