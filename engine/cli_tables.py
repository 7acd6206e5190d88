"""The Markdown tables of `results`: their heads and lines."""

from collections.abc import Mapping
from typing import Any

from engine.learning.reported import Published

HEADER = (
    "| preset | | split | confusion | accuracy | precision | recall | AUC |\n"
    "|---|---|---|---|---|---|---|---|"
)
PUBLISHED = (
    "| source | model | judged on | accuracy | recall | specificity | AUC |\n"
    "|---|---|---|---|---|---|---|"
)


def published_line(entry: Published) -> str:
    """Return the line of what somebody published."""
    figures = (entry.accuracy, entry.recall, entry.specificity, entry.auc)
    numbers = ["" if value is None else f"{value:.3f}" for value in figures]
    return (
        "| " + " | ".join([f"[{entry.cite}]({entry.link})", entry.model, entry.on, *numbers]) + " |"
    )


def line(preset: str, what: str, split: str, figures: Mapping[str, Any]) -> str:
    """Return a line of figures; those that are text stand as they are."""
    numbers = [figures.get(name) for name in ("accuracy", "precision", "recall", "auc")]
    shown = [_written(value) for value in numbers]
    confusion = str(figures.get("confusion", "")).replace(" ", "")
    return "| " + " | ".join([preset, what, split, confusion, *shown]) + " |"


def _written(value: float | str | None) -> str:
    return value if isinstance(value, str) else "" if value is None else f"{value:.3f}"
