"""Two pictures of one size, one over the other, with a line that wipes between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import inline

if TYPE_CHECKING:
    import numpy as np

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "cxr_wipe",
    html=(HERE / "wipe.html").read_text(encoding="utf-8"),
    css=(HERE / "wipe.css").read_text(encoding="utf-8"),
    js=(HERE / "wipe.js").read_text(encoding="utf-8"),
)


def wipe(
    before: np.ndarray, after: np.ndarray, names: tuple[str, str], label: str, key: str
) -> None:
    """Draw squares `before` and `after` (uint8, sides may differ); the line moves in the browser.

    `names` are written on the two sides, `label` is for screen readers.
    """
    data = {
        "before": inline.address(before),
        "after": inline.address(after),
        "names": list(names),
        "label": label,
    }
    _component(key=key, data=data)
