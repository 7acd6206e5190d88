"""Downloading the original data: choice, licence, progress, going on after an interruption."""

from __future__ import annotations

import streamlit as st

from engine.data import downloads
from engine.data.downloads import Dataset
from engine.words.errors import Cancelled, CxrError
from engine.words.settings import settings
from pages.shared import cached_downloads, layout, state
from pages.shared.state import Key

MINE = "mine"  # this visitor began it, so its end chooses the source
SEEN = "seen"


def show(where: str) -> None:
    """Draw the choice of a data set and what getting it takes; `where` tells two places apart."""
    name = st.selectbox(
        "Data set",
        list(downloads.DATASETS),
        format_func=_named,
        key=Key.DOWNLOAD.of("set", where),
        label_visibility="collapsed",
    )
    dataset = downloads.find(name)
    st.caption(dataset.help)
    with layout.errors_as_message():
        added = downloads.is_added(dataset)
    if added:
        st.markdown(f"'{dataset.label}' is in the list of sources already.")
        st.button(
            "Choose it", key=Key.DOWNLOAD.of("choose", where), on_click=_choose, args=(dataset,)
        )
    elif any(work.name == name for work in cached_downloads.board().running()):
        st.markdown("It is on its way: the page shows how far.")
    else:
        _offer(name, dataset, where)


def settle() -> None:
    """Choose a source that this visitor downloaded, and say how other downloads ended."""
    for name, dataset in downloads.DATASETS.items():
        work = cached_downloads.board().find(name)
        watched = state.get(Key.DOWNLOAD.of("watched", name))
        if watched is None or work is None or not work.wait(0):
            continue
        state.drop(Key.DOWNLOAD.of("watched", name))
        try:
            source = work.result()
        except Cancelled:
            state.put(Key.DATA_MESSAGE, f"Stopped. {_kept(dataset)}")
        except CxrError as error:
            state.put(Key.DOWNLOAD.of("error"), str(error))
        else:
            state.put(Key.DATA_MESSAGE, f"'{source.name}' is in the list now.")
            if watched == MINE:
                state.set_current_source(source.name)


def progress() -> None:
    """Draw the downloads at work, with a way to stop each, and what went wrong with the last."""
    error = state.take(Key.DOWNLOAD.of("error"))
    if error:
        st.error(str(error), icon=":material/error:")
    for work in cached_downloads.board().running():
        _running(work.name)


def credit(source: str) -> None:
    """Name the authors of a downloaded source, as its licence asks."""
    for dataset in downloads.DATASETS.values():
        if dataset.label == source:
            st.caption(f"{dataset.citation}. [{dataset.licence}]({dataset.licence_url}).")


def _offer(name: str, dataset: Dataset, where: str) -> None:
    mirror = settings().download_url
    origin = f"the mirror {mirror}" if mirror else f"[its publisher]({dataset.page})"
    st.markdown(
        f"**{_megabytes(dataset.bytes)} MB** from {origin}: **{dataset.images:,} images**, about "
        f"{_megabytes(dataset.unpacked)} MB on the disk afterwards."
    )
    there = downloads.there(dataset)
    if there:
        st.markdown(_kept(dataset))
    with st.container(horizontal=True, vertical_alignment="center"):
        accepted = st.checkbox(
            f"I accept the licence [{dataset.licence}]({dataset.licence_url})",
            key=Key.DOWNLOAD.of("licence", where, name),
            width="content",
        )
        st.button(
            "Go on" if there else "Download",
            icon=":material/download:",
            type="primary",
            disabled=not accepted,
            key=Key.DOWNLOAD.of("begin", where),
            on_click=_begin,
            args=(name,),
        )
        if there:
            st.button(
                "Discard what is there",
                icon=":material/delete:",
                type="tertiary",
                key=Key.DOWNLOAD.of("discard", where),
                on_click=_discard,
                args=(name,),
            )
    st.caption(f"The licence asks you to name the authors: {dataset.citation}.")


@st.fragment(run_every=0.5)
def _running(name: str) -> None:
    work = cached_downloads.board().find(name)
    if work is None or work.wait(0):
        st.rerun()
    watched = Key.DOWNLOAD.of("watched", name)
    state.put(watched, state.get(watched, SEEN))
    with st.container(border=True):
        st.progress(work.share(), work.line())
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("You may go to another page meanwhile; this goes on.", width="content")
            st.button(
                "Stopping" if work.cancelled else "Stop",
                icon=":material/stop:",
                disabled=work.cancelled,
                help="For everybody. What is there stays, and can be gone on from.",
                key=Key.DOWNLOAD.of("stop", name),
                on_click=work.cancel,
            )


def _begin(name: str) -> None:
    cached_downloads.board().begin(name)
    state.put(Key.DOWNLOAD.of("watched", name), MINE)


def _discard(name: str) -> None:
    try:
        downloads.discard(name)
    except CxrError as error:
        state.put(Key.DOWNLOAD.of("error"), str(error))


def _choose(dataset: Dataset) -> None:
    state.set_current_source(dataset.label)


def _kept(dataset: Dataset) -> str:
    there = downloads.there(dataset)
    return f"{_megabytes(there)} of {_megabytes(dataset.bytes)} MB are there: go on at any time."


def _named(name: str) -> str:
    dataset = downloads.find(name)
    return f"{dataset.label} ({_megabytes(dataset.bytes)} MB)"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}" if size >= 10**7 else f"{size / 1e6:,.1f}"
