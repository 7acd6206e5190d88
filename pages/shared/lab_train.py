"""The shortcut lab's training: X-rays drawn once, an ordinary run, live curves, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.data import lab
from engine.words.errors import Cancelled, CxrError
from engine.words.settings import settings
from pages.shared import cached, cached_lab, lab_run, launch, layout, live, state, working
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run
    from pages.shared.lab_making import Making

WHAT = {
    "taught": "the shortcut goes with the label in training and validation",
    "random": "the shortcut lies at random in training, validation and test alike",
    "none": "no training or validation image carries the shortcut",
}


def show(shortcut: str, teaching: str) -> None:
    """Draw where the training stands, and the button that starts it."""
    making = cached_lab.desk().find(shortcut, teaching)
    if making is not None:
        _make(making, shortcut, teaching)
        return
    if not lab_run.opened():
        return
    run = lab_run.find(shortcut, teaching)
    if run is None:
        _offer(shortcut, teaching)
        return
    _headline(run)
    progress = cached.progress(run.id)
    if progress.status in ("waiting", "running"):
        _going(run.id, progress.status)
        return
    if progress.status == "failed":
        st.error(progress.reason, icon=":material/error:")
    elif progress.status == "cancelled":
        st.info(progress.reason or "Stopped on request.", icon=":material/stop:")
    if progress.status != "finished":
        _button("Train again", ":material/refresh:", shortcut, teaching)
    live.curves(run.id, progress)


def _make(making: Making, shortcut: str, teaching: str) -> None:
    """Draw the work before the training; at its end the run is there."""
    work = working.finished(lambda: making, Key.LAB.of("stop", shortcut, teaching))
    if work is None:
        return
    cached_lab.desk().forget(shortcut, teaching)
    try:
        answer = work.result()
    except Cancelled:
        st.info("Stopped. Nothing was kept.", icon=":material/stop:")
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
    else:
        if not answer.cached:
            state.put(Key.LAB.of("fresh", answer.run_id), True)
        st.rerun()
    _button("Try again", ":material/refresh:", shortcut, teaching)


def _offer(shortcut: str, teaching: str) -> None:
    """Say what would be trained, and start it."""
    images = min(lab.IMAGES, settings().phantom_images)
    recipe = lab.recipe("", images, shortcut, teaching)
    st.markdown(
        f"**{images:,} phantoms** are drawn once, {WHAT[teaching]}. Then an ordinary training "
        f"begins: report D's small CNN at {recipe.size} pixels, {recipe.epochs} epochs, about a "
        "minute on two processors that do nothing else."
    )
    drawn = lab.registered(shortcut, teaching)
    label = "Train" if drawn else "Draw the X-rays and train"
    _button(label, ":material/play_arrow:", shortcut, teaching)


def _button(label: str, icon: str, shortcut: str, teaching: str) -> None:
    st.button(
        label,
        icon=icon,
        type="primary",
        key=Key.LAB.of("begin", shortcut, teaching),
        on_click=_begin,
        args=(shortcut, teaching),
    )


def _begin(shortcut: str, teaching: str) -> None:
    owner = str(state.get(Key.TRAIN.of("owner")) or launch.GUEST)
    cached_lab.desk().begin(shortcut, teaching, owner)


def _headline(run: Run) -> None:
    label, colour, icon = live.MARKS[run.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(run.name, anchor=False, width="content")
        st.badge(label, color=colour, icon=icon)
        if run.status == "finished" and not state.get(Key.LAB.of("fresh", run.id)):
            st.badge("from cache", color="violet", icon=":material/bolt:")
        if run.ended:
            _open("Evaluate it", "pages/evaluate.py", ":material/rule:", run)
        else:
            live.cancel(run.id, run.name, cached.progress(run.id))


def _open(label: str, file: str, icon: str, run: Run) -> None:
    if run.status == "finished" and st.button(
        label, icon=icon, type="tertiary", key=Key.LAB.of(label, run.id)
    ):
        state.set_current_run_id(run.id)
        layout.go(file)


@st.fragment(run_every=live.EVERY)
def _going(run_id: str, status: str) -> None:
    """Look once a second; another status draws the whole page anew."""
    with layout.errors_as_message():
        progress = cached.progress(run_id)
    if progress.status != status:
        cached.forget_runs()
        st.rerun()
    live.bar(progress)
    live.curves(run_id, progress)
