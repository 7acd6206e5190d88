"""The threshold explorer: everything that follows from a threshold moves with the hand.

The browser does all the work on scores it got once; Python hears of it on release. See
`packet.py` for what travels, `wish.py` for where it starts, `standalone.py` for a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.judging.thresholds import DEFAULT, Threshold
from pages.shared import state
from pages.shared.components.explorer import assets
from pages.shared.components.explorer.packet import pack
from pages.shared.components.explorer.standalone import standalone_html
from pages.shared.components.explorer.wish import heard, sent, wish

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
    on_weight: Callable[[str, float], None],
    numbers: str = "share",
    cell: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> None:
    """Draw the explorer of a packet at `start`, the threshold now in force.

    `numbers` is their language (share, percent, counts), `cell` what is chosen as
    the address has it: a cell ("1-0"), a range of scores ("0.2..0.4") or nothing (""), `weights`
    beta of F-beta and the cost ratio ("ratio": one missed X-ray costs so many false alarms).

    `on_threshold` gets value, rule (hand, half, f1, youden, recall, specificity, cost), target and
    on (validation, test or empty) after a release; the page keeps it and passes it as `start` in
    the next run. `on_cell` gets a pressed cell ("1-0": true, called) and the live threshold,
    `on_range` a brushed range of scores, `on_weight` the name and value of a changed weight. A
    threshold not yet told comes before any of them.
    """

    ears = _Ears(key, on_threshold, on_cell, on_range, on_weight)
    _component(
        key=key,
        data=sent(key, packet, wish(start, numbers, cell, weights)),
        on_threshold_change=ears.moved,
        on_cell_change=ears.pressed,
        on_range_change=ears.brushed,
        on_weighed_change=ears.weighed,
    )


@dataclass(frozen=True)
class _Ears:
    """Passes on what the browser says, and notes that it shows this already."""

    key: str
    on_threshold: Callable[[Report], None]
    on_cell: Callable[[str, float], None]
    on_range: Callable[[float, float], None]
    on_weight: Callable[[str, float], None]

    def moved(self) -> None:
        self._take(self._told("threshold"))

    def pressed(self) -> None:
        told = self._told("cell")
        self._take(told.get("threshold"))
        if told:
            heard(self.key, cell=str(told["cell"]), brush=None)
            self.on_cell(str(told["cell"]), float(told["value"]))

    def brushed(self) -> None:
        told = self._told("range")
        self._take(told.get("threshold"))
        if told:
            heard(self.key, cell="", brush=[float(told["low"]), float(told["high"])])
            self.on_range(float(told["low"]), float(told["high"]))

    def weighed(self) -> None:
        told = self._told("weighed")
        self._take(told.get("threshold"))
        if told:
            heard(self.key, **{str(told["name"]): float(told["value"])})
            self.on_weight(str(told["name"]), float(told["value"]))

    def _told(self, name: str) -> Mapping[str, Any]:
        return getattr(state.get(self.key), name, None) or {}

    def _take(self, report: Mapping[str, Any] | None) -> None:
        if not report:
            return
        taken = {name: report.get(name) for name in ("value", "rule", "target", "on")}
        if taken["rule"] == "hand" and taken["value"] == DEFAULT:
            taken["rule"] = "half"
        heard(self.key, **taken)
        self.on_threshold(taken)
