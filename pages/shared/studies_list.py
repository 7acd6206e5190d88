"""All studies: what each asked, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from pages.shared import cached_studies, live, state
from pages.shared.cached_studies import Look
from pages.shared.state import Key

KINDS = {"folds": "Folds", "seeds": "Seeds", "sweep": "Sweep"}
STATUSES = {name: label for name, (label, *_) in live.MARKS.items()} | {"missing": "Not queued"}
TABLE = Key.STUDIES.of("table")
EVERY = 2  # seconds between two looks


def show() -> None:
    """Draw the studies; one is opened by choosing its row."""
    if not cached_studies.every():
        empty()
        return
    _table()
    st.caption("Choose a row to open a study.")


def empty() -> None:
    """Say what folds, seeds and sweeps are for, and start one of them."""
    st.markdown(
        "A single training is one draw of the dice. A study is a group of trainings that answer "
        "one question together; here you would see all of them, and there is none yet."
    )
    left, middle, right = st.columns(3, gap="medium")
    with left.container(border=True, height="stretch"):
        st.markdown("**Folds: does the figure hold for other test images?**")
        st.markdown(
            "The images are cut into k parts and k networks are trained; each is judged on the "
            "part that it has not seen. Every image is judged once, and the spread over the folds "
            "says how much of a score was the luck of one split."
        )
        _open("folds", "Start a study of folds", ":material/splitscreen:")
    with middle.container(border=True, height="stretch"):
        st.markdown("**Seeds: how much of a figure is luck?**")
        st.markdown(
            "The same training begins from several seeds on one split. Mean and spread are the "
            "honest figure, and the seeds' mean score can become one more run."
        )
        _open("seeds", "Start a study over seeds", ":material/casino:")
    with right.container(border=True, height="stretch"):
        st.markdown("**Sweep: which setting is better, and by more than luck?**")
        st.markdown(
            "Every combination of some settings is trained, with several seeds. A table shows "
            "where validation is best, and whether the best cell is further from the others than "
            "two seeds of one cell are from each other."
        )
        _open("sweep", "Start a sweep", ":material/grid_on:")


def done(one: Look) -> str:
    """Say how many cells of a study are in which state."""
    parts = [f"{number} {STATUSES[status].lower()}" for status, number in one.counts.items()]
    return ", ".join(parts)


def standing(one: Look) -> str:
    """Say in a word where a study stands."""
    if one.study.state != "active":
        return one.study.state.capitalize()
    if one.going:
        return "At work"
    return "Finished" if one.done == len(one.study.cells) else "At rest"


def as_table(found: Sequence[Look]) -> pd.DataFrame:
    """Return a row a study."""
    rows = [
        {
            "Study": one.study.name,
            "Kind": KINDS[one.study.kind],
            "State": standing(one),
            "Done": one.done / len(one.study.cells),
            "Trainings": done(one),
            "Images": one.study.source,
            "For": one.study.owner,
            "Started": datetime.fromisoformat(one.study.created),
        }
        for one in found
    ]
    return pd.DataFrame(rows)


@st.fragment(run_every=EVERY)
def _table() -> None:
    found = cached_studies.every()
    if not found:  # the last one was deleted by somebody else
        st.rerun()
    event = st.dataframe(
        as_table(found),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=TABLE,
        column_config={
            "Done": st.column_config.ProgressColumn(format="percent"),
            "Started": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
        },
    )
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(found):
        state.choose(Key.STUDY, found[rows[0]].study.id)
        state.drop(TABLE)
        st.rerun()


def leave() -> None:
    """Go back to all studies; that test figures were asked for goes for one study alone."""
    state.choose(Key.STUDY, None)
    state.choose(Key.STUDY_TEST, None)


def _open(view: str, label: str, icon: str) -> None:
    st.button(
        label,
        icon=icon,
        key=Key.STUDIES.of("empty", view),
        on_click=lambda: state.choose(Key.STUDIES_VIEW, view),
    )
