"""A network as a picture: from the X-ray down to the answer, what stays, what learns, what is new.

Pure functions from the engine's blocks to markup: a list, so that it reads well without eyes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING

from pages.shared import palette

if TYPE_CHECKING:
    from engine.learning.blocks import Block

CSS = Path(__file__).parent / "components" / "network" / "network.css"
HUES = {
    "input": palette.REST,
    "fixed": palette.REST,
    "frozen": palette.REST,
    "learns": palette.LEARNS,
    "new": palette.NEW,
}
WORDS = {
    "input": "picture",
    "fixed": "no weights",
    "frozen": "frozen",
    "learns": "learns",
    "new": "new",
}
NARROWEST = 22  # percent of the widest bar
KEPT = "computed once, kept"


def markup(blocks: Sequence[Block]) -> str:
    """Return the picture as HTML with its styles."""
    widest = max(_side(block) for block in blocks)
    rows = "".join(_row(block, widest) for block in blocks)
    style = CSS.read_text(encoding="utf-8")
    return f'<style>{style}</style><figure class="cxr-network"><ol>{rows}</ol></figure>'


def sentence(blocks: Sequence[Block]) -> str:
    """Say in plain words what the picture shows."""
    states = {block.state for block in blocks}
    learning, total = sum(b.trainable for b in blocks), sum(b.params for b in blocks)
    parts = []
    if "frozen" in states:
        parts.append("Hatched blocks know photographs and stay as they are")
    if "learns" in states:
        parts.append("filled ones know photographs and go on learning")
    if "new" in states:
        parts.append("dashed ones are new" if parts else "Every block is new and learns")
    text = "; ".join(parts)
    share = f"{learning / total:.0%}" if learning / total >= 0.01 else f"{learning / total:.1%}"
    text = f"{text}: {learning:,} of {total:,} parameters learn ({share})."
    if any(block.kept for block in blocks):
        text += " Above the dashed line everything is computed once; epochs run what is below it."
    return text


def _row(block: Block, widest: int) -> str:
    name, _, layers = block.name.partition(", ")
    width = NARROWEST + (100 - NARROWEST) * log2(1 + _side(block)) / log2(1 + widest)
    params = _count(block.params) if block.params else ""
    row = (
        f'<li class="{block.state}" title="{escape(tooltip(block))}">'
        f"<span>{escape(name)}<small>{escape(layers.replace(' to ', '–') or _main(block))}</small>"
        "</span>"
        f'<span class="bar" style="--hue:{HUES[block.state]};--width:{width:.0f}%">'
        f"{WORDS[block.state]}</span>"
        f'<span class="size">{_shape(block)}<small>{params}</small></span></li>'
    )
    return row + (f'<li class="kept">{KEPT}</li>' if block.kept else "")


def tooltip(block: Block) -> str:
    """Return everything that is known of a block, for whoever points at it."""
    from engine.learning.blocks import STATES

    lines = [block.name, STATES[block.state]]
    if block.contents:
        lines.append(", ".join(block.contents).capitalize() + ".")
    if block.params:
        lines.append(f"{block.params:,} parameters, {block.trainable:,} of them learn.")
    return "\n".join(lines)


def _side(block: Block) -> int:
    return block.shape[0] if len(block.shape) == 3 else 1


def _shape(block: Block) -> str:
    if len(block.shape) == 3:
        height, width, channels = block.shape
        return (
            f"{height} × {width} × {channels:,}"
            if block.state != "input"
            else f"{height} × {width}"
        )
    (values,) = block.shape
    return f"{values:,} value{'' if values == 1 else 's'}"


def _count(params: int) -> str:
    """Return a count in the digits that a picture needs: 2.3 million weights."""
    if params >= 1e6:
        return f"{params / 1e6:.1f} million weights"
    return f"{params:,} weights"


def _main(block: Block) -> str:
    """Name what a block is chiefly made of."""
    counted = [entry for entry in block.contents if entry[0].isdigit()]
    most = sorted(counted, key=lambda entry: -int(entry.split()[0]))
    return most[0] if most else ""
