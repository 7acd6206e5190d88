"""A source while it is being added, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.data import report
from engine.data.report import Report
from engine.data.sources import Source
from engine.words.errors import Cancelled, CxrError
from pages.shared import cached, state, wording
from pages.shared.state import Key
from pages.shared.working import Report as Tell
from pages.shared.working import Work

WORK, RESULT, ERROR, AT = (Key.DATA_ADD.of(part) for part in ("work", "result", "error", "at"))


def begin(name: str, add: Callable[[Tell], Source]) -> None:
    """Add and read a source in a thread, so that turning the page stops nothing."""

    def make(tell: Tell) -> tuple[str, Report]:
        source, found = report.added(lambda: add(tell), tell)
        return source.name, found

    state.put(WORK, Work(make, f"add {name}", "Unpacking"))


def busy() -> bool:
    """Tell whether something is being added for this visitor, or waits to be reported."""
    return isinstance(state.get(WORK), Work)


def settle() -> None:
    """Take what was added while this visitor looked at something else."""
    work = state.get(WORK)
    if isinstance(work, Work) and work.wait(0):
        chosen = state.current_source()
        _settle(work)
        state.set_current_source(chosen)
        result = state.take(RESULT)
        if isinstance(result, tuple):
            state.put(Key.DATA_MESSAGE, f"'{result[0]}' is in the list now.")


def show() -> bool:
    """Draw the progress or the result; return False where there is neither."""
    work = state.get(WORK)
    if isinstance(work, Work):
        if not work.soon():
            _running()
            return True
        _settle(work)
        st.rerun()  # the header and the list above name the new source then
    result = state.get(RESULT)
    if not isinstance(result, tuple):
        return False
    _result(*result)
    return True


@st.fragment(run_every=0.5)
def _running() -> None:
    work = state.get(WORK)
    if not isinstance(work, Work) or work.wait(0):
        st.rerun()
    st.progress(work.share(), work.line())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("You may go to another page meanwhile; this goes on.", width="content")
        st.button(
            "Look at other images",
            key=Key.DATA_ADD.of("aside"),
            on_click=lambda: state.put(Key.DATA_PANEL, None),
        )
        st.button(
            "Stopping" if work.cancelled else "Stop",
            icon=":material/stop:",
            disabled=work.cancelled,
            help="Nothing is added then.",
            key=Key.DATA_ADD.of("stop"),
            on_click=work.cancel,
        )


def _settle(work: Work[tuple[str, Report]]) -> None:
    state.drop(WORK)
    try:
        name, found = work.result()
    except Cancelled:
        state.put(ERROR, "Stopped. Nothing was added.")
    except (CxrError, OSError) as error:
        state.put(ERROR, str(error))
    else:
        cached.forget_catalogue(name)
        state.set_current_source(name)
        state.put(AT, name)
        state.put(RESULT, (name, found))


def _result(name: str, found: Report) -> None:
    st.success(f"'{name}' is in the list now.", icon=":material/check:")
    tiles = {
        "Images": found.images,
        "Patients": found.patients,
        "Copies left out": len(found.dropped),
        "Unreadable files": len(found.unreadable),
    }
    with st.container(horizontal=True, gap="large"):
        for label, value in tiles.items():
            st.metric(label, f"{value:,}", width="content")
    st.markdown(" ".join(sentences(found)))
    st.dataframe(found.classes, hide_index=True, width="content")
    for title, table in {
        "Unreadable files, each with its reason": found.unreadable,
        "Copies left out: the same bytes in the same class": found.dropped,
        "The same bytes under more than one class: one of them is wrong": found.twice,
    }.items():
        if len(table):
            with st.expander(f"{title} ({len(table):,})"):
                st.dataframe(table, hide_index=True)
    with st.container(horizontal=True):
        st.button(
            "Look at the images", type="primary", key=Key.DATA_ADD.of("look"), on_click=_close
        )
        st.button("Add more", key=Key.DATA_ADD.of("more"), on_click=lambda: state.drop(RESULT))


def sentences(found: Report) -> list[str]:
    """Say in words what a source holds and what that means for a training."""
    said = []
    if found.alone:
        said.append(
            f"{wording.share(found.alone, found.images)} images have a name that tells no patient, "
            "and count as patients of their own: a person with several of them can end up in two "
            "parts of a split."
        )
    else:
        said.append("Every name tells a patient, so a split can keep each person in one part.")
    if len(found.classes) < 2:
        said.append("There is one class alone: a training needs images of a second.")
    if found.dicoms:
        said.append(f"{wording.count(found.dicoms, 'DICOM file')}, read without identity fields.")
    return said


def _close() -> None:
    state.drop(RESULT)
    state.put(Key.DATA_PANEL, None)
