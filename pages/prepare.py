"""Prepare: what each step of the preprocessing does to an X-ray, before a network sees it."""

from __future__ import annotations

import streamlit as st

from pages.shared import (
    layout,
    prepare_input,
    prepare_pictures,
    prepare_steps,
    prepare_views,
    state,
    views,
)
from pages.shared.prepare_pictures import Picture
from pages.shared.state import Key

VIEWS = {
    "wipe": "Before and after",
    "difference": "What changed",
    "several": "Side by side",
    "input": "What the network sees",
}


def main() -> None:
    """Draw the page."""
    layout.header("What does preprocessing do to an X-ray?", ":material/contrast:")
    state.show(Key.PREPARE)
    with layout.errors_as_message():
        with st.container(horizontal=True, vertical_alignment="bottom"):
            found = prepare_pictures.choose()
            network, size = prepare_input.choose()
        look(prepare_pictures.opened(found), network, size)


@st.fragment
@layout.errors_as_message()
def look(pictures: list[Picture], network: str, size: int) -> None:
    """All that depends on the steps: a slider reruns this and nothing else."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        steps = prepare_steps.compose()
    with right:
        view = views.choose("Look at", VIEWS, Key.PREPARE, Key.PREPARE.of("view"))
        if view == "several":
            prepare_views.several(pictures, size, steps)
        else:
            with st.container(horizontal=True):
                one = choose_picture(pictures)
                before = prepare_views.choose_before() if view == "wipe" else ""
            if view == "wipe":
                prepare_views.before_and_after(one, before, size, steps)
            elif view == "difference":
                prepare_views.what_changed(one, size, steps)
            else:
                prepare_input.what_it_sees(network, one, size, steps)
        st.caption(prepare_steps.order(steps, size))


def choose_picture(pictures: list[Picture]) -> Picture:
    """Let the visitor choose the X-ray that is looked at."""
    names = [picture.name for picture in pictures]
    number = st.segmented_control(
        "X-ray",
        range(len(pictures)),
        default=0,
        required=True,
        format_func=names.__getitem__,
        key=Key.PREPARE.of("picture"),
        label_visibility="collapsed",
    )
    return pictures[number or 0]


main()
