"""Pictures that a visitor tries: uploads and synthetic samples, and what a network answers.

Everything lives in the visitor's session alone, and only as long as the picture is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from engine.explaining import looking
from engine.explaining.batch_table import guarded
from engine.vision.colour import colourfulness
from engine.vision.decoding import decode
from engine.vision.preprocessing import preprocess
from engine.words.errors import UnreadableImage
from pages.shared import cached, inference, state
from pages.shared.standing import PICTURES
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.explaining.cam import CamResult
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run
    from engine.vision.artefacts import Finding
    from engine.vision.gate import Verdict

NO_XRAY = "no chest X-ray?"
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
    coloured: float = 0.0  # its file's colourfulness


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network saw of a picture and says of it."""

    picture: Picture
    seen: np.ndarray  # (size, size) uint8
    probabilities: np.ndarray  # (classes,)
    decision: int


def uploads(files: list[Any]) -> list[Picture]:
    """Decode uploads; a file that is no usable picture carries the reason instead."""
    return [
        kept(
            ("picture", file.file_id),
            lambda file=file: read(file.file_id, plain(file.name), file.getvalue),
        )
        for file in files
    ]


def read(key: str, name: str, source: Callable[[], bytes]) -> Picture:
    """Decode a picture's bytes; one that is no usable picture carries the reason instead."""
    try:
        data = source()
        return Picture(key, name, decode(data), coloured=colourfulness(data))
    except UnreadableImage as error:
        return Picture(key, name, trouble=str(error))


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

    return kept(("answer", picture.key, run.id), ask)


def heat(run: Run, answered: Answer, index: int) -> CamResult:
    """Return the heat map of one class."""
    return kept(
        ("heat", answered.picture.key, run.id, index),
        lambda: inference.fresh_map(run, answered.seen, index),
    )


def doubts(picture: Picture) -> tuple[Verdict, tuple[Finding, ...]]:
    """Return the gate's verdict of a readable picture and its flagged artefacts."""
    return kept(("doubts", picture.key), lambda: looking.doubts(picture.image, picture.coloured))


def forget_others(pictures: list[Picture]) -> None:
    """Drop what is kept of pictures that are no longer there."""
    there = {picture.key for picture in pictures}
    for key in [key for key in _shelf() if key[1] not in there]:
        del _shelf()[key]


def table(run: Run, answered: list[Answer]) -> pd.DataFrame:
    """One row a picture: its name, a score per class and the decision."""
    rows = [
        {"picture": guarded(entry.picture.name)}
        | dict(zip(run.classes, entry.probabilities.astype(float), strict=True))
        | {"decision": run.classes[entry.decision], "doubts": said(*doubts(entry.picture))}
        for entry in answered
    ]
    return pd.DataFrame(rows)


def said(verdict: Verdict, found: tuple[Finding, ...]) -> str:
    """Return what is doubtful of a picture in a few words, for a table."""
    first = [NO_XRAY] if verdict.flagged else []
    return ", ".join([*first, *(finding.label for finding in found)])


def plain(name: str) -> str:
    """A file's name as it can be shown: one line, not too long, nothing that is formatting."""
    kept = "".join(sign if sign.isprintable() and sign != "`" else "?" for sign in name)
    return kept if len(kept) <= LONGEST else f"{kept[: LONGEST - 12]}...{kept[-9:]}"


def _sample(kind: str, number: int) -> Picture:
    name = f"Synthetic, {kind}" + (f", draw {number + 1}" if number else "")
    image = cached.drawn(kind, PICTURES[kind] + STEP * number)
    return Picture(f"{kind}-{number}", name, image, drawn=kind)


def _shelf() -> dict[tuple[Any, ...], Any]:
    if state.get(Key.TRY) is None:
        state.put(Key.TRY, {})
    shelf: Any = state.get(Key.TRY)
    return shelf


def kept(key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """Return what is on the visitor's shelf under (kind, picture, ...); make it the first time."""
    shelf = _shelf()
    if key not in shelf:
        shelf[key] = make()
    return shelf[key]
