"""A picture on which rectangles are drawn, moved, resized and removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from pages.shared import palette, state

HERE = Path(__file__).parent
MOST = 8  # patches on one picture

Edges = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the picture

_component = st.components.v2.component(
    "cxr_patch",
    html=(HERE / "patch.html").read_text(encoding="utf-8"),
    css=(HERE / "patch.css").read_text(encoding="utf-8"),
    js=(HERE / "patch.js").read_text(encoding="utf-8"),
)


def patch(
    picture: str,
    ratio: float,
    boxes: Sequence[Edges],
    asked: int,
    label: str,
    changed: Callable[[object], None],
    key: str,
) -> None:
    """Draw a picture (data address, `ratio` of width to height) with patches that the hand changes.

    The browser takes `boxes` over when `asked` is another number than before; `changed` gets what
    the visitor made of them, unchecked, on release. `label` is for screen readers.
    """

    def told() -> None:
        painted = getattr(state.get(key), "painted", None)
        changed(painted.get("boxes") if isinstance(painted, Mapping) else None)

    data = {
        "picture": picture,
        "ratio": ratio,
        "boxes": [list(box) for box in boxes],
        "asked": asked,
        "label": label,
        "most": MOST,
        "colour": palette.CHANGED,
    }
    _component(key=key, data=data, on_painted_change=told)
