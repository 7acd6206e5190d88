"""A confusion matrix whose cells can be chosen with mouse, touch or keyboard."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from engine.judging.figures import Judgement
from engine.judging.sentences import word
from pages.shared import palette, state

HERE = Path(__file__).parent
NAMES = (("left alone", "false alarm"), ("missed", "found"))  # (true, predicted) of two classes

_component = st.components.v2.component(
    "cxr_confusion",
    html=(HERE / "confusion.html").read_text(encoding="utf-8"),
    css=(HERE / "confusion.css").read_text(encoding="utf-8"),
    js=(HERE / "confusion.js").read_text(encoding="utf-8"),
)


def confusion(
    judged: Judgement, selected: str | None, choose: Callable[[str], None], key: str
) -> None:
    """Draw the matrix; `choose` gets the cell that is pressed, as "true-predicted" indices."""

    def pressed() -> None:
        cell = getattr(state.get(key), "cell", None)
        if cell:
            choose(str(cell))

    _component(key=key, data=_data(judged, selected), on_cell_change=pressed)


def _data(judged: Judgement, selected: str | None) -> dict[str, object]:
    names = NAMES if len(judged.classes) == 2 else _right_or_wrong(len(judged.classes))
    return {
        "caption": "Choose a cell to see its X-rays. Hatched: wrong.",
        "classes": [word(name) for name in judged.classes],
        "colours": [palette.class_colour(name) for name in judged.classes],
        "counts": judged.matrix.tolist(),
        "names": [list(row) for row in names],
        "selected": selected or "",
    }


def _right_or_wrong(size: int) -> list[list[str]]:
    marks = ("wrong", "right")
    return [[marks[row == column] for column in range(size)] for row in range(size)]
