"""Choosing, adding and removing a source of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.data import sources
from pages.shared import cached, data_add, data_added, data_download, data_remove, layout, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue

PHANTOM = "phantom"
SYNTHETIC = (
    "**Synthetic**: a program drew these images. No patient is behind them, and a model trained "
    "on them knows nothing of real lungs."
)


def choose() -> str | None:
    """Draw the choice of source; return its name, or None while none is chosen."""
    data_download.settle()
    if not data_add.is_open():
        data_added.settle()
    names = [source.name for source in sources.list_sources()]
    current = state.current_source()
    state.put(Key.DATA_CHOICE, current if current in names else None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Source",
            names,
            key=Key.DATA_CHOICE,
            placeholder="Choose where the images come from",
            on_change=lambda: state.set_current_source(_typed(Key.DATA_CHOICE) or None),
            label_visibility="collapsed",
            width=320,
        )
        st.button("Add a source", icon=":material/add:", key=Key.DATA_ADD, on_click=data_add.toggle)
        if current in names:
            st.button(
                "Remove",
                icon=":material/delete:",
                key=Key.DATA_PANEL.of("remove"),
                on_click=data_remove.toggle,
            )
    _message()
    data_download.progress()
    if data_add.is_open():
        data_add.show()
        st.stop()
    if current in names and data_remove.is_open():
        data_remove.show(str(current))
        st.stop()
    if current and current not in names:
        st.warning(f"There is no source '{current}' (any more). Choose another or add it.")
        return None
    return current


def opened(name: str) -> Catalogue:
    """Return the source's table of images; draw progress and stop the page until it is there."""
    catalogue = ready(name)
    if catalogue is None:
        reading(name, "You may go to another page meanwhile; this goes on.")
        st.stop()
    return catalogue


def ready(name: str) -> Catalogue | None:
    """Return the source's table where it is listed already; else None, and the listing goes on."""
    opening = cached.opening(name)
    if not opening.soon():
        return None
    if opening.failed:
        cached.forget_catalogue(name)
        if st.button("Try again", icon=":material/refresh:", key=Key.DATA_RETRY):
            st.rerun()
    with layout.errors_as_message():
        return opening.result()


@st.fragment(run_every=0.5)
def reading(name: str, meanwhile: str) -> None:
    """Draw how far the listing of a source is, until it is done."""
    opening = cached.opening(name)
    if opening.wait(0):
        st.rerun()
    st.progress(opening.share(), opening.line())
    st.caption(meanwhile)


def _message() -> None:
    text = state.take(Key.DATA_MESSAGE)
    if text:
        st.success(str(text), icon=":material/check:")


def _typed(key: Key) -> str:
    return str(state.get(key) or "").strip()
