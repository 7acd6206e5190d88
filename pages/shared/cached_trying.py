"""How fast batches went on this server, kept for the next estimate."""

from __future__ import annotations

import streamlit as st


@st.cache_resource(show_spinner=False)
def paces() -> dict[tuple[str, bool], float]:
    """Return seconds a picture by run and whether heat maps were drawn; batches write to it."""
    return {}
