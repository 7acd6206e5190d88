"""Waiting for the run store, which opens in the background."""

from __future__ import annotations

import streamlit as st

from pages.shared import background


@st.fragment(run_every=1)
def wait() -> None:
    """Wait for the run store without blocking; say so when it cannot be opened."""
    if background.ready("mlflow"):
        st.rerun()
    trouble = background.trouble().get("mlflow")
    if trouble:
        st.error(f"The run store could not be opened: {trouble}", icon=":material/error:")
    else:
        st.progress(0.0, "Opening the run store, some seconds")
