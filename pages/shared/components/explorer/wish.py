"""Where the explorer starts, and when Python has to tell it again.

The component gets one bytes object: a wish in front of the packet. Streamlit sends it again as soon
as one byte differs, and then calls the script again. So the wish is frozen: what the visitor does
in the browser comes back to Python and changes no byte, and only a threshold that Python has from
elsewhere (a link, another run, another view's control) makes a new wish with a turn of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from engine.judging.thresholds import DEFAULT, Threshold
from pages.shared import state
from pages.shared.components.explorer.packet import framed

Wish = dict[str, Any]


@dataclass
class Memory:
    """What one explorer of one visitor was told last, and what is known to be on its screen."""

    data: int  # hash of the packet
    shown: Wish
    sent: bytes


def wish(
    start: Threshold | None,
    numbers: str = "share",
    cell: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> Wish:
    """A threshold in the explorer's words: 0.5 by hand or by default is the rule "half".

    `cell` is a pressed cell ("1-0") or a range of scores ("0.2..0.4"); without it the browser keeps
    what was chosen to itself. `weights` are beta of F-beta and the cost ratio, where not the usual.
    """
    start = start or Threshold(DEFAULT, "default")
    rule = start.rule
    if rule in ("hand", "default"):
        rule = "half" if start.value == DEFAULT else "hand"
    chosen = rule not in ("hand", "half")
    wanted = {
        "value": start.value,
        "rule": rule,
        "target": start.target if chosen else None,
        "on": ("validation" if start.split == "validation" else "test") if chosen else "",
        "of": start.of,
        "numbers": numbers,
    }
    wanted |= weights or {}
    return wanted if cell is None else {**wanted, **_chosen(cell)}


def sent(key: str, packet: bytes, wanted: Wish) -> bytes:
    """The bytes for the component: the same ones while it shows what Python wants."""
    memory = state.get(_name(key))
    data = hash(packet)
    if not isinstance(memory, Memory) or memory.data != data or _differ(memory.shown, wanted):
        digest = blake2b(packet, digest_size=8).hexdigest()
        told = {**wanted, "digest": digest, "turn": secrets.token_hex(4)}
        memory = Memory(data, dict(wanted), framed(told))
        state.put(_name(key), memory)
    return memory.sent + packet


def heard(key: str, **changes: object) -> None:
    """Note what the browser shows by itself, such as a threshold that the visitor set."""
    memory = state.get(_name(key))
    if isinstance(memory, Memory):
        memory.shown |= changes


def _chosen(cell: str) -> Wish:
    low, dots, high = cell.partition("..")
    if not dots:
        return {"cell": cell, "brush": None}
    try:
        return {"cell": "", "brush": [float(low), float(high)]}
    except ValueError:  # an address that anyone may have typed
        return {"cell": "", "brush": None}


def _differ(shown: Wish, wanted: Wish) -> bool:
    return any(shown.get(name) != wanted[name] for name in wanted if name != "of")


def _name(key: str) -> str:
    return f"{key}_memory"
