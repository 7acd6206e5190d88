"""Evaluate's gallery: the X-rays of a cell of the confusion matrix, or of a range of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import cases
from engine.judging.figures import judge
from engine.judging.scores import Scores
from pages.shared import back, cached, case_opened, case_tiles, layout, state, wording
from pages.shared import gallery as pictures
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

PER_PAGE = 12
ORDER = Key.EVALUATE.of("order")
LAST = Key.EVALUATE.of("gallery")  # whose page the address names
JUMPS = Key.EVALUATE.of("jumps")


@st.fragment
@layout.errors_as_message()
def gallery(run: Run, scores: Scores, threshold: float | None, cell: str | None) -> None:
    """Draw the X-rays of a case ("1-0", "0.4..0.6"); a page turned reruns this alone.

    Where `cell` names none: what was missed, else the most common mistake.
    """
    state.show(Key.IMAGE)
    case = current(scores, threshold, cell)
    title = cases.describe(scores, threshold, case)
    found = cases.places(scores, threshold, case)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, anchor=False, width="content")
        explain(run, scores, case, bool(len(found)))
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
    with st.container(horizontal=True, vertical_alignment="center"):
        found = cases.ordered(scores, threshold, found, choose_order())
        number = choose_page(key, pages)
        st.caption(wording.count(len(found), "X-ray"), width="content")
    part = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    rows = cases.table(scores, threshold, part)
    case_tiles.draw(rows, root, Key.GALLERY.of(key, "tiles"))

    def closed(index: int) -> None:
        keep_page(index // PER_PAGE + 1)
        state.put(JUMPS, _jumps() + 1)

    shown = case_tiles.Shown(run, scores, threshold, found, root)
    case_opened.show(shown, title, closed)


def explain(run: Run, scores: Scores, case: cases.Case, there: bool) -> None:
    """Draw the way to the heat maps of these X-rays, where their images are here."""
    if not there or cached.folder_of(run.id)[0] is None:
        return
    if st.button("Heat maps of these", icon=":material/visibility:", key=Key.EVALUATE.of("heat")):
        back.explain_case(run, scores, case)


def choose_page(key: str, pages: int) -> int:
    """Draw the choice of the page; the address keeps it, and another gallery begins anew."""
    if state.get(LAST) not in (None, key):
        keep_page(1)
    state.put(LAST, key)
    if pages < 2:
        return 1
    text, widget = state.choice(Key.EVALUATE_PAGE) or "", Key.GALLERY.of(key, pages, _jumps())
    kept = min(max(int(text), 1), pages) if text.isdecimal() else 1

    def turned() -> None:
        keep_page(int(str(state.get(widget))))

    return int(st.pagination(pages, default=kept, key=widget, on_change=turned))


def _jumps() -> int:
    """How often a page was chosen by other means: each time another widget, which begins there."""
    return int(str(state.get(JUMPS) or 0))


def keep_page(number: int) -> None:
    """Keep the page of the gallery in the address."""
    state.choose(Key.EVALUATE_PAGE, str(number) if number > 1 else None)


def choose_order() -> str:
    """Draw the choice of the order; the address keeps it."""
    current = state.choice(Key.EVALUATE_ORDER)
    state.put(ORDER, current if current in cases.ORDERS else next(iter(cases.ORDERS)))
    order = st.selectbox(
        "Order",
        list(cases.ORDERS),
        format_func=cases.ORDERS.__getitem__,
        key=ORDER,
        on_change=lambda: state.choose(Key.EVALUATE_ORDER, str(state.get(ORDER))),
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
    with st.expander(f"{wording.count(len(table), 'file')} with scores"):
        st.dataframe(table[columns], hide_index=True)


def current(scores: Scores, threshold: float | None, cell: str | None) -> cases.Case:
    """Return the case that an address names, else the first one to show."""
    case = cases.parse(cell, len(scores.classes))
    return case or cases.first(judge(scores, threshold or 0.0).matrix)
