"""X-rays side by side that open when they are pressed, by mouse, touch or keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from pages.shared import state

HERE = Path(__file__).parent
SIDE = 130  # pixels on the page, at least

_component = st.components.v2.component(
    "cxr_tiles",
    html=(HERE / "tiles.html").read_text(encoding="utf-8"),
    css=(HERE / "tiles.css").read_text(encoding="utf-8"),
    js=(HERE / "tiles.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Tile:
    """One X-ray: a JPEG data address or why there is none; wrong ones get a hatched bar."""

    id: str
    picture: str
    broken: str
    lines: tuple[str, ...]
    label: str  # for screen readers
    hue: str
    right: bool


def tiles(
    shown: Sequence[Tile], press: Callable[[str], None], key: str, label: str, side: int = SIDE
) -> None:
    """Draw the tiles; `press` gets the id of the one that is opened."""

    def pressed() -> None:
        opened = getattr(state.get(key), "open", None)
        if opened:
            press(str(opened))

    data = {"tiles": [asdict(tile) for tile in shown], "side": side, "label": label}
    _component(key=key, data=data, on_open_change=pressed)
