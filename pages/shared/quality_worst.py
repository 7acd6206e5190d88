"""Quality's gallery: one flaw, the worst first, with the evidence drawn on each X-ray."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.vision.artefacts import DETECTORS, FLAGGED
from engine.words.errors import CxrError
from pages.shared import cached_quality, palette, quality_opened, state, wording
from pages.shared.components.tiles import Tile, tiles
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue

FLAW = Key.QUALITY.of("flaw")
PER_PAGE = 8  # each new X-ray takes some 15 to 25 ms
SIDE = 180  # pixels on the page; half as many again are sent


def show(catalogue: Catalogue, found: pd.DataFrame) -> None:
    """Draw the choice of a flaw and a page of its X-rays."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = choose_flaw(found)
        rows = _of_classes(found)
    row = DETECTORS[name]
    flagged = int((rows[name] >= FLAGGED).sum())
    st.markdown(
        f"**{wording.share(flagged, len(rows))} X-rays are flagged for "
        f"{row.label[:1].lower()}{row.label[1:]}.** {row.help}"
    )
    order = rows.sort_values(name, ascending=False, kind="stable").index
    pages = -(-len(order) // PER_PAGE)
    number = 1
    if pages > 1:
        number = st.pagination(pages, key=Key.GALLERY.of("quality", catalogue.hash, name, pages))
    part = found.loc[order[(number - 1) * PER_PAGE : number * PER_PAGE]]
    shown = [_tile(catalogue, place, entry, name) for place, entry in part.iterrows()]
    tiles(
        shown,
        lambda place: quality_opened.put(catalogue, int(place), name),
        Key.QUALITY.of("tiles"),
        "X-rays, the worst first; press one to open it",
        SIDE,
    )
    quality_opened.show(catalogue, found, order)


def choose_flaw(found: pd.DataFrame) -> str:
    """Draw the choice of a flaw, the commonest unless one was chosen."""
    counts = {name: int((found[name] >= FLAGGED).sum()) for name in DETECTORS}
    if state.get(FLAW) not in DETECTORS:
        state.put(FLAW, max(counts, key=lambda name: counts[name]))
    name = st.selectbox(
        "Flaw",
        list(DETECTORS),
        format_func=lambda name: f"{DETECTORS[name].label} · {counts[name]:,}",
        key=FLAW,
        persist_state="session",
        width=300,
    )
    return str(name)


def _of_classes(found: pd.DataFrame) -> pd.DataFrame:
    labels = sorted(set(found["label"]))
    if len(labels) < 2:
        return found
    chosen = st.pills(
        "Class",
        labels,
        selection_mode="multi",
        key=Key.QUALITY.of("classes", *labels),
        persist_state="session",
    )
    return found[found["label"].isin(chosen)] if chosen else found


def _tile(catalogue: Catalogue, place: object, entry: pd.Series, name: str) -> Tile:
    picture, said, broken = "", "", ""
    path = str(catalogue.root / entry["file"])
    try:
        picture, said = cached_quality.drawn(path, entry["image_id"], name, SIDE * 3 // 2)
    except (CxrError, OSError) as error:
        broken = f"{entry['file']}: {error}"
    severity, kind = float(entry[name]), entry["kind"] or entry["label"]
    label = entry["label"] if kind == str(entry["label"]).lower() else f"{entry['label']}, {kind}"
    return Tile(
        id=str(place),
        picture=picture,
        broken=broken,
        lines=(f"{severity:.2f}", label, str(entry["patient"]), said),
        label=f"Open {entry['file']}: {label}, severity {severity:.2f}. {said}",
        hue=palette.class_colour(kind),
        right=True,
    )
