"""Where a model does worse: the same figures by groups of images, the worst first.

Small groups differ by chance and many looks find chance, so groups with few images are set aside,
and a gap is weighed against how many slices were looked at (Bonferroni's correction).
"""

from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd

from engine.judging.counts import FloatArray
from engine.judging.figures import LABELS, Figure, class_figures, proportion, written
from engine.judging.scores import Scores
from engine.judging.slicing import FAMILIES, Group, Groups
from engine.words.errors import CxrError

MEASURES = {
    **{name: LABELS[name] for name in ("accuracy", "recall", "specificity", "f1")},
    "auc": "AUC",
}
LEAST = 20  # images; of fewer nobody should read a figure
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Slice:
    """A group with its figures; `evidence` is how many images each of them rests on."""

    group: Group
    figures: dict[str, Figure]
    evidence: dict[str, int]
    errors: dict[str, float]  # standard error of the area under the ROC

    def interval(self, measure: str, level: float = LEVEL) -> tuple[float, float] | None:
        """The measure's interval at a level; None where it has none."""
        figure = self.figures[measure]
        if figure.value is None:
            return None
        z = NormalDist().inv_cdf(0.5 + level / 2)
        if measure == "auc":
            reach = z * self.errors["auc"]
            low, high = max(figure.value - reach, 0.0), min(figure.value + reach, 1.0)
            return (low, high) if reach > 0 else None
        if measure == "f1":  # 2j / (1 + j), where j is the share of true positives in tp + fp + fn
            low, high = wilson(figure.value / (2 - figure.value), figure.of, z)
            return 2 * low / (1 + low), 2 * high / (1 + high)
        return wilson(figure.value, figure.of, z)


@dataclass(frozen=True, eq=False)
class Slices:
    """All slices that could be judged by one measure, worst first, and what was set aside."""

    measure: str
    least: int
    whole: Slice
    judged: tuple[Slice, ...]
    undefined: tuple[Slice, ...]  # enough images, but not of the class that the measure needs
    few: tuple[Group, ...]
    missing: dict[str, str]  # families without groups, and why

    def table(self) -> pd.DataFrame:
        """One row a slice: family, slice, images and the figures; NaN where one does not exist."""
        rows = []
        for entry in (*self.judged, *self.undefined):
            values = {name: entry.figures[name].value for name in MEASURES}
            family = FAMILIES[entry.group.family]
            rows.append({"family": family, "slice": entry.group.name, "images": len(entry.group)})
            rows[-1] |= {name: np.nan if v is None else v for name, v in values.items()}
        return pd.DataFrame(rows, columns=["family", "slice", "images", *MEASURES])


def slices(
    scores: Scores,
    threshold: float,
    found: Groups,
    measure: str = "accuracy",
    least: int = LEAST,
) -> Slices:
    """Judge every group at a threshold (two classes); raises CxrError for an unknown measure."""
    if measure not in MEASURES:
        raise CxrError(f"Slices are judged by one of {', '.join(MEASURES)}; got '{measure}'.")
    cells = scores.truth * 2 + scores.predicted(threshold)
    whole = _judge(scores, cells, Group("all", "all", np.arange(len(scores))))
    large = [group for group in found.groups if len(group) >= least]
    entries = [_judge(scores, cells, group) for group in large]
    kept = [entry for entry in entries if entry.evidence[measure] >= least]
    few = [group for group in found.groups if len(group) < least]
    few += [entry.group for entry in entries if 0 < entry.evidence[measure] < least]
    return Slices(
        measure=measure,
        least=least,
        whole=whole,
        judged=tuple(sorted(kept, key=lambda entry: _order(entry.figures[measure], entry))),
        undefined=tuple(entry for entry in entries if not entry.evidence[measure]),
        few=tuple(few),
        missing=found.missing,
    )


def wilson(share: float, of: int, z: float) -> tuple[float, float]:
    """The interval of a share of `of` images (Wilson 1927) at z standard deviations."""
    if not of:
        raise CxrError("A share of no images has no interval.")
    z2 = z * z
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    spread = z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(centre - spread, 0.0), min(centre + spread, 1.0)


def sentence(result: Slices) -> str:
    """Name the worst slice, and say whether its gap is more than chance after so many looks."""
    return f"{headline(result)} {weighed(result)}".strip()


def headline(result: Slices) -> str:
    """Name the worst slice with its figure beside the whole's."""
    whole, label = result.whole.figures[result.measure], _label(result.measure)
    if not result.judged or whole.value is None:
        return f"No slice has {result.least} or more images to judge {label} on."
    worst, looks = result.judged[0], len(result.judged)
    which = f"The worst of {looks} slices" if looks > 1 else "The only slice with enough images"
    figure = worst.figures[result.measure].text
    return (
        f"{which} is {worst.group.title}: {label} {figure} on its {len(worst.group):,} X-rays, "
        f"{whole.text} on all {len(result.whole.group):,}."
    )


def weighed(result: Slices) -> str:
    """Say whether the worst slice's gap can be chance, after so many looks."""
    whole = result.whole.figures[result.measure].value
    if not result.judged or whole is None:
        return ""
    worst, looks, measure = result.judged[0], len(result.judged), result.measure
    ends = worst.interval(measure)
    if ends is None:
        return "It has no interval."
    said = f"Its 95% interval, {_said(worst, ends, measure)},"
    if ends[0] <= whole <= ends[1]:
        return f"{said} holds the whole's figure: this may well be chance."
    if looks == 1:
        return f"{said} leaves the whole's figure out."
    wide = worst.interval(measure, _corrected(looks)) or ends
    allowing = f"the one that allows for {looks} looks, {_said(worst, wide, measure)}"
    if wide[0] <= whole <= wide[1]:
        return (
            f"{said} leaves the whole's figure out, but {allowing}, does not: looking often "
            "enough finds such a gap by chance."
        )
    return f"{said} leaves the whole's figure out, and so does {allowing}: more than chance."


def below(result: Slices, corrected: bool = False) -> tuple[Slice, ...]:
    """The slices whose interval lies below the whole's figure."""
    whole = result.whole.figures[result.measure].value
    level = _corrected(len(result.judged)) if corrected else LEVEL
    ranges = [(entry, entry.interval(result.measure, level)) for entry in result.judged]
    return tuple(entry for entry, ends in ranges if ends and whole is not None and ends[1] < whole)


def _said(entry: Slice, ends: tuple[float, float], measure: str) -> str:
    low, high = (written(end, entry.figures[measure].of) for end in ends)
    return f"{low} to {high}"


def _corrected(looks: int) -> float:
    return 1 - (1 - LEVEL) / max(looks, 1)


def _label(measure: str) -> str:
    return MEASURES[measure] if measure in ("f1", "auc") else MEASURES[measure].lower()


def _order(figure: Figure, entry: Slice) -> tuple[float, int]:
    return (1.0 if figure.value is None else figure.value, -len(entry.group))


def _judge(
    scores: Scores, cells: "np.ndarray[tuple[int], np.dtype[np.intp]]", group: Group
) -> Slice:
    matrix = np.bincount(cells[group.places], minlength=4).reshape(2, 2).astype(np.int64)
    figures = class_figures(matrix, 1, scores.classes)
    right, images = int(np.trace(matrix)), int(matrix.sum())
    figures["accuracy"] = proportion("accuracy", right, images, "There is no image.")
    area, error = _area(scores, group)
    reason = "" if area is not None else "The AUC needs images of both classes."
    if not matrix[1].any():  # only false alarms are left, and they would make it 0
        figures["f1"] = Figure("f1", None, 0, figures["recall"].reason)
    figures["auc"] = Figure("auc", area, images if area is not None else 0, reason)
    evidence = {name: figures[name].of for name in MEASURES}
    evidence["auc"] = int(matrix.sum(axis=1).min())
    entry = Slice(group, figures, evidence, {"auc": error})
    return replace(entry, figures={name: _with_interval(entry, name) for name in MEASURES})


def _with_interval(entry: Slice, name: str) -> Figure:
    ends = entry.interval(name)
    figure = entry.figures[name]
    return figure if ends is None else replace(figure, low=ends[0], high=ends[1])


def _area(scores: Scores, group: Group) -> tuple[float | None, float]:
    """The area under the ROC and its standard error (DeLong 1988), by counting pairs."""
    values, sick = scores.scores[group.places], scores.truth[group.places] == 1
    high, low = values[sick], values[~sick]
    if not len(high) or not len(low):
        return None, 0.0
    beats = _beaten(high, low)
    loses = _beaten(low, high)
    if len(high) < 2 or len(low) < 2:
        return float(beats.mean()), 0.0
    variance = beats.var(ddof=1) / len(high) + loses.var(ddof=1) / len(low)
    return float(beats.mean()), float(np.sqrt(variance))


def _beaten(values: FloatArray, others: FloatArray) -> FloatArray:
    """For each value the share of others below it, equal ones counting half."""
    ranked = np.sort(others)
    below, upto = (np.searchsorted(ranked, values, side=side) for side in ("left", "right"))
    return (below + upto) / (2 * len(ranked))
