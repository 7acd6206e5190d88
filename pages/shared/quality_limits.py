"""Quality's limits: which X-rays a training leaves out, counted, and handed to Train."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.data import quality
from engine.learning import excluding
from engine.vision.artefacts import DETECTORS, FLAGGED
from engine.words.options import Choice
from pages.shared import handover, layout, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue

ABREAST = 3
WHY = (
    "What is above a limit is left out of training and validation. Test images are never left out, "
    "so that figures stay comparable. Leaving images out is no remedy by itself: a model that "
    "never saw a flaw may err more where it meets one."
)


def show(catalogue: Catalogue, found: pd.DataFrame) -> None:
    """Draw a limit for each flaw, what they leave out, and the way to Train."""
    st.markdown(WHY)
    limits = choose(catalogue, found)
    open_ = found[found["split"] != "test"]
    out = flawed(open_, limits)
    text, empty = sentence(open_, out)
    st.markdown(f"#### {text}")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Leave these out of a training",
            type="primary",
            icon=":material/filter_alt:",
            disabled=not limits or bool(empty),
            key=Key.QUALITY.of("leave_out"),
        ):
            handover.offer("exclude", limits)
            layout.go("pages/train.py")
        if empty:
            st.markdown(
                f":material/warning: No image of class {', '.join(empty)} would be left. Raise a "
                "limit or switch it off."
            )
        elif not limits:
            st.caption("Switch a limit on first.", width="content")
    if limits:
        _table(open_, out, limits)


def choose(catalogue: Catalogue, found: pd.DataFrame) -> tuple[Choice, ...]:
    """Draw a switch and a slider for each flaw; return those that are on."""
    begin = {limit.name: limit for limit in handover.offered("exclude") or ()}
    limits, rows = [], list(DETECTORS.items())
    for start in range(0, len(rows), ABREAST):
        columns = st.columns(ABREAST, gap="medium")
        for column, (name, row) in zip(columns, rows[start:], strict=False):
            with column, st.container(gap="xxsmall"):
                on = st.toggle(
                    row.label,
                    value=name in begin,
                    key=Key.QUALITY.of("limit", name),
                    help=row.help,
                    persist_state="session",
                )
                if not on:
                    flagged = int((found[name] >= FLAGGED).sum())
                    st.caption(f"{wording.count(flagged, 'X-ray')} flagged")
                    continue
                above = st.slider(
                    f"{row.label}: leave out above",
                    0.0,
                    1.0,
                    float(begin[name].kwargs.get("above", FLAGGED)) if name in begin else FLAGGED,
                    0.01,
                    key=Key.QUALITY.of("above", name),
                    persist_state="session",
                    label_visibility="collapsed",
                )
                limits.append(Choice.of(name, above=above))
    return tuple(limits)


def flawed(open_: pd.DataFrame, limits: tuple[Choice, ...]) -> pd.Series:
    """Say of each row whether one of the limits leaves it out."""
    out = pd.Series(False, index=open_.index)
    for limit in limits:
        out |= quality.beyond(open_, limit)
    return out


def sentence(open_: pd.DataFrame, out: pd.Series) -> tuple[str, list[str]]:
    """Say how many X-rays of each class are left out; return the classes that would be empty."""
    whole = open_["label"].value_counts().sort_index()
    gone = open_.loc[out, "label"].value_counts().reindex(whole.index, fill_value=0)
    empty = [str(name) for name in whole.index if gone[name] == whole[name]]
    if not out.any():
        return f"All {len(open_):,} X-rays outside the test folder stay.", empty
    parts = [f"{wording.share(int(gone[name]), int(whole[name]))} {name}" for name in whole.index]
    return f"{wording.count(int(out.sum()), 'X-ray')} left out: {', '.join(parts)}.", empty


def _table(open_: pd.DataFrame, out: pd.Series, limits: tuple[Choice, ...]) -> None:
    """What each limit alone leaves out, class by class."""
    rows = {}
    for limit in limits:
        beyond = quality.beyond(open_, limit)
        rows[excluding.words((limit,))] = open_.loc[beyond, "label"].value_counts()
    rows["any of them"] = open_.loc[out, "label"].value_counts()
    labels = sorted(set(open_["label"]))
    table = pd.DataFrame(rows).reindex(labels).fillna(0).astype(int).T
    st.dataframe(table, column_config={"_index": "Left out for"}, row_height=29)
