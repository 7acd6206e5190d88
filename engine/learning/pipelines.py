"""Augmentation pipelines to begin with: the reports' own, none, and one that is too much."""

from dataclasses import dataclass

from engine.learning.imbalance import COPIES
from engine.learning.presets import PRESETS
from engine.words.options import Choice


@dataclass(frozen=True)
class Ready:
    """A pipeline with its name and where it comes from."""

    label: str
    story: str
    steps: tuple[Choice, ...]


def _of(preset: str) -> tuple[Choice, ...]:
    steps: tuple[Choice, ...] = PRESETS[preset].settings["augmentation"]
    return steps


PIPELINES = {
    "none": Ready("None", "Every epoch shows the same pictures.", ()),
    "a": Ready(
        "Report A",
        "What report A made copies of normal X-rays with, each step in every other copy.",
        COPIES,
    ),
    "b": Ready("Report B", "Small moves, zooms and turns; never a flip.", _of("B-VGG16")),
    "c5": Ready("C5", "Report C's moderate augmentation: its best on the test.", _of("C5")),
    "c4": Ready(
        "C4", "Twice as much of it: the report's model then called all but one sick.", _of("C4")
    ),
    "too_much": Ready(
        "Too much",
        "Far more than any X-ray differs from another: look at what is left of the disease.",
        (
            Choice.of("flip", chance=0.5),
            Choice.of("shift", limit=0.4),
            Choice.of("zoom", limit=0.5),
            Choice.of("rotate", limit=45.0),
            Choice.of("contrast", limit=0.8),
            Choice.of("dropout", boxes=8, side=0.3, chance=0.7),
            Choice.of("noise", limit=0.2, chance=0.7),
        ),
    ),
}
