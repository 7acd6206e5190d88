"""The measures of trust one by one: what each asks, what is good and bad, and its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from engine.explaining import trust_drawn, trust_places, trust_sentences
from engine.explaining.overlay import framed, overlay
from engine.explaining.trust import BLOB
from engine.explaining.trust_baselines import heat_of, label
from engine.explaining.trust_sentences import MEASURES
from pages.shared import charts, charts_trust, inference, inline, palette
from pages.shared.cached_trust import Wanted
from pages.shared.state import Key

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from engine.explaining.trust import Measured, Trust
    from engine.explaining.trust_pictures import Pictures
    from engine.runs.run import Run
    from pages.shared.cached_trust import Judged

SIDE = 180  # pixels of a picture on the page; twice as many are sent
LARGE = 300
SHARES = (0.1, 0.25, 0.5, 0.75)
MEAN = -1


def show(judged: list[Judged], wanted: Wanted) -> None:
    """Draw the chosen measure of the chosen run and method."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Measure",
            list(MEASURES),
            default="curves",
            required=True,
            format_func=lambda name: MEASURES[name].title,
            key=Key.EXPLAIN.of("trust_measure"),
            persist_state="session",
        )
        one = _run(judged)
        row = _method(one.trust)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        DRAW[str(name)](one.run, one.trust, row, wanted)
    with right:
        explained(str(name))
        if name in BESIDE:
            BESIDE[str(name)](one.run, one.trust, row)


def explained(name: str) -> None:
    """Draw a measure in plain words."""
    told = MEASURES[name]
    st.markdown(told.what)
    st.markdown(f":material/check: **Good:** {told.good}")
    st.markdown(f":material/close: **Bad:** {told.bad}")
    if told.doubt:
        st.markdown(f":material/warning: {told.doubt}")
    st.caption(told.source)


def curves(run: Run, found: Trust, row: Measured, wanted: Wanted) -> None:
    """Deletion and insertion, on average or of one X-ray, whose covered pictures are shown."""
    st.markdown(trust_sentences.curves(found, row))
    at = _picture(found.pictures, "trust_curve", ["All: the mean"])
    place = None if at == MEAN else at
    said = trust_sentences.curves(found, row)
    sides = st.columns(2)
    for side, name in zip(sides, ("deletion", "insertion"), strict=True):
        with side:
            _chart(charts_trust.curve(found, row, name, place), said, name)
    if place is None:
        st.caption("Choose one X-ray to see what the network was shown.")
        return
    heat = _heat(run, found.pictures, place, row)
    seen = found.pictures.seen[place]
    pictures = trust_drawn.stills(seen, heat, wanted.cover, SHARES, 2 * SIDE, place)
    scores, steps = row.arrays["deletion"][place], row.arrays["deletion"].shape[1] - 1
    texts = [
        f"{share:.0%} taken away: score {np.interp(share * steps, range(steps + 1), scores):.2f}"
        for share in SHARES
    ]
    _pictures(pictures, texts)


def weights(run: Run, found: Trust, row: Measured, wanted: Wanted) -> None:
    """Likeness of the maps as more layers become random, and the maps themselves."""
    said = trust_sentences.weights(row)
    st.markdown(said)
    if row.is_baseline:
        st.caption("It asks no network, so there are no layers whose weights could be random.")
        return
    _chart(charts_trust.forgetting(row), said, "weights")
    st.caption("In the grey bands maps are too alike: in part, and in the darker one by far.")
    maps = row.arrays["maps"].astype(np.float32)
    at = _picture(found.pictures.first(maps.shape[1]), "trust_weights")
    grey = framed(found.pictures.seen[at], 2 * SIDE)
    layers = row.arrays["layers"].astype(int).tolist()
    texts = ["As it learned", *(f"Last {count} of {layers[-1]} random" for count in layers)]
    _pictures(
        [overlay(grey, heat) for heat in maps[:, at]],
        [
            text if heat.any() else f"{text}: the map is empty"
            for text, heat in zip(texts, maps[:, at], strict=True)
        ],
        SIDE * 3 // 4,
    )


def lungs(run: Run, found: Trust, row: Measured, wanted: Wanted) -> None:
    """Share of the heat in the lung field."""
    said = trust_sentences.lungs(found, row)
    st.markdown(said)
    _chart(charts_trust.dots(found, "lungs"), said, "lungs")


def lung_box(run: Run, found: Trust, row: Measured) -> None:
    """The lung field and the heat of one X-ray."""
    known = np.isfinite(found.row(BLOB).figure("lungs"))
    at = _picture(found.pictures, "trust_lungs", first=int(known.argmax()))
    seen = found.pictures.seen[at]
    mask, heat = trust_places.lungs(seen), _heat(run, found.pictures, at, row)
    if mask is None:
        text = "No lungs were found for sure: this X-ray is left out"
    elif not heat.any():
        text = "The map is empty"
    else:
        text = f"{trust_places.inside(heat, mask):.0%} of the heat in the box"
    _pictures([_outlined(seen, mask, heat)], [text], LARGE)


def truth(run: Run, found: Trust, row: Measured, wanted: Wanted) -> None:
    """Pointing game, heat in the opacity and overlap."""
    said = trust_sentences.truth(found, row)
    st.markdown(said)
    if found.truth is None or found.truth.masks is None:
        return
    if found.truth.drawn:
        st.markdown(f":material/info: {trust_sentences.STRANGERS}")
    for name in ("pointing", "inside", "overlap"):
        _chart(charts_trust.dots(found, name), said, name)


def opacity(run: Run, found: Trust, row: Measured) -> None:
    """The true opacity, the heat and its hottest point in one phantom."""
    if found.truth is None or found.truth.masks is None:
        return
    at = _picture(found.truth, "trust_truth")
    seen, mask = found.truth.seen[at], found.truth.masks[at]
    heat = _heat(run, found.truth, at, row)
    if not heat.any():
        text = "The map is empty"
    else:
        verb = "hits" if trust_places.hit(heat, mask) >= 0.5 else "misses"
        share, both = trust_places.inside(heat, mask), trust_places.overlap(heat, mask)
        text = (
            f"The hottest point (cross) {verb} the true opacity (outline); {share:.0%} of the heat "
            f"in it, overlap {both:.2f}"
        )
    _pictures([_outlined(seen, mask, heat)], [text], LARGE)


DRAW = {"curves": curves, "weights": weights, "lungs": lungs, "truth": truth}
BESIDE = {"lungs": lung_box, "truth": opacity}


def _run(judged: list[Judged]) -> Judged:
    if len(judged) == 1:
        return judged[0]
    names = [f"{one.run.name}" for one in judged]
    place = st.selectbox(
        "Run",
        range(len(judged)),
        format_func=names.__getitem__,
        key=Key.EXPLAIN.of("trust_run", *(one.run.id for one in judged)),
        width=160,
    )
    return judged[int(place)]


def _method(found: Trust) -> Measured:
    names = [row.method for row in found.rows]
    name = st.selectbox(
        "Map",
        names,
        format_func=label,
        key=Key.EXPLAIN.of("trust_method", *names),
        persist_state="session",
        width=200,
    )
    return found.row(str(name))


def _picture(pictures: Pictures, name: str, before: list[str] | None = None, first: int = 0) -> int:
    """Draw the choice of an X-ray; MEAN where the entry before them is chosen."""
    names = [*(before or []), *(file.rsplit("/", 1)[-1] for file in pictures.names)]
    place = st.selectbox(
        "X-ray",
        range(len(names)),
        index=first,
        format_func=names.__getitem__,
        key=Key.EXPLAIN.of(name, len(names)),
        persist_state="session",
        width=260,
    )
    return int(place) - len(before or [])


def _heat(run: Run, pictures: Pictures, at: int, row: Measured) -> np.ndarray:
    if row.is_baseline:
        return heat_of(row.method, at, 0)
    found, _ = inference.kept_map(run, pictures.seen[at], pictures.classes[at], None, row.method)
    return found.heat


def _outlined(seen: np.ndarray, mask: np.ndarray | None, heat: np.ndarray) -> np.ndarray:
    value = palette.BACTERIAL.removeprefix("#")
    colour = (int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16))
    return trust_drawn.outlined(seen, mask, heat, 2 * LARGE, colour)


def _pictures(pictures: list[np.ndarray], texts: list[str], side: int = SIDE) -> None:
    with st.container(horizontal=True, gap="small"):
        for picture, text in zip(pictures, texts, strict=True):
            with st.container(width=side, gap="xxsmall"):
                st.image(inline.address(picture), width=side, alt=text)
                st.caption(text)


def _chart(figure: go.Figure, said: str, name: str) -> None:
    key = Key.EXPLAIN.of("trust_chart", name)
    st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=said.replace("**", ""))
