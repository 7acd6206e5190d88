"""Prepare's views of pictures: before and after, what changed, several X-rays at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import streamlit as st

from engine.vision import effects, preprocessing
from engine.words.options import Choice
from pages.shared import charts, charts_prepare, inline
from pages.shared.components.wipe import wipe
from pages.shared.prepare_pictures import Picture, prepared
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np

Steps = tuple[Choice, ...]

ORIGINAL = (Choice.of("pad"),)
SHARPEST = 1024  # pixels a side at which an original is shown
AGAINST = {"resized": "Only resized", "original": "Original"}
MEANT = {
    "resized": "Before is the same square without filters.",
    "original": "Before is the whole original on black.",
}
THREADS = 4
SIDE = 155  # pixels on the page of one of several


def choose_before() -> str:
    """Draw the choice of what a picture is compared with."""
    against = st.segmented_control(
        "Before",
        list(AGAINST),
        default="resized",
        required=True,
        format_func=AGAINST.__getitem__,
        key=Key.PREPARE.of("against"),
        persist_state="session",
        label_visibility="collapsed",
    )
    return str(against)


def before_and_after(one: Picture, against: str, size: int, steps: Steps) -> None:
    """One X-ray with a line that wipes between before and after, and both histograms."""
    after = prepared(one, size, steps)
    before = resized(one, size, steps) if against == "resized" else original(one)
    label = f"Before and after, {one.name}: arrow keys move the line"
    wipe(before, after, ("before", "after"), label, Key.PREPARE.of("wipe"))
    said = effects.contrast_sentence(before, after)
    how = "Drag the line, or use the arrow keys."
    st.caption(f"{one.caption}, {one.size}. {MEANT[against]} {how}")
    figure = charts_prepare.before_and_after(before, after)
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.PREPARE.of("histogram"), alt=said)
    st.markdown(said)


def what_changed(one: Picture, size: int, steps: Steps) -> None:
    """The difference that the filters made, the resize taken out."""
    before, after = resized(one, size, steps), prepared(one, size, steps)
    found = effects.difference(before, after)
    said = effects.difference_sentence(found)
    columns = st.columns(3, gap="small")
    shown = (("Only resized", before), ("After all steps", after), ("Difference", found.picture))
    for column, (name, picture) in zip(columns, shown, strict=True):
        with column:
            show(picture, name)
            st.caption(f"{name}, {one.name}")
    st.markdown(said)
    st.caption("The resize and the crop move pixels; they are in both, so what is left is filters.")


def several(pictures: list[Picture], size: int, steps: Steps) -> None:
    """Every X-ray before and after, side by side."""
    with ThreadPoolExecutor(THREADS) as pool:  # OpenCV lets go of Python's lock
        jobs = [pool.submit(preprocessing.preprocess, p.image, size, steps) for p in pictures]
        done = [job.result() for job in jobs]
    with st.container(horizontal=True, gap="small"):
        for picture, after in zip(pictures, done, strict=True):
            before = resized(picture, size, steps)
            with st.container(width=SIDE, gap="xxsmall"):
                show(before, f"{picture.name}, only resized")
                show(after, f"{picture.name}, after all steps")
                st.caption(f"{picture.caption}, {picture.size}")
    st.markdown(_spread([effects.levels(after) for after in done], pictures))


def resized(picture: Picture, size: int, steps: Steps) -> np.ndarray:
    """Return the square without filters: the same crop and resize, no grey value changed."""
    return prepared(picture, size, preprocessing.geometry(steps))


def original(picture: Picture) -> np.ndarray:
    """Return the whole picture on a black square."""
    return prepared(picture, min(SHARPEST, max(picture.image.shape)), ORIGINAL)


def show(picture: np.ndarray, alt: str) -> None:
    """Draw a square as wide as its place; enlarged pixels stay pixels."""
    st.image(inline.address(crisp(picture)), width="stretch", alt=alt)


def crisp(picture: np.ndarray, side: int = 360) -> np.ndarray:
    """Return a square of about `side` pixels: whole multiples of small ones, large ones averaged.

    The browser would blur what it enlarges.
    """
    import cv2

    size = picture.shape[0]
    if size >= side:
        return cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    times = -(-side // size)
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def _spread(found: list[effects.Levels], pictures: list[Picture]) -> str:
    parts = [
        f"{picture.name} {level.mean:.0f}" for picture, level in zip(pictures, found, strict=True)
    ]
    means = [level.mean for level in found]
    if len(found) == 1:
        return f"Mean brightness after all steps: {parts[0]} of 255."
    return (
        f"Above: only resized; below: after all steps. Mean brightness now: {', '.join(parts)} of "
        f"255, {max(means) - min(means):.0f} apart. A step that moves classes apart in brightness "
        "lets a network judge by brightness alone."
    )
