"""What the reports and others printed: read from reports.toml, where alone it stands."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from engine.words.errors import CxrError

FILE = Path(__file__).with_name("reports.toml")
FIGURES = ("accuracy", "precision", "recall", "f1", "loss", "val_acc", "threshold", "epochs")
CLASSES = ("NORMAL", "PNEUMONIA")
APART = 0.01  # a matrix and an accuracy that differ by more contradict each other

Matrix = tuple[tuple[int, int], tuple[int, int]]  # (true normal, false alarm), (missed, found)


@dataclass(frozen=True)
class Report:
    """One of the reports."""

    name: str
    title: str
    story: str
    cite: str
    split: str  # the images that it scored
    test_images: int = 0  # how many judged; 0 where they are not public
    average: str = ""  # how it averaged over classes; empty: the figures are of pneumonia

    def may_be_its_test(self, images: int) -> bool:
        """Tell whether so many test images may be the report's: 2% off at most, copies differ."""
        return abs(images - self.test_images) <= 0.02 * self.test_images


@dataclass(frozen=True)
class Experiment:
    """One experiment of a report, named as its preset, with the figures as printed."""

    name: str
    report: Report
    story: str
    figures: Mapping[str, float] = field(default_factory=dict)  # keys of FIGURES
    classes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # of one class alone
    confusion: Matrix | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)  # base, learn, total

    @property
    def implied_accuracy(self) -> float | None:
        """The accuracy that the confusion matrix gives; None without a matrix."""
        if self.confusion is None:
            return None
        (tn, fp), (fn, tp) = self.confusion
        return (tn + tp) / (tn + fp + fn + tp)

    @property
    def accuracy(self) -> float | None:
        """The accuracy as printed, else what the matrix gives."""
        return self.figures.get("accuracy", self.implied_accuracy)

    @property
    def contradicts_itself(self) -> bool:
        """Whether the printed accuracy is not that of the printed matrix."""
        printed, implied = self.figures.get("accuracy"), self.implied_accuracy
        return printed is not None and implied is not None and abs(printed - implied) > APART

    def as_printed(self) -> dict[str, Any]:
        """The figures as plain JSON values, with the split; empty where none were printed."""
        if not self.figures:
            return {}
        matrix = {"confusion": [list(row) for row in self.confusion]} if self.confusion else {}
        return {**matrix, **self.figures, **self.classes, "split": self.report.split}


@dataclass(frozen=True)
class Sweep:
    """A report's search over settings: grids of recipe settings on top of a preset."""

    name: str  # the preset that it varies
    title: str
    accuracy: tuple[float, float]  # least and most that the report found on its test images
    best: str  # the preset that came out best
    grids: tuple[Mapping[str, Any], ...]  # setting -> a value or a list of them


@dataclass(frozen=True)
class Beyond:
    """Our own attempt at the official test, beside what was published of it."""

    preset: str
    candidates: int  # trainings that were scored on the official test, the dropped ones too
    story: str
    note: str

    def counted(self, shown: int = 0) -> str:
        """Say how many candidates were scored on the test; so many that are `shown` at least."""
        count = max(self.candidates, shown)
        if not count:
            return "No candidate of ours has been scored on the official test yet."
        if count == 1:
            return "One candidate of ours was scored on the official test."
        return f"{count} candidates of ours were scored on the official test."


@dataclass(frozen=True)
class Published:
    """Figures that others published."""

    cite: str
    link: str
    on: str
    note: str = ""
    model: str = ""
    accuracy: float | None = None
    recall: float | None = None
    specificity: float | None = None
    auc: float | None = None

    @property
    def official(self) -> bool:
        """Whether it is normal against pneumonia on the official test images."""
        return self.on.startswith("official test, ") and "against" not in self.on


@dataclass(frozen=True)
class Table:
    """The whole file, in its order."""

    reports: Mapping[str, Report]
    experiments: Mapping[str, Experiment]
    sweeps: Mapping[str, Sweep]
    published: tuple[Published, ...]
    beyond: Beyond


@cache
def table() -> Table:
    """Return everything that was printed; raise CxrError where the file says what nobody reads."""
    with FILE.open("rb") as file:
        given = tomllib.load(file)
    reports = {name: Report(name, **entry) for name, entry in given["reports"].items()}
    experiments = {
        name: _experiment(name, reports[name[0]], entry)
        for name, entry in given["experiments"].items()
    }
    return Table(
        reports,
        experiments,
        {name: _sweep(name, entry) for name, entry in given["sweeps"].items()},
        tuple(_published(entry, given["sources"]) for entry in given["published"]),
        Beyond(**given["beyond"]),
    )


def _experiment(name: str, report: Report, entry: Mapping[str, Any]) -> Experiment:
    for key in entry:
        if key not in (*FIGURES, *CLASSES, "story", "confusion", "parameters"):
            raise CxrError(f"{FILE.name}: '{key}' of {name} is no figure that is shown.")
    matrix = entry.get("confusion")
    return Experiment(
        name,
        report,
        entry["story"],
        {key: entry[key] for key in FIGURES if key in entry},
        {key: entry[key] for key in CLASSES if key in entry},
        ((matrix[0][0], matrix[0][1]), (matrix[1][0], matrix[1][1])) if matrix else None,
        entry.get("parameters", {}),
    )


def _sweep(name: str, entry: Mapping[str, Any]) -> Sweep:
    low, high = entry["accuracy"]
    return Sweep(name, entry["title"], (low, high), entry["best"], tuple(entry["grids"]))


def _published(entry: Mapping[str, Any], sources: Mapping[str, Any]) -> Published:
    rest = {key: value for key, value in entry.items() if key != "source"}
    return Published(**sources[entry["source"]], **rest)
