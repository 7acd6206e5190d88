"""Pictures that a visitor tries: uploads and synthetic samples, and what a network answers.

Everything lives in the visitor's session alone, and only as long as the picture is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine.judging import sentences
from engine.judging.thresholds import Threshold
from engine.vision.decoding import decode
from engine.vision.preprocessing import STEPS, preprocess
from engine.words.errors import UnreadableImage
from pages.shared import cached, inference, palette, state
from pages.shared.standing import PICTURES
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.explaining.cam import CamResult
    from engine.runs.run import Run

CAVEAT = (
    "A score is what the network puts out, not the chance that somebody is ill: it answers any "
    "picture, even one that is no chest X-ray."
)
LONGEST = 60  # characters of a file's name that are shown
STEP = 100  # seeds between one draw of a sample and the next


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture to try: its pixels (H, W) uint8, or why there are none."""

    key: str
    name: str
    image: np.ndarray | None = None
    trouble: str = ""
    drawn: str = ""  # the kind of a synthetic sample


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network saw of a picture and says of it."""

    picture: Picture
    seen: np.ndarray  # (size, size) uint8
    probabilities: np.ndarray  # (classes,)
    decision: int


def uploads(files: list[Any]) -> list[Picture]:
    """Decode uploads; a file that is no usable picture carries the reason instead."""
    return [_kept(("picture", file.file_id), lambda file=file: _read(file)) for file in files]


def samples() -> list[Picture]:
    """Draw the choice of synthetic samples and return the chosen ones."""
    number = int(str(state.get(Key.TRY.of("draw"), 0)))
    chosen = st.pills(
        "Or synthetic samples, drawn by a program",
        list(PICTURES),
        selection_mode="multi",
        format_func=str.capitalize,
        key=Key.TRY.of("sample"),
        persist_state="session",
    )
    if chosen:
        st.button(
            "Draw others",
            icon=":material/refresh:",
            key=Key.TRY.of("again"),
            on_click=lambda: state.put(Key.TRY.of("draw"), number + 1),
        )
    return [_sample(kind, number) for kind in PICTURES if kind in chosen]


def answer(run: Run, picture: Picture, threshold: Threshold) -> Answer:
    """Ask the run's network about a picture."""

    def ask() -> Answer:
        assert picture.image is not None
        seen = preprocess(picture.image, run.recipe.size, run.recipe.preprocessing)
        given = inference.probabilities(run, seen)
        called = given[1] >= threshold.value if len(given) == 2 else given.argmax()
        return Answer(picture, seen, given, int(called))

    return _kept(("answer", picture.key, run.id), ask)


def heat(run: Run, answered: Answer, index: int) -> CamResult:
    """Return the heat map of one class."""
    return _kept(
        ("heat", answered.picture.key, run.id, index),
        lambda: inference.fresh_map(run, answered.seen, index),
    )


def forget_others(pictures: list[Picture]) -> None:
    """Drop what is kept of pictures that are no longer there."""
    there = {picture.key for picture in pictures}
    for key in [key for key in _shelf() if key[1] not in there]:
        del _shelf()[key]


def table(run: Run, answered: list[Answer]) -> pd.DataFrame:
    """One row a picture: its name, a score per class and the decision."""
    rows = [
        {"picture": entry.picture.name}
        | dict(zip(run.classes, entry.probabilities.astype(float), strict=True))
        | {"decision": run.classes[entry.decision]}
        for entry in answered
    ]
    return pd.DataFrame(rows)


def verdict(run: Run, answered: Answer, threshold: Threshold) -> str:
    """The decision and how it comes about, in one sentence."""
    given, name = answered.probabilities, run.classes[answered.decision]
    if len(run.classes) != 2:
        return (
            f"**{name}** has the largest of {len(run.classes)} scores: "
            f"{given[answered.decision]:.3f}."
        )
    side = "at or above" if answered.decision else "below"
    return (
        f"The score for {run.classes[1]} is **{given[1]:.3f}**, {side} the run's threshold "
        f"{sentences.cut(threshold.value)}, so the decision is **{name}**."
    )


def origin(threshold: Threshold) -> str:
    """Where the run's threshold was chosen."""
    if not threshold.split:
        return threshold.note
    return (
        f"The threshold has the best F1 on the run's {threshold.of:,} {threshold.split} images; "
        "it was not chosen on pictures like yours."
    )


def caption(run: Run, answered: Answer) -> str:
    """The same four facts under every X-ray: true class, predicted class, score, patient."""
    picture, index = answered.picture, answered.decision
    true = f"drawn as **{picture.drawn}**" if picture.drawn else "true class unknown"
    patient = "no patient: synthetic" if picture.drawn else "patient unknown"
    shown = index if len(run.classes) > 2 else 1
    return (
        f"{true[0].upper()}{true[1:]}, predicted **{run.classes[index]}**, score for "
        f"{run.classes[shown]} **{answered.probabilities[shown]:.3f}**, {patient}"
    )


def steps(run: Run, answered: Answer) -> str:
    """What was done to the picture before the network saw it."""
    assert answered.picture.image is not None
    height, width = answered.picture.image.shape
    names = [STEPS[step.name].label.lower() for step in run.recipe.preprocessing]
    return (
        f"What the network saw: {width:,} x {height:,} pixels became "
        f"{run.recipe.size} x {run.recipe.size} ({', then '.join(names)})."
    )


def bars(run: Run, answered: Answer, threshold: Threshold) -> go.Figure:
    """One bar a class, and the threshold as a line where there is one."""
    names = list(reversed(run.classes))
    values = [float(value) for value in reversed(answered.probabilities)]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            marker_color=[palette.class_colour(name) for name in names],
            text=[f"{value:.3f}" for value in values],
            textposition="auto",
            hoverinfo="skip",
        )
    )
    if len(names) == 2:
        line = {"color": palette.THRESHOLD, "width": 3}
        figure.add_shape(
            type="line", x0=threshold.value, x1=threshold.value, y0=-0.5, y1=0.5, line=line
        )
    figure.update_layout(
        height=34 * len(names) + 30,
        margin={"l": 0, "r": 8, "t": 4, "b": 22},
        xaxis={"range": [0, 1], "fixedrange": True},
        yaxis={"fixedrange": True},
        showlegend=False,
    )
    return figure


def plain(name: str) -> str:
    """A file's name as it can be shown: one line, not too long, nothing that is formatting."""
    kept = "".join(sign if sign.isprintable() and sign != "`" else "?" for sign in name)
    return kept if len(kept) <= LONGEST else f"{kept[: LONGEST - 12]}...{kept[-9:]}"


def _read(file: Any) -> Picture:
    name = plain(file.name)
    try:
        return Picture(file.file_id, name, decode(file.getvalue()))
    except UnreadableImage as error:
        return Picture(file.file_id, name, trouble=str(error))


def _sample(kind: str, number: int) -> Picture:
    name = f"Synthetic, {kind}" + (f", draw {number + 1}" if number else "")
    image = cached.drawn(kind, PICTURES[kind] + STEP * number)
    return Picture(f"{kind}-{number}", name, image, drawn=kind)


def _shelf() -> dict[tuple[Any, ...], Any]:
    if state.get(Key.TRY) is None:
        state.put(Key.TRY, {})
    shelf: Any = state.get(Key.TRY)
    return shelf


def _kept(key: tuple[Any, ...], make: Any) -> Any:
    shelf = _shelf()
    if key not in shelf:
        shelf[key] = make()
    return shelf[key]
