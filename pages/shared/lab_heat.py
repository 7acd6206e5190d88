"""The shortcut lab's fourth step: heat maps, and how much of them lies on the sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.explaining import trust_places
from engine.explaining.methods import METHODS
from engine.vision.preprocessing import preprocess
from engine.words.files import digest_json
from pages.shared import cached, cached_cover, heat, inference, lab_run, lab_words
from pages.shared.heat import Heated
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.explaining.cam import CamResult
    from engine.explaining.layers import CamLayer
    from engine.runs.run import Run

USUAL = "layercam"
FINE = 24  # cells a side: about as small as a marker
JUDGED, SHOWN = 12, 2  # X-rays for the share of heat; shown of the healthy and of the ill


def show(shortcut: str) -> None:
    """Draw maps of test X-rays that carry the sign."""
    run = lab_run.needed(shortcut)
    if run is None:
        return
    method = choose()
    rows = carrying(run)
    shown = pd.concat([rows[~rows["ill"]].head(SHOWN), rows[rows["ill"]].head(SHOWN)])
    heat.show(heated(run, shown, shortcut, method), Key.LAB.of("heat"))
    if shortcut == "exposure":
        st.markdown(
            "Exposure lies everywhere, so no map can point at it: heat on the chest is no proof "
            "that the network read the chest. Maps show where, never what."
        )
    else:
        share, area, images = on_place(run, rows, method)
        st.markdown(f"**{lab_words.on_place(shortcut, share, area, images)}**")
    st.caption(note(method))


def choose() -> str:
    """Draw the choice of a method; return it."""
    return str(
        st.selectbox(
            "Method",
            list(METHODS),
            index=list(METHODS).index(USUAL),
            format_func=lambda name: METHODS[name].label,
            key=Key.LAB.of("method"),
            persist_state="session",
            width=220,
        )
    )


def note(method: str) -> str:
    """Say what the method asks here, and when it misleads."""
    layer = (
        f"It asks the deepest layer with at least {FINE} cells a side, about as fine as a marker. "
        if METHODS[method].layered
        else "It asks the pixels themselves. "
    )
    return f"{layer}When {METHODS[method].label} misleads: {METHODS[method].harms}"


def carrying(run: Run) -> pd.DataFrame:
    """Return the test X-rays that carry the sign as the ill do in training."""
    rows = lab_run.table(run, "test")
    return rows[rows["carries"].eq(True)]


def heated(run: Run, rows: pd.DataFrame, shortcut: str, method: str) -> list[Heated]:
    """Return the maps for pneumonia of some X-rays, with what is known of each."""
    pictures = [lab_run.seen(run, row) for _, row in rows.iterrows()]
    maps = _maps(run, np.stack([square for _, _, square in pictures]), method)
    return [
        Heated(
            square,
            result,
            f"{lab_words.carrying(shortcut, row['ill'], row['carries'])}: {row['score']:.2f}",
            run.classes[1],
        )
        for (_, row), (_, _, square), result in zip(rows.iterrows(), pictures, maps, strict=True)
    ]


def on_place(run: Run, rows: pd.DataFrame, method: str) -> tuple[float, float, int]:
    """Return the mean share of the heat on the sign, the sign's share of the picture, and of how
    many X-rays; empty maps are left out."""
    some = rows.head(JUDGED)

    def measure() -> tuple[float, float, int]:
        pictures = [lab_run.seen(run, row) for _, row in some.iterrows()]
        maps = _maps(run, np.stack([square for _, _, square in pictures]), method)
        places = [_squared(run, place) for _, place, _ in pictures]
        inside = np.array(
            [trust_places.inside(one.heat, place) for one, place in zip(maps, places, strict=True)]
        )
        there = np.isfinite(inside)
        share = float(inside[there].mean()) if there.any() else 0.0
        return share, float(np.mean([place.mean() for place in places])), int(there.sum())

    key = [cached.model_key(run.id), "lab heat", method, some["image_id"].tolist()]
    return cached_cover.kept(digest_json(key), measure)


def _squared(run: Run, place: np.ndarray) -> np.ndarray:
    """Bring a place (h, w) to the network's square (s, s)."""
    white = place.astype(np.uint8) * 255
    return preprocess(white, run.recipe.size, run.recipe.preprocessing) > 127


def _maps(run: Run, squares: np.ndarray, method: str) -> list[CamResult]:
    layer = _layer(inference.layers(run)) if METHODS[method].layered else None
    return inference.kept_maps(run, squares, [1] * len(squares), layer, method)


def _layer(layers: list[CamLayer]) -> int | None:
    fine = [one for one in layers if min(one.rows, one.columns) >= FINE]
    return fine[-1].index if fine else None
