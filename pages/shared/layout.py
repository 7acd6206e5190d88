"""The frame of every page: title, menu, current choice, notice. Each page stands alone with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from engine.words.errors import CxrError
from engine.words.settings import PROJECT
from pages.shared import background, cached, state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    file: str  # relative to the project
    label: str
    icon: str

    @property
    def exists(self) -> bool:
        """Tell whether the page is there: the menu grows with the pages."""
        return (PROJECT / self.file).exists()


# A file of our own: Streamlit would fetch a Material icon for the tab from a foreign server.
TAB_ICON = str(PROJECT / "pages" / "shared" / "icon.svg")
SIDEBAR_PIXELS = 230

MENU = {
    "Start": (
        Entry("app.py", "Home", ":material/home:"),
        Entry("pages/reports.py", "Reports", ":material/history_edu:"),
    ),
    "Images": (
        Entry("pages/data.py", "Data", ":material/photo_library:"),
        Entry("pages/prepare.py", "Prepare", ":material/contrast:"),
        Entry("pages/augment.py", "Augment", ":material/shuffle:"),
        Entry("pages/quality.py", "Quality", ":material/troubleshoot:"),
    ),
    "Models": (
        Entry("pages/train.py", "Train", ":material/model_training:"),
        Entry("pages/queue.py", "Queue", ":material/pending_actions:"),
        Entry("pages/studies.py", "Studies", ":material/grid_on:"),
    ),
    "Results": (
        Entry("pages/evaluate.py", "Evaluate", ":material/rule:"),
        Entry("pages/compare.py", "Compare", ":material/compare_arrows:"),
        Entry("pages/explain.py", "Explain", ":material/visibility:"),
        Entry("pages/shortcut_lab.py", "Shortcut lab", ":material/science:"),
    ),
    "Use": (Entry("pages/try_an_xray.py", "Try an X-ray", ":material/upload_file:"),),
}


def header(question: str, icon: str = ":material/radiology:") -> None:
    """Draw the frame; the first call on every page. `question` is what the page answers."""
    st.set_page_config(
        page_title=f"{question} - CXR Lab",
        page_icon=TAB_ICON,
        layout="wide",
        initial_sidebar_state=SIDEBAR_PIXELS,
    )
    cached.threads()
    _menu()
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title(f"{icon} {question}", anchor=False, width="content")
        _current()
    state.mirror()


def link(file: str, label: str, icon: str | None = None) -> None:
    """Draw a link to another page that keeps the current run, split and data."""
    if (PROJECT / file).exists():
        st.page_link(file, label=label, icon=icon, query_params=state.address())


def go(file: str) -> None:
    """Open another page, keeping the current run, split and data."""
    st.switch_page(file, query_params=state.address())


@contextmanager
def errors_as_message() -> Iterator[None]:
    """Show a CxrError as one clear message and stop the page there."""
    try:
        yield
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


def empty(text: str, file: str = "", label: str = "", icon: str | None = None) -> None:
    """Say what would be here and why it is not, with one link that puts it here."""
    with st.container(border=True):
        st.markdown(text)
        if file:
            link(file, label, icon)


def _menu() -> None:
    with st.sidebar, st.container(gap="xsmall"):
        st.markdown("#### CXR Lab")
        for group, entries in MENU.items():
            shown = [entry for entry in entries if entry.exists]
            if shown:
                st.caption(group)
            for entry in shown:
                link(entry.file, entry.label, entry.icon)
        st.space("small")
        st.caption(wording.NOTICE)


def _current() -> None:
    """One line with the current run, its data and the split; a click opens the choice."""
    runs = _finished()
    current = state.current_run_id()
    chosen = next((run for run in runs if run.id == current), None)
    with st.popover(_summary(chosen), icon=":material/tune:", width="content"):
        _choose_run(runs)
        _choose_split()
        _choose_data(chosen)


def _summary(run: Run | None) -> str:
    name = run.name if run else ("Run is loading" if state.current_run_id() else "No run chosen")
    data = (run.source if run else state.current_source()) or "no data chosen"
    return f"{name} · {data} · {state.current_split()}"


def _finished() -> list[Run]:
    with errors_as_message():
        return [run for run in cached.runs() if run.status == "finished"]


def _choose_run(runs: list[Run]) -> None:
    names = {run.id: run.name for run in runs}
    current = state.current_run_id()
    state.put(Key.HEADER_RUN, current if current in names else None)
    st.selectbox(
        "Run",
        list(names),
        format_func=lambda run_id: names.get(run_id, run_id),
        key=Key.HEADER_RUN,
        on_change=lambda: state.set_current_run_id(_text(Key.HEADER_RUN)),
        placeholder="Choose a finished run",
        help=wording.TERMS["recipe"],
    )
    if not background.ready("mlflow"):
        st.caption("Your own runs appear here in a few seconds; the showcase is here already.")


def _choose_split() -> None:
    state.put(Key.HEADER_SPLIT, state.current_split())
    st.segmented_control(
        "Split",
        state.SPLITS,
        key=Key.HEADER_SPLIT,
        required=True,
        on_change=lambda: state.set_current_split(_text(Key.HEADER_SPLIT) or state.SPLITS[0]),
        help=wording.TERMS["split"],
    )


def _choose_data(run: Run | None) -> None:
    from engine.data import sources

    names = [source.name for source in sources.list_sources()]
    current = state.current_source()
    state.put(Key.HEADER_DATA, current if current in names else None)
    st.selectbox(
        "Data for training and browsing",
        names,
        key=Key.HEADER_DATA,
        on_change=lambda: state.set_current_source(_text(Key.HEADER_DATA)),
        placeholder="Choose a source",
    )
    if run:
        st.caption(f"The chosen run was trained on {run.source}.")


def _text(key: Key) -> str | None:
    value = state.get(key)
    return None if value is None else str(value)
