"""The server's downloads, one board for all visitors."""

from __future__ import annotations

import streamlit as st

from pages.shared.downloading import Board


@st.cache_resource(show_spinner=False)
def board() -> Board:
    """Return the board with the downloads of this server."""
    return Board()
