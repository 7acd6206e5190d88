"""Adding a source: what it is made of, what it is called, and whose its images are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from engine.data import intake, registry, report, sources
from engine.data.sources import Source
from engine.words.errors import CxrError
from engine.words.settings import settings
from pages.shared import data_added, data_download, data_patterns, state
from pages.shared.data_patterns import Names, kept, text
from pages.shared.state import Key
from pages.shared.working import Report as Tell

PANEL = "add"
FILES, ZIP, FOLDER, DOWNLOAD = WAYS = (
    "Image files",
    "A ZIP",
    "A folder on the server",
    "Download",
)
CLASSES = ("NORMAL", "PNEUMONIA", "BACTERIAL", "VIRAL", "UNKNOWN")
MAX_FILE_MB = 500

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
        name = text("Name", "name", "such as clinic-2019")
        names, begin = _MAKERS[way](name)
    with right:
        pattern, sound = data_patterns.choose(names)
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
    label = text("Class of images that lie in no folder", "loose", "none")
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
    path = text("Path on the server", "folder", "/data/chest_xray")
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


def _listed(what: str, make: Callable[[], Names]) -> Names:
    """List names once for an upload or a path; draw what is wrong with it."""
    try:
        return kept("names", what, make)
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        return []
