"""The views of a page: one is chosen, and the address keeps it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.shared import state
from pages.shared.state import Key


def choose(
    label: str, names: Mapping[str, str], address: Key, widget: str, hidden: bool = True
) -> str:
    """Let the visitor choose a view by its name; the first one stands where none is chosen."""
    current = state.choice(address)
    state.put(widget, current if current in names else next(iter(names)))
    chosen = st.segmented_control(
        label,
        list(names),
        required=True,
        format_func=names.__getitem__,
        key=widget,
        on_change=lambda: state.choose(address, str(state.get(widget))),
        label_visibility="collapsed" if hidden else "visible",
    )
    return str(chosen)
