"""An experiment with its report's figures and ours, as rows of text: no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from engine.judging import reproduction, sentences
from engine.judging.figures import LABELS, written

if TYPE_CHECKING:
    from engine.judging.bootstrap import Interval
    from engine.judging.reproduction import Column, Reproduction
    from engine.learning.reported import Experiment
    from engine.runs.reproduced import Match

NONE = "–"
SPACE, TO = "\u00a0", "\u2060–\u2060"  # a figure and its interval stay on one line
CLASS_FIGURES = {"precision": "precision", "recall": "recall", "f1": "F1"}
SPLITS = {
    "official": "the folders as they came",
    "patient": "by patient",
    "random": "by image",
    "patient_folds": "in folds by patient",
    "image_folds": "in folds by image",
}


@dataclass(frozen=True, eq=False)
class Beside:
    """An experiment and the run of ours beside it, where there is one that can be judged."""

    experiment: Experiment
    match: Match | None = None
    found: Reproduction | None = None
    problem: str = ""  # why a run that is there cannot be judged
    seeds: str = ""  # what several seeds on one split gave, where there are some

    @property
    def comparable(self) -> bool:
        """Whether ours was judged on what may be the report's own test images."""
        if self.match is None or self.found is None:
            return False
        return self.match.comparable and self.experiment.report.may_be_its_test(self.found.images)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Ours at 0.5, then at validation's own threshold where there is one."""
        if self.found is None:
            return ()
        return tuple(column for column in (self.found.half, self.found.own) if column)


def heads(beside: Beside) -> list[str]:
    """Return the table's head: the report, then ours at each threshold."""
    ours = []
    for column in beside.columns:
        if column.threshold is None:
            ours.append("Ours, the largest score decides")
        elif column.threshold.split:
            said = f"{sentences.cut(column.threshold.value)} ({sentences.ruled(column.threshold)})"
            ours.append(f"Ours at {said}")
        else:
            ours.append("Ours at 0.5" if not ours else "Ours at 0.5 (validation cannot choose)")
    return ["Reported", *(ours or ["Ours"])]


def rows(beside: Beside) -> dict[str, list[str]]:
    """Return label -> the report's figure, then ours; figures that nobody has are left out."""
    lines = {
        **_overall(beside),
        **_of_classes(beside),
        **_counts(beside),
        **_more(beside),
    }
    return {label: cells for label, cells in lines.items() if set(cells) != {NONE}}


def printed(value: float | None) -> str:
    """A reported figure as the report prints it, with two digits at least."""
    if value is None:
        return NONE
    text = f"{value:.4f}".rstrip("0")
    return text + "0" * (2 - len(text.partition(".")[2]))


def verdict(beside: Beside) -> str:
    """Say in one sentence how ours stands to the report; empty where one of both is missing."""
    reported, found = beside.experiment.accuracy, beside.found
    if reported is None or found is None:
        return ""
    ours, spread = found.half.figures["accuracy"], found.half.intervals.get("accuracy")
    return f"Accuracy: {reproduction.sentence(reported, ours, spread, beside.comparable)}"


def doubt(experiment: Experiment) -> str:
    """Say where a report's own figures do not go together; empty where they do."""
    if not experiment.contradicts_itself:
        return ""
    return (
        f"The report's matrix gives an accuracy of {printed(experiment.implied_accuracy)}, and it "
        f"prints {printed(experiment.accuracy)}: the two do not belong to the same decisions."
    )


def _overall(beside: Beside) -> dict[str, list[str]]:
    entry = beside.experiment
    average = entry.report.average or ("weighted average" if _several(beside) else "")
    lines = {}
    for name in reproduction.NAMES:
        label = LABELS[name] if name == "accuracy" or not average else f"{LABELS[name]}, {average}"
        reported = printed(entry.figures.get(name))
        if name == "accuracy" and name not in entry.figures:
            reported = _from_matrix(entry)
        if name == "f1" and "threshold" in entry.figures:
            reported = NONE  # of a threshold of its own: a row of its own
        lines[label] = [reported, *_each(beside, name)]
    return lines


def _from_matrix(entry: Experiment) -> str:
    implied = entry.implied_accuracy
    return NONE if implied is None else f"{implied:.2f}{SPACE}(matrix)"


def _each(beside: Beside, name: str) -> list[str]:
    if beside.found is None:
        return [NONE]
    of = beside.found.images
    return [
        _with(column.figures.get(name), column.intervals.get(name), of) for column in beside.columns
    ]


def _of_classes(beside: Beside) -> dict[str, list[str]]:
    lines = {}
    for name, figures in beside.experiment.classes.items():
        for figure, label in CLASS_FIGURES.items():
            if figure in figures:
                ours = [column.of_class.get(name, {}).get(figure) for column in beside.columns]
                of = beside.found.images if beside.found else 0
                cells = [written(value, of) for value in ours] or [NONE]
                word = sentences.word(name).capitalize()
                lines[f"{word}: {label}"] = [printed(figures[figure]), *cells]
    return lines


def _counts(beside: Beside) -> dict[str, list[str]]:
    """Return missed and alarmed as counts: what a confusion matrix says to a reader."""
    matrices = [beside.experiment.confusion, *(_matrix(column) for column in beside.columns)]
    if beside.found is None:
        matrices.append(None)
    missed = [_count(m[1][0], sum(m[1])) if m else NONE for m in matrices]
    alarmed = [_count(m[0][1], sum(m[0])) if m else NONE for m in matrices]
    return {"Missed": missed, "Alarmed for nothing": alarmed}


def _count(part: int, whole: int) -> str:
    return f"{part} of {whole}".replace(" ", SPACE)


def _matrix(column: Column) -> tuple[tuple[int, int], tuple[int, int]] | None:
    if len(column.judged.classes) != 2:
        return None
    (tn, fp), (fn, tp) = column.judged.matrix.tolist()
    return (tn, fp), (fn, tp)


def _more(beside: Beside) -> dict[str, list[str]]:
    figures, found, match = beside.experiment.figures, beside.found, beside.match
    width = max(1, len(beside.columns))
    lines: dict[str, list[str]] = {}
    if "threshold" in figures:
        best = found.best_f1 if found else None
        said = f"{best[0]:.2f} at {best[1]:.2f}, on the test itself" if best else NONE
        told = f"{printed(figures['f1'])} at {printed(figures['threshold'])}"
        lines["Best F1 of all thresholds"] = [told, said, *[NONE] * (width - 1)]
    if found:
        area = _with(found.auc, found.auc_interval, found.images)
        lines["AUC"] = [NONE, *[area] * width]
    metrics = match.run.metrics if match else {}
    own = {
        "Validation accuracy": ("val_acc", metrics.get("validation_accuracy")),
        "Loss on the test": ("loss", metrics.get("test_loss")),
        "Accuracy by majority vote": ("", metrics.get("test_vote_accuracy")),
    }
    for label, (key, value) in own.items():
        ours = NONE if value is None else f"{value:.2f}"
        if key in figures or not key:
            lines[label] = [printed(figures.get(key)), *[ours] * width]
    if "epochs" in figures:
        lines["Stopped at epoch"] = [f"{figures['epochs']:.0f}", *[NONE] * width]
    return lines


def _with(value: float | None, spread: Interval | None, of: int) -> str:
    text = written(value, of) if value is not None else NONE
    if spread is None or isnan(spread[0]) or value is None:
        return text
    return f"{text}{SPACE}({written(spread[0], of)}{TO}{written(spread[1], of)})"


def _several(beside: Beside) -> bool:
    return bool(beside.columns) and len(beside.columns[0].judged.classes) > 2
