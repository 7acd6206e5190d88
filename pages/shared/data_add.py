"""Adding a source: what it is made of, what it is called, and whose its images are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from engine.data import intake, registry, report, sources
from engine.data.patients import EXAMPLES, tried
from engine.data.sources import Source
from engine.words.errors import CxrError
from engine.words.settings import settings
from pages.shared import data_added, data_download, state, wording
from pages.shared.state import Key
from pages.shared.working import Report as Tell

if TYPE_CHECKING:
    import pandas as pd

PANEL = "add"
FILES, ZIP, FOLDER, DOWNLOAD = WAYS = (
    "Image files",
    "A ZIP",
    "A folder on the server",
    "Download",
)
KNOWN, OWN = "Names as in the Kermany set", "A pattern of your own"
CLASSES = ("NORMAL", "PNEUMONIA", "BACTERIAL", "VIRAL", "UNKNOWN")
TRIED = 20_000  # names that a pattern is tried on; more would make typing wait
LISTED = 1_000
MAX_FILE_MB = 500

R = TypeVar("R")
Names = list[tuple[str, str]]  # file, class
Add = Callable[[Tell], Source]


def is_open() -> bool:
    """Tell whether the panel is open; choosing another source closes it."""
    here = state.get(Key.DATA_ADD.of("at")) == state.current_source()
    return state.get(Key.DATA_PANEL) == PANEL and (here or data_added.busy())


def toggle() -> None:
    """Open the panel, or close it."""
    state.put(Key.DATA_PANEL, None if is_open() else PANEL)
    state.put(Key.DATA_ADD.of("at"), state.current_source())


def show() -> None:
    """Draw the panel: the form, then how far the adding is, then what came of it."""
    with st.container(border=True):
        if data_added.show():
            return
        way = st.segmented_control(
            "What shall be added", WAYS, default=FILES, required=True, key=Key.DATA_ADD.of("way")
        )
        if way == DOWNLOAD:
            data_download.show("tab")
        else:
            _form(str(way))
        st.button("Close", key=Key.DATA_ADD.of("close"), on_click=toggle)


def _form(way: str) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        name = _text("Name", "name", "such as clinic-2019")
        names, begin = _MAKERS[way](name)
    with right:
        pattern, sound = _patients(names)
    error = state.take(Key.DATA_ADD.of("error"))
    if error:
        st.error(str(error), icon=":material/error:")
    if left.button(
        "Add it",
        icon=":material/add:",
        type="primary",
        key=Key.DATA_ADD.of("begin"),
        disabled=begin is None or not sound,
    ):
        assert begin is not None
        try:  # before anything is read, so that the files stay chosen
            _check(way, name)
        except CxrError as wrong:
            left.error(str(wrong), icon=":material/error:")
            return
        data_added.begin(name, lambda tell: begin(tell, pattern))
        st.rerun()


def _check(way: str, name: str) -> None:
    clean = registry.checked_name(name)
    if way == FILES:
        intake.checked_label(str(state.get(Key.DATA_ADD.of("class")) or ""))
        there = next((one for one in sources.list_sources() if one.name == clean), None)
        if there and there.kind == "upload":
            return
    registry.require_free(clean)


def _files(name: str) -> tuple[Names, Any]:
    files = st.file_uploader(
        "Images: JPEG, PNG, TIFF, BMP or DICOM",
        accept_multiple_files=True,
        max_upload_size=MAX_FILE_MB,
        key=Key.DATA_ADD.of("files"),
    )
    label = st.selectbox(
        "What they show",
        CLASSES,
        index=None,
        placeholder="Choose a class, or write another one",
        accept_new_options=True,
        key=Key.DATA_ADD.of("class"),
        help="The class of all these images; choose UNKNOWN where nobody knows.",
    )
    st.caption(
        "Under the name of data that you uploaded before, the images join those: so a second "
        "class can come after the first."
    )
    given = [(file.name, file) for file in files or []]

    def begin(tell: Tell, pattern: str) -> Source:
        read = [(one, file.getvalue()) for one, file in given]
        return sources.register_images(name, read, str(label or ""), pattern, tell)

    names = [(f"{label or 'CLASS'}/{one}", str(label or "")) for one, _ in given]
    return names, begin if given else None


def _zip(name: str) -> tuple[Names, Any]:
    upload = st.file_uploader(
        "ZIP of folders named by class, or train, val, test with such folders",
        type="zip",
        key=Key.DATA_ADD.of("zip"),
    )
    label = _text("Class of images that lie in no folder", "loose", "none")
    if upload is None:
        st.caption(
            f"At most {settings().max_archive_megabytes:,} MB unpacked. What is no image is not "
            "kept, and of images with the same bytes in one class one alone."
        )
        return [], None

    def begin(tell: Tell, pattern: str) -> Source:
        upload.seek(0)
        return sources.register_zip(name, upload, tell, pattern, label)

    names = _listed(upload.file_id, lambda: report.names_in_zip(upload))
    return names, begin if names else None


def _folder(name: str) -> tuple[Names, Any]:
    path = _text("Path on the server", "folder", "/data/chest_xray")
    st.caption(
        "The folder stays where it is, copies and all. Folders inside: train, val, test with one "
        "folder per class, or just the classes."
    )
    if not path:
        return [], None
    names = _listed(path, lambda: report.names_in_folder(Path(path)))

    def begin(tell: Tell, pattern: str) -> Source:
        return sources.register_folder(name, Path(path), pattern)

    return names, begin


_MAKERS = {FILES: _files, ZIP: _zip, FOLDER: _folder}


def _patients(names: Names) -> tuple[str, bool]:
    """Draw the choice of a pattern and what it finds; return it and whether it can be used."""
    choice = st.selectbox(
        "Whose an image is, the names tell",
        [KNOWN, *EXAMPLES, OWN],
        key=Key.DATA_ADD.of("pattern"),
        help="Images of one patient stay in one part of a split. An image whose name does not "
        "fit counts as a patient of its own.",
    )
    pattern = EXAMPLES.get(str(choice), "")
    if choice == OWN:
        pattern = _text("Regular expression with the patient in brackets", "own", r"p(\d+)_")
        if not pattern:
            st.caption("The part in brackets is the patient. Without a pattern nothing is found.")
    elif pattern:
        st.caption(f"As a pattern: `{pattern}`")
    if not names:
        st.caption("Here the pattern is tried on the names, before anything is added.")
        return pattern, True
    try:
        table = _kept(
            "tried", (len(names), names[0], names[-1], pattern), lambda: _tried(names, pattern)
        )
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        return pattern, False
    without = int((table["patient"] == "").sum())
    found = table["patient"].nunique() - (1 if without else 0)
    classes = ", ".join(sorted({label for _, label in names if label})) or "none named"
    st.markdown(
        f"**{wording.count(len(names), 'file')}** could be images, classes: {classes}. "
        f"**{wording.count(found, 'patient')}** found in the names; "
        f"{wording.share(without, len(table))} names tell none."
    )
    st.dataframe(table.head(LISTED), hide_index=True, height=230)
    st.caption(
        "File names are kept and shown: rename files that are called after people. Of a DICOM "
        "nothing but the picture is read; a copy that the app keeps has no name, number or date "
        "of a person in it."
    )
    return pattern, True


def _tried(names: Names, pattern: str) -> pd.DataFrame:
    """Try a pattern on the names; those that tell no patient come first."""
    table = tried(names[:TRIED], pattern)
    return table.sort_values("patient", key=lambda column: column != "", kind="stable")


def _listed(what: str, make: Callable[[], Names]) -> Names:
    """List names once for an upload or a path; draw what is wrong with it."""
    try:
        return _kept("names", what, make)
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        return []


def _kept(part: str, what: object, make: Callable[[], R]) -> R:
    """Make something once for as long as `what` it is made of stays the same."""
    kept: Any = state.get(Key.DATA_ADD.of(part))
    if kept is None or kept[0] != what:
        kept = (what, make())
        state.put(Key.DATA_ADD.of(part), kept)
    return kept[1]


def _text(label: str, part: str, placeholder: str) -> str:
    key = Key.DATA_ADD.of(part)
    return st.text_input(label, key=key, placeholder=placeholder, persist_state="session").strip()
