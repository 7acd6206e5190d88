"""Try an X-ray, a whole folder or ZIP: what is asked about, how far it is, the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from engine.data import given
from engine.data.given import Given
from engine.judging.sentences import word
from engine.words.errors import Cancelled, CxrError
from pages.shared import batching, layout, state, trying_batch_table, wording, working
from pages.shared.batching import Wanted
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run

FILES, FOLDER, SERVER = "files", "folder", "server"
WAYS = {
    FILES: "Files or a ZIP",
    FOLDER: "Your folder",
    SERVER: "Server folder",
}
NONE, ALL = "none", "all"
LISTED = Key.TRY.of("listed")  # what was last given, and the files it holds


def show(run: Run, threshold: Threshold) -> None:
    """Draw the form, then how far the batch is or what it found."""
    batch = batching.current()
    with st.expander("What to ask about", expanded=batch is None, icon=":material/folder_open:"):
        _form(run, threshold)
    if batch is None:
        layout.empty(
            f"Here you would see what **{run.name}** says of each picture of a folder: a table "
            "with scores, decisions and what looks doubtful, to sort, to filter and to take "
            "along. Upload several X-rays or a ZIP of them."
        )
        return
    work = working.finished(lambda: batch.work, Key.TRY.of("stop", batch.key))
    if work is None:
        return
    with layout.errors_as_message():
        try:
            answers = work.result()
        except Cancelled:
            st.info("Stopped before the first picture.", icon=":material/stop:")
            return
        trying_batch_table.show(batch, answers, run)


def _form(run: Run, threshold: Threshold) -> None:
    source, options = st.columns(2, gap="medium")
    with source:
        try:
            found = _given()
        except CxrError as error:
            st.error(str(error), icon=":material/error:")
            found = None
    with options:
        wanted = _wanted(run)
        _start(run, threshold, found, wanted)


def _given() -> Given | None:
    """The files that the visitor gives, None before there are any; raise CxrError."""
    way = st.segmented_control(
        "From",
        list(WAYS),
        default=FILES,
        required=True,
        format_func=lambda name: WAYS[name],
        key=Key.TRY.of("from"),
        persist_state="session",
    )
    if way == SERVER:
        return _of_server()
    files = st.file_uploader(
        "X-rays, or ZIP files of them" if way == FILES else "A folder of X-rays on your computer",
        accept_multiple_files=True if way == FILES else "directory",
        key=Key.TRY.of("upload", way),
    )
    if not files:
        return None
    signature = (way, *(file.file_id for file in files))
    return _listed(
        signature,
        lambda: given.from_uploads(
            [(file.name, file.getvalue()) for file in files], whole_folder=way == FOLDER
        ),
    )


def _of_server() -> Given | None:
    text = st.text_input(
        "Path of a folder or ZIP on the server",
        placeholder="/data/new-films",
        key=Key.TRY.of("path"),
        persist_state="session",
    ).strip()
    if not text:
        return None
    path = Path(text).expanduser()
    return _listed(("server", text), lambda: _in_place(path))


def _in_place(path: Path) -> Given:
    if path.is_file():
        return given.in_zip(path) if path.suffix.lower() == given.ZIP else given.from_paths([path])
    return given.in_folder(path)


def _listed(signature: tuple[str, ...], look: Callable[[], Given]) -> Given:
    """List what was given once, not at every rerun."""
    kept = state.get(LISTED)
    if isinstance(kept, tuple) and kept[0] == signature:
        return kept[1]
    found = look()
    state.put(LISTED, (signature, found))
    return found


def _wanted(run: Run) -> Wanted:
    """Which heat maps: none, of a class, of all; and how many at most."""
    labels = {NONE: "None", **{name: f"Those called {word(name)}" for name in run.classes}}
    labels[ALL] = "Every X-ray"
    which, most = st.columns([2, 1], vertical_alignment="bottom")
    choice = which.selectbox(
        "Heat maps to take along",
        list(labels),
        format_func=lambda name: labels[name],
        key=Key.TRY.of("heat", *run.classes),
        help="Grad-CAM of the decided class as JPEG. A selected row shows its map in any case.",
    )
    if choice == NONE:
        return Wanted()
    number = most.number_input(
        "At most", 1, batching.MOST, 50, key=Key.TRY.of("most"), persist_state="session"
    )
    return Wanted(int(number), "" if choice == ALL else str(choice))


def _start(run: Run, threshold: Threshold, found: Given | None, wanted: Wanted) -> None:
    count = len(found.files) if found else 0
    label = f"Ask {run.name} about {wording.count(count, 'picture')}" if count else "Ask"
    pressed = st.button(
        label,
        icon=":material/play_arrow:",
        type="primary",
        disabled=not count,
        key=Key.TRY.of("start"),
    )
    if not found:
        return
    parts = [batching.estimate(run, count, wanted)]
    if found.left_out:
        other = wording.count(found.left_out, "other file")
        parts.append(f"{other} left out: no images by name")
    st.caption("; ".join(filter(None, parts)))
    if pressed:
        batching.begin(run, threshold, found, wanted)
        st.rerun()
