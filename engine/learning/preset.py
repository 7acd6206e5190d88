"""A named experiment of a report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Preset:
    """A named experiment: what it is, what it asks for, what its report found."""

    name: str
    title: str
    story: str
    settings: Mapping[str, Any]  # Recipe's fields but data and preset
    reported: Mapping[str, Any] = field(default_factory=dict)  # figures as the report prints them
    cite: str = ""

    def recipe(self, data: str) -> Recipe:
        """Return the preset's recipe for the data of this content hash."""
        return Recipe(data=data, preset=self.name, **self.settings)


def confusion(tn: int, fp: int, fn: int, tp: int) -> dict[str, Any]:
    """Return a report's matrix on the official test."""
    return {"confusion": [[tn, fp], [fn, tp]], "split": "official test, 624 images"}
