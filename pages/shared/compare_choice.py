"""What the views of Compare are told: the chosen runs, the split, and every run there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from engine.judging.sentences import word
from pages.shared import cached_compare, charts
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.runs.run import Run


@dataclass(frozen=True, eq=False)
class Compared:
    """The runs that stand side by side, by a name that only one of them has."""

    runs: dict[str, Run]
    split: str
    every: dict[str, Run]  # all runs that can be judged on the split, by unique name
    table: pd.DataFrame  # their figures, a row a run, column "id"

    @property
    def alike(self) -> dict[str, Run]:
        """The chosen runs that tell the same classes apart as the first."""
        first = next(iter(self.runs.values()), None)
        return {
            name: run for name, run in self.runs.items() if first and run.classes == first.classes
        }

    @property
    def named(self) -> cached_compare.Named:
        """The runs of `alike` as the caches' key."""
        return tuple((name, run.id) for name, run in self.alike.items())

    @property
    def classes(self) -> tuple[str, ...]:
        """What those tell apart."""
        return next(iter(self.runs.values())).classes

    def row(self, name: str) -> dict[str, object]:
        """A run's figures as the table has them."""
        found = self.table[self.table["id"] == self.every[name].id]
        return dict(found.iloc[0])


def unique_names(runs: list[Run]) -> dict[str, str]:
    """Return a name for each id; runs of equal name get their id's first letters."""
    often = [run.name for run in runs]
    twice = {name for name in often if often.count(name) > 1}
    return {run.id: f"{run.name} ({run.id[:6]})" if run.name in twice else run.name for run in runs}


def two_alike(compared: Compared) -> bool:
    """Tell whether two runs with the same classes are chosen; say so where they are not."""
    alike = compared.alike
    for name, run in compared.runs.items():
        if name not in alike:
            st.caption(
                f"{name} tells other classes apart ({', '.join(run.classes)}) than "
                f"{next(iter(alike))} ({', '.join(compared.classes)}): it is left out here."
            )
    if len(alike) >= 2:
        return True
    st.info("Choose two or more runs with the same classes.", icon=":material/compare:")
    return False


def choose_class(classes: tuple[str, ...], view: str) -> int:
    """Let the visitor choose the class to look for among more than two; 1 for two."""
    if len(classes) == 2:
        return 1
    name = st.segmented_control(
        "Class against the rest",
        classes,
        default=classes[1],
        required=True,
        format_func=word,
        key=Key.COMPARE.of(view, "class"),
    )
    return classes.index(str(name))


def draw(title: str, figure: object, sentence: str) -> None:
    """Draw a figure under its title, its sentence below."""
    st.markdown(f"**{title}**")
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.COMPARE.of(title), alt=sentence)
    st.caption(sentence)
