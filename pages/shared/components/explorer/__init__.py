"""The threshold explorer: everything that follows from a threshold moves with the hand.

The browser does all the work on scores it got once; Python hears of it on release. See
`packet.py` for what travels, `wish.py` for where it starts, `standalone.py` for a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shared import state
from pages.shared.components.explorer import assets
from pages.shared.components.explorer.packet import pack
from pages.shared.components.explorer.standalone import standalone_html
from pages.shared.components.explorer.wish import heard, sent, wish

if TYPE_CHECKING:
    from engine.judging.thresholds import Threshold

__all__ = ["explorer", "pack", "standalone_html"]
Report = dict[str, Any]  # value, rule, target, on

_component = st.components.v2.component(
    "cxr_explorer", html=assets.html(), css=assets.css(), js=assets.js("streamlit")
)


def explorer(
    packet: bytes,
    key: str,
    start: Threshold,
    on_threshold: Callable[[Report], None],
    on_cell: Callable[[str, float], None],
    on_range: Callable[[float, float], None],
    numbers: str = "share",
    cell: str | None = None,
) -> None:
    """Draw the explorer of a packet at `start`, the threshold now in force.

    `numbers` is their language (share, percent, counts), `cell` the pressed cell ("" for none), as
    the address has them.

    `on_threshold` gets value, rule (hand, half, f1, youden, recall, specificity, cost), target and
    on (validation, test or empty) after a release; the page keeps it and passes it as `start` in
    the next run. `on_cell` gets a pressed cell ("1-0": true, called) and the live threshold,
    `on_range` a brushed range of scores. A threshold not yet told comes before either of them.
    """

    def told(name: str) -> Mapping[str, Any]:
        return getattr(state.get(key), name, None) or {}

    def moved() -> None:
        _take(key, told("threshold"), on_threshold)

    def pressed() -> None:
        pressed = told("cell")
        _take(key, pressed.get("threshold"), on_threshold)
        if pressed:
            heard(key, cell=str(pressed["cell"]))
            on_cell(str(pressed["cell"]), float(pressed["value"]))

    def brushed() -> None:
        ends = told("range")
        _take(key, ends.get("threshold"), on_threshold)
        if ends:
            heard(key, cell="")
            on_range(float(ends["low"]), float(ends["high"]))

    _component(
        key=key,
        data=sent(key, packet, wish(start, numbers, cell)),
        on_threshold_change=moved,
        on_cell_change=pressed,
        on_range_change=brushed,
    )


def _take(
    key: str, report: Mapping[str, Any] | None, on_threshold: Callable[[Report], None]
) -> None:
    """Pass on what the browser says of its threshold, and note that it shows this already."""
    if not report:
        return
    taken = {name: report.get(name) for name in ("value", "rule", "target", "on")}
    if taken["rule"] == "hand" and taken["value"] == 0.5:
        taken["rule"] = "half"
    heard(key, **taken)
    on_threshold(taken)
