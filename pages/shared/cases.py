"""Evaluate's gallery: the X-rays of a cell of the confusion matrix, or of a range of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import cases
from engine.judging.figures import Judgement
from engine.judging.scores import Scores
from engine.judging.sentences import word
from pages.shared import gallery as pictures
from pages.shared import state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run


def gallery(run: Run, scores: Scores, threshold: float | None, cell: str | None) -> None:
    """Draw the X-rays of a case ("1-0", "0.4..0.6"), the surest mistakes first.

    Where `cell` names none: what was missed, else the most common mistake.
    """
    case = current(scores, threshold, cell)
    rows = cases.table(scores, threshold, cases.places(scores, threshold, case))
    st.subheader(cases.describe(scores, threshold, case), anchor=False)
    if rows.empty:
        st.caption("Choose another cell of the confusion matrix to see its X-rays.")
        return
    root = pictures.folder(run)
    if root is None:
        pictures.missing(run, len(rows))
        with st.expander(f"The {len(rows):,} files and their scores"):
            st.dataframe(rows[["file", "patient", "score"]], hide_index=True)
        return
    pictures.show(rows, root, caption, f"{run.id}_{scores.split}_{case}")


def caption(row: object) -> str:
    """The facts under an X-ray: true class, predicted class, score, patient."""
    call = "" if row.right else f", called {word(row.predicted)}"
    return f"**{word(row.true)}**{call} · {row.score:.3f} · {row.patient}"


def current(scores: Scores, threshold: float | None, cell: str | None) -> cases.Case:
    """Return the case that an address names, else the first one to show."""
    from engine.judging.figures import judge

    case = cases.parse(cell, len(scores.classes))
    return case or cases.first(judge(scores, threshold or 0.0).matrix)


def current_cell(judged: Judgement) -> str:
    """Return the chosen cell as "true-predicted" for the matrix, else the first one to show."""
    chosen = state.choice(Key.EVALUATE_CELL)
    return str(cases.parse(chosen, len(judged.classes)) or cases.first(judged.matrix))
