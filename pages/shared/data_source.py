"""Choosing, adding and removing a source of images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from engine.data import sources
from engine.words.errors import CxrError
from pages.shared import cached, data_download, layout, state
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
        with st.popover("Add a source", icon=":material/add:"):
            _add()
        if current in names:
            with st.popover("Remove", icon=":material/delete:"):
                _remove(str(current))
    _message()
    data_download.progress()
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
    if not opening.wait(0.7):
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


def _add() -> None:
    st.text_input("Name", key=Key.DATA_NAME, placeholder="such as clinic-2019")
    st.caption("Folders inside: train, val, test with one folder per class, or just the classes.")
    folder, archive, download = st.tabs(["A folder on the server", "A ZIP file", "Download"])
    with folder:
        st.text_input("Path", key=Key.DATA_FOLDER, placeholder="/data/chest_xray")
        if st.button("Add the folder", key=Key.DATA_ADD_FOLDER, type="primary"):
            _register(_typed(Key.DATA_NAME), folder=_typed(Key.DATA_FOLDER))
    with archive:
        upload = st.file_uploader("ZIP of such a folder", type="zip", key=Key.DATA_ZIP)
        if st.button("Add the ZIP", key=Key.DATA_ADD_ZIP, type="primary", disabled=upload is None):
            _register(_typed(Key.DATA_NAME), archive=upload)
    with download:
        data_download.show("tab")


def _register(name: str, folder: str = "", archive: object = None) -> None:
    try:
        with st.spinner("Adding the source"):
            if archive is not None:
                sources.register_zip(name, archive)
            elif not folder:
                raise CxrError("Give the path of a folder with images, such as /data/chest_xray.")
            else:
                sources.register_folder(name, Path(folder).expanduser())
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        return
    state.put(Key.DATA_MESSAGE, f"'{name}' is in the list now.")
    state.set_current_source(name)
    st.rerun()


def _remove(name: str) -> None:
    source = next(entry for entry in sources.list_sources() if entry.name == name)
    if source.kind == PHANTOM:
        st.markdown("The phantom comes with the product and stays in the list.")
        return
    own = source.kind == "upload"
    st.markdown(
        f"Remove '{name}' from the list? "
        + ("Its unpacked copy is deleted." if own else "The folder itself stays as it is.")
        + " Runs trained on it keep their results, but not their pictures."
    )
    if st.button("Remove it", key=Key.DATA_SURE, type="primary"):
        with layout.errors_as_message():
            sources.remove_source(name)
        cached.forget_catalogue(name)
        state.set_current_source(None)
        state.put(Key.DATA_MESSAGE, f"'{name}' was removed.")
        st.rerun()


def _typed(key: Key) -> str:
    return str(state.get(key) or "").strip()
