"""A pattern for patients, tried on the names of files before they are added."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from engine.data.patients import EXAMPLES, tried
from engine.words.errors import CxrError
from pages.shared import state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

KNOWN, OWN = "Names as in the Kermany set", "A pattern of your own"
TRIED = 20_000  # names that a pattern is tried on; more would make typing wait
LISTED = 1_000

R = TypeVar("R")
Names = list[tuple[str, str]]  # file, class


def choose(names: Names) -> tuple[str, bool]:
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
        pattern = text("Regular expression with the patient in brackets", "own", r"p(\d+)_")
        if not pattern:
            st.caption("The part in brackets is the patient. Without a pattern nothing is found.")
    elif pattern:
        st.caption(f"As a pattern: `{pattern}`")
    if not names:
        st.caption("Here the pattern is tried on the names, before anything is added.")
        return pattern, True
    try:
        table = kept("tried", (tuple(names), pattern), lambda: _tried(names, pattern))
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


def kept(part: str, what: object, make: Callable[[], R]) -> R:
    """Make something once for as long as `what` it is made of stays the same."""
    found: Any = state.get(Key.DATA_ADD.of(part))
    if found is None or found[0] != what:
        found = (what, make())
        state.put(Key.DATA_ADD.of(part), found)
    return found[1]


def text(label: str, part: str, placeholder: str) -> str:
    """Draw a line of text; return it without blanks around it."""
    key = Key.DATA_ADD.of(part)
    return st.text_input(label, key=key, placeholder=placeholder, persist_state="session").strip()


def _tried(names: Names, pattern: str) -> pd.DataFrame:
    """Try a pattern on the names; those that tell no patient come first."""
    table = tried(names[:TRIED], pattern)
    return table.sort_values("patient", key=lambda column: column != "", kind="stable")
