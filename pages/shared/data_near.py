"""The Data page's near copies: one X-ray saved twice, side by side, and what they would leak."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from engine.data import likeness
from engine.words.errors import CxrError
from pages.shared import cached_honesty, gallery, wording, working
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue

PER_PAGE = 4
SIDE = 160  # pixels of each of a pair: two fit side by side on a phone
WAYS = {
    "folders": "In the folders as they came",
    "random": "In a random split by image",
    "patient": "In a split by patient",
}
SEEN = {
    "images": "test images",
    "patient": "of a patient in training",
    "copy": "with an identical file there",
    "near_copy": "with a near copy there",
    "any": "seen in some way",
}


def show(catalogue: Catalogue) -> None:
    """Draw the pairs, the worst first, and what each way of splitting would leak of them."""
    find = partial(cached_honesty.near_copies, catalogue.hash, catalogue)
    work = working.finished(find)
    if work is None:
        return
    if work.failed:
        cached_honesty.near_copies.clear()
    pairs = work.result()
    alike = st.slider(
        "Show pairs from a likeness of",
        likeness.LEAST,
        1.0,
        likeness.ALIKE,
        0.01,
        key=Key.DATA_SECTION.of("alike"),
        persist_state="session",
        help="Correlation of the fine detail of two pictures. Different chests reach 0.9 hardly "
        "ever; one picture saved again, shrunk or brightened stays above 0.95.",
        width=320,
    )
    table = likeness.described(catalogue.images, pairs, alike)
    st.markdown(f"**{sentence(table, len(catalogue.images))}**")
    _pairs(catalogue, table)
    st.subheader("What they would leak", anchor=False)
    _leaks(catalogue, pairs, alike)


def sentence(table: pd.DataFrame, images: int) -> str:
    """Say how many pairs there are, and how bad."""
    if table.empty:
        return f"No two of {images:,} images look like one picture twice."
    pairs = wording.count(len(table), "pair")
    verb = "looks" if len(table) == 1 else "look"
    notes = [f"{int(table['across'].sum()):,} across two splits"]
    notes.append(f"{int(table['classes'].sum()):,} in two classes")
    notes.append(f"{int(table['patients'].sum()):,} under two patients' names")
    return f"{pairs} of {images:,} images {verb} like one picture twice: {', '.join(notes)}."


def _pairs(catalogue: Catalogue, table: pd.DataFrame) -> None:
    if table.empty:
        st.caption("Files with the very same bytes are under Problems. Lower the likeness to look.")
        return
    pages = -(-len(table) // PER_PAGE)
    number = 1
    if pages > 1:
        number = st.pagination(pages, key=Key.GALLERY.of("near", catalogue.hash, pages))
    first = (number - 1) * PER_PAGE
    with st.container(horizontal=True, gap="medium"):
        for pair in table.iloc[first : first + PER_PAGE].to_dict("records"):
            _pair(catalogue, pair)


def _pair(catalogue: Catalogue, pair: dict[str, Any]) -> None:
    with st.container(border=True, width=2 * SIDE + 50, gap="xxsmall"):
        st.markdown(f"Likeness {pair['alike']:.2f}, {pair['bits']} of 64 hash bits differ")
        with st.container(horizontal=True, gap="xxsmall"):
            if pair["across"]:
                st.badge("across splits", icon=":material/warning:", color="orange")
            if pair["classes"]:
                st.badge("two classes", icon=":material/warning:", color="orange")
            if pair["patients"]:
                st.badge("two patients' names", icon=":material/help:", color="gray")
        with st.container(horizontal=True, gap="xsmall"):
            for side in ("a", "b"):
                row = _Row(pair[f"image_id_{side}"], pair[f"file_{side}"])
                split = pair[f"split_{side}"] or "no folder"
                text = f"**{pair[f'label_{side}']}** · {split}  \n{pair[f'patient_{side}']}"
                gallery.tile(catalogue.root, row, text, SIDE)


class _Row:
    def __init__(self, image_id: str, file: str) -> None:
        self.image_id, self.file = image_id, file


def _leaks(catalogue: Catalogue, pairs: pd.DataFrame, alike: float) -> None:
    """Draw a table: a row a way of splitting, a column a way of having been seen."""
    rows = {}
    for kind, name in WAYS.items():
        try:
            found = cached_honesty.leaked(catalogue.hash, kind, alike, catalogue, pairs)
        except CxrError as error:
            st.caption(f"{name}: not possible. {error}")
            continue
        if not found["images"]:
            st.caption(f"{name}: there are no test images.")
            continue
        rows[name] = {label: found[key] for key, label in SEEN.items()}
    st.table(pd.DataFrame(rows).T.map("{:,}".format))
    random = rows.get(WAYS["random"])
    if random:
        seen = wording.share(random[SEEN["any"]], random[SEEN["images"]])
        st.caption(
            f"Draw 20% of the images at random and {seen} of the test images were seen in training "
            "in some way: the same child, the same file or a near copy. Drawn by patient, one "
            "child's images and identical files stay on one side."
        )
