"""X-rays as tiles that open when pressed: thumbnails from the cache, with their facts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.judging import cases
from engine.judging.scores import Scores
from engine.judging.sentences import word
from engine.words.errors import CxrError
from pages.shared import gallery, palette, state
from pages.shared.components.tiles import SIDE, Tile, tiles
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.runs.run import Run

PLACE = Key.IMAGE.of("place")  # which of two identical files is open


@dataclass(frozen=True)
class Shown:
    """What a gallery shows: images of a run's scores, in an order, from a folder."""

    run: Run
    scores: Scores
    threshold: float | None
    found: cases.Places
    root: Path

    @property
    def place(self) -> int | None:
        """The open image's row: the one that was pressed, else the first of its copies here."""
        own = cases.find(self.scores, state.choice(Key.IMAGE) or "")
        hint = state.get(PLACE)
        if not len(own) or hint in own:
            return hint if len(own) else None
        here = own[[place in self.found for place in own]]
        return int(here[0] if len(here) else own[0])


def go(image_id: str, place: int) -> None:
    """Open an image; the address keeps it."""
    state.put(PLACE, place)
    state.choose(Key.IMAGE, image_id)


def draw(rows: pd.DataFrame, root: Path, key: str, side: int = SIDE) -> None:
    """Draw the rows of cases.table; a pressed one opens."""
    by_place = {str(row.place): str(row.image_id) for row in rows.itertuples()}

    def press(place: str) -> None:
        if place in by_place:  # else pressed on a page that was turned meanwhile
            go(by_place[place], int(place))

    shown = [_tile(root, row, side) for row in rows.itertuples()]
    tiles(shown, press, key, "X-rays; press one to open it", side)


def kind(row: object) -> str:
    """Return an image's kind where its class does not say it already."""
    return row.kind if row.kind and row.kind != word(row.true) else ""


def _tile(root: Path, row: object, side: int) -> Tile:
    picture, broken = "", ""
    try:
        picture = gallery.thumbnail(str(root / row.file), row.image_id, side * 3 // 2)
    except (CxrError, OSError) as error:
        broken = f"{row.file}: {error}"
    call = "" if row.right else f", called {word(row.predicted)}"
    return Tile(
        id=str(row.place),
        picture=picture,
        broken=broken,
        lines=(f"{row.score:.3f}", f"{word(row.true)}{call}", _whose(row)),
        label=f"Open {row.file}: {word(row.true)}{call}, score {row.score:.3f}, {row.patient}",
        hue=palette.class_colour(row.kind or row.label),
        right=bool(row.right),
    )


def _whose(row: object) -> str:
    return ", ".join(text for text in (kind(row), str(row.patient)) if text)
