"""The shortcut lab's fifth step: cover the sign and watch the score move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.explaining import covering, sentences_cover
from engine.explaining.occlusion import HOW, cover
from engine.vision import shortcuts
from engine.vision.boxes import Box
from engine.vision.preprocessing import pipeline
from engine.words.files import digest_json
from pages.shared import (
    cached,
    cached_cover,
    cached_judging,
    explain_cover,
    inference,
    lab_exposure,
    lab_heat,
    lab_run,
    lab_words,
    patch,
    seeing,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run
    from pages.shared.cover_asked import Case

USUAL = "inpaint"  # adds nothing that could be taken for a sign
OFFERED = 12


def show(shortcut: str) -> None:
    """Draw one X-ray to cover, its score before and after, and all of them together."""
    run = lab_run.needed(shortcut)
    if run is None:
        return
    rows = lab_heat.carrying(run).sort_values(["ill", "score"], ascending=[True, False])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        row = _choose(rows, shortcut)
        image, place, _ = lab_run.seen(run, row)
        if shortcut != "exposure":
            how = _way()
            case = explain_cover.case(run, row, image, cached_judging.threshold(run.id))
            _buttons(case, shortcuts.boxes(place), shortcut)
    if shortcut == "exposure":
        lab_exposure.show(run, row, image)
        return
    _one(case, how)
    before, after, other = everyone(run, rows, how)
    st.markdown(lab_words.covered(shortcut, before, after, other, len(rows)))
    st.caption(f"{HOW[how].help} :material/warning: {HOW[how].harms}")


def everyone(run: Run, rows: pd.DataFrame, how: str) -> tuple[float, float, float]:
    """Return the median score of X-rays as they are, with the sign covered, with as much covered
    elsewhere."""

    def ask() -> tuple[float, float, float]:
        plain, without, other = [], [], []
        view = pipeline(run.recipe.size, run.recipe.preprocessing)
        for number, (_, row) in enumerate(rows.iterrows()):
            image, place, square = lab_run.seen(run, row)
            boxes = shortcuts.boxes(place)
            random = covering.elsewhere(boxes, 1, seed=number)[0]
            plain.append(square)
            without.append(view(cover(image, boxes, how)))
            other.append(view(cover(image, random, how)))
        scores = inference.several(run, np.stack([*plain, *without, *other]))[:, 1]
        first, second, third = np.median(scores.reshape(3, -1), axis=1)
        return float(first), float(second), float(third)

    key = [cached.model_key(run.id), "lab cover", how, rows["image_id"].tolist()]
    return cached_cover.kept(digest_json(key), ask)


def _choose(rows: pd.DataFrame, shortcut: str) -> pd.Series:
    some = pd.concat([rows[~rows["ill"]].head(OFFERED), rows[rows["ill"]].head(OFFERED)])
    names = {
        row.file: f"{lab_words.carrying(shortcut, row.ill, row.carries)}: {row.score:.2f}, "
        f"{row.file.rsplit('/', 1)[-1]}"
        for row in some.itertuples()
    }
    file = st.selectbox(
        "Test X-ray",
        list(names),
        format_func=lambda file: names.get(file, file),
        key=Key.LAB.of("xray", shortcut),
        width=280,
    )
    return some[some["file"] == file].iloc[0]


def _way() -> str:
    return str(
        st.selectbox(
            "Cover with",
            list(HOW),
            index=list(HOW).index(USUAL),
            format_func=lambda name: HOW[name].label,
            key=Key.LAB.of("how"),
            persist_state="session",
            width=118,
        )
    )


def _buttons(case: Case, boxes: tuple[Box, ...], shortcut: str) -> None:
    thing = lab_words.THING[shortcut]
    for name, label, icon, there in (
        ("sign", f"Cover the {thing}", ":material/hide_source:", boxes),
        ("other", "As much elsewhere", ":material/shuffle:", covering.elsewhere(boxes, 1)[0]),
        ("none", "Uncover", ":material/undo:", ()),
    ):
        st.button(
            label,
            icon=icon,
            type="primary" if name == "sign" else "secondary",
            key=Key.LAB.of("cover", name),
            on_click=patch.put,
            args=(case.name, there),
        )


@st.fragment
def _one(case: Case, how: str) -> None:
    """The X-ray to paint on; a patch that is moved reruns this alone."""
    left, middle, right = st.columns([1.2, 1.2, 1], gap="medium")
    with left:
        boxes = patch.paint(case.image, case.name, case.label)
        st.caption("Draw patches of your own over it, or move these.")
    with middle:
        seeing.xray(case.seen(boxes, how), "What the network sees after covering")
        st.caption(f"What the network sees: {sentences_cover.patches(boxes)} covered.")
    with right:
        before, after = case.scores(), case.scores(boxes, how)
        st.metric("Score as it is", f"{before[1]:.3f}")
        if not boxes:
            st.markdown("Cover the sign: does the score depend on it?")
            return
        st.metric(
            "Score covered",
            f"{after[1]:.3f}",
            f"{after[1] - before[1]:+.3f}",
            delta_color="off",
        )
        st.markdown(sentences_cover.moved(before, after, 1, case.classes, case.threshold))
