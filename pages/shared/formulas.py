"""Help that explains each measure with its formula, on the very counts on the screen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.judging.worked import Worked

TITLE = "Each measure with its formula, on these very numbers"


def show(entries: Sequence[Worked], note: str = "") -> None:
    """Fold the measures away under one title; a missing value says why it is missing."""
    with st.expander(TITLE, icon=":material/function:"):
        if note:
            st.caption(note)
        st.markdown("\n".join(map(line, entries)))


def line(entry: Worked) -> str:
    """One measure as a line of Markdown."""
    end = f"{entry.help} {entry.reason}".strip()
    return f"- **{entry.label} {entry.value}** = `{entry.formula}` = `{entry.numbers}`  \n  {end}"
