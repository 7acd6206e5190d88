"""A confusion matrix whose cells can be chosen with mouse, touch or keyboard."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from engine.judging.figures import Judgement
from engine.judging.sentences import word
from engine.judging.several import normalised
from pages.shared import palette, state

HERE = Path(__file__).parent
SHARE = {"row": "Share of its row", "column": "Share of its column", "total": "Share of all"}
NAMES = (("left alone", "false alarm"), ("missed", "found"))  # (true, predicted) of two classes

_component = st.components.v2.component(
    "cxr_confusion",
    html=(HERE / "confusion.html").read_text(encoding="utf-8"),
    css=(HERE / "confusion.css").read_text(encoding="utf-8"),
    js=(HERE / "confusion.js").read_text(encoding="utf-8"),
)


def confusion(
    judged: Judgement,
    selected: str | None,
    choose: Callable[[str], None],
    key: str,
    of: str = "row",
) -> None:
    """Draw the matrix; `choose` gets the cell that is pressed, as "true-predicted" indices.

    A cell is tinted by its share `of` its row, its column or the total, which it also says.
    """

    def pressed() -> None:
        cell = getattr(state.get(key), "cell", None)
        if cell:
            choose(str(cell))

    _component(key=key, data=_data(judged, selected, of), on_cell_change=pressed)


def _data(judged: Judgement, selected: str | None, of: str) -> dict[str, object]:
    names = NAMES if len(judged.classes) == 2 else _right_or_wrong(len(judged.classes))
    shares = normalised(judged.matrix, of)
    return {
        "caption": f"{SHARE[of]}. Choose a cell to see its X-rays. Hatched: wrong.",
        "classes": [word(name) for name in judged.classes],
        "colours": [palette.class_colour(name) for name in judged.classes],
        "counts": judged.matrix.tolist(),
        "shares": [[None if share != share else share for share in row] for row in shares.tolist()],
        "of": of if of != "total" else "whole",
        "names": [list(row) for row in names],
        "selected": selected or "",
    }


def _right_or_wrong(size: int) -> list[list[str]]:
    marks = ("wrong", "right")
    return [[marks[row == column] for column in range(size)] for row in range(size)]
