"""A named experiment of a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.learning.reported import Experiment, table
from engine.words.recipe import Recipe, Split

RANDOM = Split("random", validation=0.25, test=0.2)  # 60/20/20: a quarter of what is not test


@dataclass(frozen=True)
class Preset:
    """A named experiment: what it is and what it asks for; its report is in reports.toml."""

    name: str
    title: str
    story: str
    settings: Mapping[str, Any]  # Recipe's fields but data and preset
    group: str = ""  # whose it is, where it follows no report

    def recipe(self, data: str) -> Recipe:
        """Return the preset's recipe for the data of this content hash."""
        return Recipe(data=data, preset=self.name, **self.settings)

    @property
    def experiment(self) -> Experiment | None:
        """The report's experiment; None where the preset follows no report."""
        return table().experiments.get(self.name)

    @property
    def reported(self) -> Mapping[str, Any]:
        """The figures as the report prints them; empty where it prints none."""
        return self.experiment.as_printed() if self.experiment else {}

    @property
    def cite(self) -> str:
        """Where the figures come from; empty where the preset follows no report."""
        return self.experiment.report.cite if self.experiment else ""
