"""Cover and see: patches over an X-ray, its score before and after, and as much elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.explaining import covering, sentences_cover
from engine.explaining.occlusion import DEFAULT, HOW, Box
from pages.shared import charts, charts_cover, cover_more, cover_tried, layout, patch, seeing, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.shared.cover_asked import Case

FIRST = (Box(0, 0, 0.2, 0.2),)  # what the buttons cover where nothing is painted yet
DRAWS = 1000  # random places that the button goes through


def show(case: Case, facts: Callable[[], None]) -> None:
    """Draw it; `facts` draws what is known of the X-ray under its picture."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        index = _class(case)
        how = _way()
        cover_tried.note(case, patch.boxes(case.name), how)
        _buttons(case, index)
    left, middle, right = st.columns([1.2, 1.2, 1], gap="medium")
    with left:
        boxes = patch.paint(case.image, case.name, case.label)
        facts()
    with middle:
        seeing.xray(case.seen(boxes, how), "What the network sees after covering")
        _seen(boxes, how)
    with right, layout.errors_as_message():
        _answer(case, boxes, how, index)
    cover_tried.note(case, boxes, how)
    cover_more.show(case, boxes, how, index)


def _answer(case: Case, boxes: tuple[Box, ...], how: str, index: int) -> None:
    before, name = case.scores(), case.classes[index]
    if not boxes:
        called = case.classes[sentences_cover.decided(before, case.threshold)]
        st.markdown(
            f"As it is, the score for {name} is **{before[index]:.3f}** and the decision "
            f"**{called}**. Draw a patch over the X-ray: does the score depend on what lies there?"
        )
        return
    after = case.scores(boxes, how)
    st.markdown(sentences_cover.moved(before, after, index, case.classes, case.threshold))
    found = case.baseline(boxes, how, index)
    text = sentences_cover.beside(before, after, found, index)
    figure = charts_cover.places(
        float(before[index]), float(after[index]), found, index, name, case.threshold
    )
    st.plotly_chart(
        figure, config=charts.CONFIG, key=Key.COVER.of("places"), alt=text.replace("*", "")
    )
    st.markdown(text)


def _seen(boxes: tuple[Box, ...], how: str) -> None:
    if not boxes:
        st.caption("What the network sees; nothing is covered.")
        return
    st.caption(
        f"What the network sees: {sentences_cover.patches(boxes)}, {HOW[how].label.lower()}. The "
        "patch lies on the X-ray itself, before the run's preprocessing.  \n"
        f":material/warning: {HOW[how].harms}"
    )


def _class(case: Case) -> int:
    """The class whose score is followed: with two the one that is looked for."""
    if len(case.classes) == 2:
        return 1
    called = case.classes[sentences_cover.decided(case.scores(), None)]
    name = st.selectbox(
        "Score for",
        case.classes,
        index=case.classes.index(called),
        key=Key.COVER.of("class", case.run.id, case.name),
        width=170,
    )
    return case.classes.index(str(name))


def _way() -> str:
    if state.get(cover_tried.WAY) not in HOW:
        state.put(cover_tried.WAY, DEFAULT)
    how = st.selectbox(
        "Cover with",
        list(HOW),
        format_func=lambda name: HOW[name].label,
        key=cover_tried.WAY,
        persist_state="session",
        width=170,
    )
    with st.popover("What each does", icon=":material/help:"):
        for option in HOW.values():
            st.markdown(f"**{option.label}.** {option.help}  \n:material/warning: {option.harms}")
    return str(how)


def _buttons(case: Case, index: int) -> None:
    """Put patches of the painted sizes, or a first one, where it is hottest or anywhere."""
    sizes = patch.boxes(case.name) or FIRST
    if st.button(
        "Cover the hottest place",
        icon=":material/local_fire_department:",
        key=Key.COVER.of("hottest", case.name),
        help="As much as you painted, where the heat map is hottest; at first a fifth of a side.",
    ):
        with layout.errors_as_message():
            hot = case.hottest(sizes, index)
            if hot:
                patch.put(case.name, hot)
            else:
                st.caption(f"The heat map for {case.classes[index]} is empty: nowhere is hottest.")
    if st.button(
        "Cover a random place",
        icon=":material/shuffle:",
        key=Key.COVER.of("random", case.name),
        help="As much as you painted, anywhere: what does the cover do by itself?",
    ):
        drawn = (int(str(state.get(Key.COVER.of("draw"), 0))) + 1) % DRAWS
        state.put(Key.COVER.of("draw"), drawn)
        patch.put(case.name, covering.elsewhere(sizes, 1, seed=drawn)[0])
    st.button(
        "Back",
        icon=":material/undo:",
        key=Key.COVER.of("back", case.name),
        on_click=cover_tried.back,
        args=(case,),
        disabled=not cover_tried.tries(case),
        help="To what was covered before.",
    )
