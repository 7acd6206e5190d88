"""The heat maps of a cell, one tile an X-ray; a pressed one opens in the view of one X-ray."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.explaining import sentences_averages
from engine.judging import cases
from engine.judging.sentences import word
from engine.words.errors import CxrError
from pages.shared import cached_errors, case_tiles, errors_asked, gallery, palette, wording
from pages.shared.cached_errors import Picture
from pages.shared.components.tiles import Tile, tiles
from pages.shared.state import Key

if TYPE_CHECKING:
    from pages.shared.errors_asked import Asked

PER_PAGE = 12
SIDE = 150
SENT = SIDE * 3 // 2  # pixels, for dense screens


def show(asked: Asked) -> None:
    """Draw a page of the case's X-rays under their heat, in the visitor's order."""
    found = cases.places(asked.scores, asked.threshold, asked.case)
    if not len(found):
        st.markdown("No X-ray is here. Choose another cell of the confusion matrix.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        found = cases.ordered(asked.scores, asked.threshold, found, _choose_order())
        part = found[_page(asked, len(found))]
        st.caption(wording.count(len(found), "X-ray"), width="content")
    above = st.container()
    wanted = asked.wanted(part)
    with above:
        pictures = errors_asked.awaited(
            partial(cached_errors.grid, wanted, SENT),
            partial(cached_errors.forget_grid, wanted, SENT),
            f"grid_{wanted.key}",
        )
    rows = cases.table(asked.scores, asked.threshold, part)
    shown = [
        _tile(asked, row, pictures[number] if pictures else None)
        for number, row in enumerate(rows.itertuples())
    ]
    here = {tile.id for tile in shown}

    def press(place: str) -> None:
        if place in here:  # else pressed on a page that was turned meanwhile
            errors_asked.open_xray(asked, int(place))

    tiles(shown, press, Key.EXPLAIN.of("tiles"), "Heat maps; press one to open it", SIDE)
    if pictures:
        seen = [picture.place for picture in pictures if picture.address]
        st.markdown(sentences_averages.several(seen, asked.name))


def _choose_order() -> str:
    order = st.selectbox(
        "Order",
        list(cases.ORDERS),
        format_func=cases.ORDERS.__getitem__,
        key=Key.EXPLAIN.of("errors_order"),
        persist_state="session",
        label_visibility="collapsed",
        width=260,
    )
    return str(order)


def _page(asked: Asked, images: int) -> slice:
    pages = -(-images // PER_PAGE)
    number = 1
    if pages > 1:
        own = (asked.run.id, asked.scores.split, asked.scores.classes[-1], asked.case, pages)
        key = Key.GALLERY.of("errors", *own)
        number = st.pagination(pages, key=key, persist_state="session")
    return slice((number - 1) * PER_PAGE, number * PER_PAGE)


def _tile(asked: Asked, row: object, picture: Picture | None) -> Tile:
    address, broken, heat = "", "", "…"
    if picture:
        address, broken = picture.address, picture.broken
        place = picture.place.removeprefix("the ")
        heat = f"warmest: {place}" if place else "empty map"
    else:
        try:  # without its heat, which is on its way
            address = gallery.thumbnail(str(asked.root / row.file), row.image_id, SENT)
        except (CxrError, OSError) as error:
            broken = f"{row.file}: {error}"
    kind = case_tiles.kind(row)
    call = word(row.true) if row.right else f"{word(row.true)}, called {word(row.predicted)}"
    whose = ", ".join(text for text in (kind, str(row.patient)) if text)
    return Tile(
        id=str(row.place),
        picture=address,
        broken=broken,
        lines=(f"{row.score:.3f}", whose, "" if broken else heat),
        label=f"Open the heat map of {row.file}: {call}, score {row.score:.3f}, {whose}, {heat}",
        hue=palette.class_colour(row.kind or row.label),
        right=bool(row.right),
    )
