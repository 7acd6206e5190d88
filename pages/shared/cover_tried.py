"""What was covered so far on one X-ray, with its scores, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.explaining import sentences_cover
from engine.explaining.occlusion import HOW, Box
from pages.shared import patch, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from pages.shared.cover_asked import Case

MOST = 30
WAY = Key.COVER.of("how")  # the widget that chooses the way to cover


@dataclass(frozen=True)
class Try:
    """Patches and the way they were covered."""

    boxes: tuple[Box, ...]
    how: str


def tries(case: Case) -> tuple[Try, ...]:
    """Return what was tried on this X-ray by this visitor, the last one at the end."""
    kept = state.get(_key(case))
    return kept if isinstance(kept, tuple) else ()


def note(case: Case, boxes: tuple[Box, ...], how: str) -> None:
    """Remember what is covered now, where it is something else than before."""
    now, before = Try(boxes, how), tries(case)
    if boxes and before[-1:] != (now,):
        state.put(_key(case), (*before, now)[-MOST:])


def back(case: Case) -> None:
    """Go back to the try before what is covered now; to nothing before the first one."""
    before = tries(case)
    if patch.boxes(case.name):
        before = before[:-1]
        state.put(_key(case), before)
    _restore(case, before[-1] if before else Try((), str(state.get(WAY))))


def show(case: Case, index: int) -> None:
    """Draw the table of tries, newest first; a row that is selected is put back."""
    done = tries(case)
    if not done:
        st.caption("Nothing was covered yet. Each try will stand here with its score.")
        return
    key = Key.COVER.of("tried", case.name, len(done))

    def selected() -> None:
        rows = getattr(getattr(state.get(key), "selection", None), "rows", [])
        if rows:
            _restore(case, done[len(done) - 1 - rows[0]])

    st.dataframe(
        _table(case, done, index),
        hide_index=True,
        key=key,
        on_select=selected,
        selection_mode="single-row",
        column_config={
            "score": st.column_config.NumberColumn(format="%.3f"),
            "change": st.column_config.NumberColumn(format="%+.3f"),
        },
    )
    st.caption("Select a row to cover that again; Back takes the last one away.")


def _table(case: Case, done: tuple[Try, ...], index: int) -> pd.DataFrame:
    plain = case.scores()
    rows = []
    for number, one in enumerate(done, 1):
        scores = case.scores(one.boxes, one.how)
        rows.append(
            {
                "try": number,
                "covered": sentences_cover.patches(one.boxes),
                "how": HOW[one.how].label,
                "score": float(scores[index]),
                "change": float(scores[index] - plain[index]),
                "decision": case.classes[sentences_cover.decided(scores, case.threshold)],
            }
        )
    return pd.DataFrame(rows[::-1])


def _restore(case: Case, one: Try) -> None:
    patch.put(case.name, one.boxes)
    if one.how in HOW:
        state.put(WAY, one.how)


def _key(case: Case) -> str:
    return Key.COVER.of("tries", case.run.id, case.name)
