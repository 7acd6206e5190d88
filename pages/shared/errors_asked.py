"""What is asked in Explain's view of the errors, and the wait for its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import streamlit as st

from engine.judging.cases import Case, Cell, Places
from engine.judging.scores import Scores
from engine.judging.sentences import word
from pages.shared import folded, picking, state, working
from pages.shared.cached_errors import Wanted
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.runs.run import Run

CALLED = "called"  # heat for the class that each X-ray was called
R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Asked:
    """A case of a run's scores, with the class and the method of its heat maps."""

    run: Run
    root: Path
    scores: Scores
    threshold: float | None
    case: Case
    heat: str
    method: str

    @property
    def name(self) -> str:
        """The class of the heat, in words."""
        return "the class it was called" if self.heat == CALLED else word(self.heat)

    def wanted(self, places: Places) -> Wanted:
        """Whose maps are wanted, each for its class."""
        rows = self.scores.rows.iloc[places]
        if self.heat == CALLED:
            indices = self.scores.predicted(self.threshold or 0.0)[places]
        else:
            indices = np.full(len(places), self.run.classes.index(self.heat))
        return Wanted(
            self.run,
            self._networks(rows),
            self.root,
            tuple(rows["file"]),
            tuple(rows["image_id"]),
            tuple(map(int, indices)),
            self.method,
        )

    def _networks(self, rows: pd.DataFrame) -> tuple[Run, ...]:
        if not self.run.recipe.split.every_fold:
            return (self.run,) * len(rows)
        from engine.runs.out_of_fold import MEMBER

        files = dict(zip(rows[MEMBER], rows["file"], strict=True))  # one of each network
        asked = {name: folded.network(self.run, file) for name, file in files.items()}
        return tuple(asked[name] for name in rows[MEMBER])


def open_xray(asked: Asked, place: int) -> None:
    """Show an X-ray in the view of one, whose steps then go through its cell."""
    state.put(Key.EXPLAIN_IMAGE, str(asked.scores.rows["file"].iloc[place]))
    for name in ("label", "outcome", "find"):
        state.drop(Key.EXPLAIN.of(name))
    if isinstance(asked.case, Cell) and asked.scores.classes == asked.run.classes:
        true, right = asked.case.true, asked.case.true == asked.case.said
        outcome = "right" if right else "wrong"
        if asked.scores.binary:
            outcome = picking.BINARY["pos" if asked.case.said else "neg", right]
        state.put(Key.EXPLAIN.of("label"), asked.run.classes[true])
        state.put(Key.EXPLAIN.of("outcome"), outcome)
    state.put(Key.EXPLAIN_CLASS, None if asked.heat == CALLED else asked.heat)
    state.choose(Key.EXPLAIN_VIEW, "look")


def awaited(
    find: Callable[[], working.Work[R]], forget: Callable[[], object], name: str
) -> R | None:
    """Return what the work makes; None, with its progress drawn, while there is nothing yet.

    `forget` lets it begin anew. Raises CxrError where it could not be done.
    """
    work = working.finished(find, cancel=Key.EXPLAIN.of("stop", name))
    if work is None:
        return None
    if work.cancelled and work.failed:
        st.markdown(
            f"**Stopped** after {work.done:,} of {work.total:,}. The heat maps that were done are "
            "kept."
        )
        if st.button("Go on", icon=":material/play_arrow:", key=Key.EXPLAIN.of("go_on", name)):
            forget()
            st.rerun()
        return None
    if work.failed:
        forget()
    return work.result()
