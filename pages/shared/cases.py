"""Evaluate's gallery: the X-rays of a cell of the confusion matrix, or of a range of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import cases
from engine.judging.figures import judge
from engine.judging.scores import Scores
from pages.shared import case_opened, case_tiles, layout, state, wording
from pages.shared import gallery as pictures
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

PER_PAGE = 12
ORDER = Key.EVALUATE.of("order")


@st.fragment
@layout.errors_as_message()
def gallery(run: Run, scores: Scores, threshold: float | None, cell: str | None) -> None:
    """Draw the X-rays of a case ("1-0", "0.4..0.6"); a page turned reruns this alone.

    Where `cell` names none: what was missed, else the most common mistake.
    """
    state.show(Key.IMAGE)
    case = current(scores, threshold, cell)
    title = cases.describe(scores, threshold, case)
    st.subheader(title, anchor=False)
    found = cases.places(scores, threshold, case)
    if not len(found):
        st.caption("Choose another cell of the confusion matrix to see its X-rays.")
        return
    paged(run, scores, threshold, found, f"{scores.classes[-1]}_{case}", title)


def paged(
    run: Run, scores: Scores, threshold: float | None, found: cases.Places, name: str, title: str
) -> None:
    """Draw a page of these images in the visitor's order, and over it the one that is open.

    `name` tells a run's galleries apart. Where the images are not here: their files and scores.
    """
    root = pictures.folder(run)
    if root is None:
        absent(run, scores, threshold, found)
        return
    key, pages = f"{run.id}_{scores.split}_{name}", -(-len(found) // PER_PAGE)
    start = Key.GALLERY.of(key, "start")
    with st.container(horizontal=True, vertical_alignment="center"):
        found = cases.ordered(scores, threshold, found, choose_order())
        number = choose_page(key, pages, int(str(state.get(start) or 1)))
        st.caption(wording.count(len(found), "X-ray"), width="content")
    part = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    rows = cases.table(scores, threshold, part)
    case_tiles.draw(rows, root, Key.GALLERY.of(key, "tiles"))

    def closed(index: int) -> None:
        state.put(start, index // PER_PAGE + 1)

    shown = case_tiles.Shown(run, scores, threshold, found, root)
    case_opened.show(shown, title, closed)


def choose_page(key: str, pages: int, start: int) -> int:
    """Draw the choice of the page; another `start` is another widget, which begins there."""
    if pages < 2:
        return 1
    start = min(start, pages)
    return int(st.pagination(pages, default=start, key=Key.GALLERY.of(key, pages, start)))


def choose_order() -> str:
    """Draw the choice of the order."""
    order = st.selectbox(
        "Order",
        list(cases.ORDERS),
        format_func=cases.ORDERS.__getitem__,
        key=ORDER,
        persist_state="session",
        label_visibility="collapsed",
        width=260,
    )
    return str(order)


def absent(run: Run, scores: Scores, threshold: float | None, found: cases.Places) -> None:
    """Say that the images are not here; list their files, the one that a link names first."""
    own = cases.find(scores, state.choice(Key.IMAGE) or "")
    if len(own):
        st.markdown(case_opened.facts(scores, threshold, int(own[0])))
    pictures.missing(run, len(found))
    table = cases.table(scores, threshold, cases.ordered(scores, threshold, found))
    columns = ["file", "true", "predicted", "score", "kind", "patient"]
    with st.expander(f"The {len(table):,} files and their scores"):
        st.dataframe(table[columns], hide_index=True)


def current(scores: Scores, threshold: float | None, cell: str | None) -> cases.Case:
    """Return the case that an address names, else the first one to show."""
    case = cases.parse(cell, len(scores.classes))
    return case or cases.first(judge(scores, threshold or 0.0).matrix)
