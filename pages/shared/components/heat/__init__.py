"""Heat maps over what a network saw: opacity and colours move in the browser, nothing is told."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from engine.explaining import overlay
from pages.shared import state

HERE = Path(__file__).parent
SCRIPTS = ("blend", "paint", "card", "export", "heat")
LABELS = {
    "inferno": "Inferno",
    "turbo": "Turbo",
    "viridis": "Viridis",
    "cividis": "Cividis",
}
HELP = {
    "inferno": "From black over red to yellow, even in lightness",
    "turbo": "All colours of the rainbow without false edges; not for colour-blind eyes",
    "viridis": "From violet over green to yellow; reads well for colour-blind eyes",
    "cividis": "From blue to yellow; looks alike to nearly all eyes, colour-blind or not",
}


def read(name: str) -> str:
    """Return a file of this folder."""
    return (HERE / name).read_text(encoding="utf-8")


_component = st.components.v2.component(
    "cxr_heat",
    html=read("heat.html"),
    css=read("heat.css"),
    js="\n".join(read(f"{name}.js") for name in SCRIPTS),
)


@dataclass(frozen=True)
class Card:
    """One map over one picture; without cells the picture stands alone, for `said` gives why."""

    picture: int  # place in the pictures
    title: str
    alt: str
    said: tuple[str, ...]  # sentences under the picture
    trouble: str = ""
    waiting: bool = False
    rows: int = 0
    columns: int = 0
    cells: str = ""  # rows * columns bytes 0..255, row by row, in base64
    low: str = ""  # the raw minimum and maximum, worded
    high: str = ""
    raw: str = ""  # what raw values are


def heats(
    pictures: Sequence[str],
    cards: Sequence[Card],
    key: str,
    side: int,
    press: Callable[[int], None] | None = None,
    chosen: int | None = None,
    label: str = "Heat maps",
) -> None:
    """Draw the cards, each at least `side` pixels wide; `pictures` are data addresses.

    With `press` they are small buttons without controls, of which `chosen` is pressed; `press`
    gets the place of the one that is pressed.
    """

    def pressed() -> None:
        opened = getattr(state.get(key), "open", None)
        if press is not None and opened is not None:
            press(int(opened))

    data = {
        "pictures": list(pictures),
        "cards": [asdict(card) for card in cards],
        "side": side,
        "small": press is not None,
        "chosen": chosen,
        "label": label,
        "maps": [
            {"name": name, "label": LABELS[name], "help": HELP[name], "table": _packed(name)}
            for name in overlay.COLOUR_MAPS
        ],
    }
    _component(key=key, data=data, on_open_change=pressed)


@lru_cache
def _packed(name: str) -> str:
    return b64encode(overlay.table(name).tobytes()).decode()
