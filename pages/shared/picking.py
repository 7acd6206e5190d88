"""Picking one image of a run: a table of its answers, filters, and a way through what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.judging.scores import Scores, splits_of
from engine.judging.thresholds import Threshold
from pages.shared import state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

BINARY = {
    ("pos", True): "true positive",
    ("neg", True): "true negative",
    ("pos", False): "false positive",
    ("neg", False): "false negative",
}
OUTCOMES = {
    "false negative": "False negatives",
    "false positive": "False positives",
    "true positive": "True positives",
    "true negative": "True negatives",
    "wrong": "Wrong",
    "right": "Right",
}
ORDERS = {
    "stored": "As stored",
    "certain": "Most certain first",
    "close": "Closest calls first",
}


def answers(scores: Scores, threshold: Threshold) -> pd.DataFrame:
    """One row an image: the stored columns, predicted, score (of the class looked for), outcome.

    With two classes the score is the positive class's, else the predicted one's. `margin` is the
    distance from the nearest other decision.
    """
    called = scores.predicted(threshold.value)
    names = np.array(scores.classes)
    table = scores.rows.assign(label=names[scores.truth], predicted=names[called])
    right = called == scores.truth
    if scores.binary:
        table["score"] = scores.scores
        table["margin"] = np.abs(scores.scores - threshold.value)
        kinds = zip(np.where(called == 1, "pos", "neg"), right, strict=True)
        table["outcome"] = [BINARY[str(kind), bool(hit)] for kind, hit in kinds]
    else:
        ranked = np.sort(scores.probabilities, axis=1)
        table["score"] = ranked[:, -1]
        table["margin"] = ranked[:, -1] - ranked[:, -2]
        table["outcome"] = np.where(right, "right", "wrong")
    return table


def ordered(table: pd.DataFrame, order: str) -> pd.DataFrame:
    """Sort by how sure the network was; equal margins keep their order."""
    if order == "stored":
        return table
    return table.sort_values("margin", ascending=order == "close", kind="stable")


def choose_split(predictions: pd.DataFrame) -> str:
    """Draw the choice of the split, which is the header's; fall back to one that has images."""
    there = splits_of(predictions)
    if state.current_split() not in there:
        state.set_current_split(there[-1])
    key = Key.EXPLAIN.of("split")
    state.put(key, state.current_split())
    st.segmented_control(
        "Split",
        [name for name in state.SPLITS if name in there],
        key=key,
        required=True,
        on_change=lambda: state.set_current_split(str(state.get(key))),
        label_visibility="collapsed",
    )
    return state.current_split()


def filtered(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters and return the rows that pass, in the chosen order."""
    label = _select("True class", "label", {name: name for name in run.classes}, table)
    if label:
        table = table[table["label"] == label]
    outcome = _select("Outcome", "outcome", OUTCOMES, table)
    if outcome:
        table = table[table["outcome"] == outcome]
    with st.popover("Order and search", icon=":material/sort:"):
        order = st.radio(
            "Order",
            list(ORDERS),
            format_func=lambda name: ORDERS[name],
            key=Key.EXPLAIN.of("order"),
            persist_state="session",
        )
        text = st.text_input(
            "Patient or file",
            key=Key.EXPLAIN.of("find"),
            persist_state="session",
            placeholder="such as virus-1000",
        ).strip()
    if text:
        patient, file = (
            table[name].str.contains(text, case=False, regex=False) for name in ("patient", "file")
        )
        table = table[patient | file]
    return ordered(table, order)


def current(table: pd.DataFrame) -> pd.Series:
    """Draw previous, next and the position; return the row that is looked at."""
    files = table["file"].tolist()
    kept = state.choice(Key.EXPLAIN_IMAGE)
    place = files.index(kept) if kept in files else 0
    state.choose(Key.EXPLAIN_IMAGE, files[place])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _step("Previous", ":material/chevron_left:", files, place - 1, "P")
        _step("Next", ":material/chevron_right:", files, place + 1, "N")
        state.put(Key.EXPLAIN_PAGE, place + 1)
        st.number_input(
            "Image number",
            1,
            len(files),
            key=Key.EXPLAIN_PAGE,
            on_change=lambda: _go(files, int(str(state.get(Key.EXPLAIN_PAGE))) - 1),
            label_visibility="collapsed",
            width=120,
        )
        st.markdown(f"of {wording.count(len(files), 'image')}", width="content")
    return table.iloc[place]


def _go(files: list[str], place: int) -> None:
    state.choose(Key.EXPLAIN_IMAGE, files[place])


def _step(label: str, icon: str, files: list[str], place: int, shortcut: str) -> None:
    inside = 0 <= place < len(files)
    st.button(
        label,
        icon=icon,
        key=Key.EXPLAIN.of(label.lower()),
        on_click=_go,
        args=(files, place),
        disabled=not inside,
        shortcut=shortcut,
    )


def _select(title: str, name: str, names: dict[str, str], table: pd.DataFrame) -> str:
    """Draw a filter with the number of images behind each choice; "" means all."""
    counts = table[name].value_counts()
    key = Key.EXPLAIN.of(name)
    kept = str(state.get(key) or "")
    options = [value for value in names if value in counts or value == kept]
    if kept and kept not in options:
        state.drop(key)  # of a run with other classes

    def words(value: str) -> str:
        if not value:
            return f"{title}: all {len(table):,}"
        return f"{names[value]}: {counts.get(value, 0):,}"

    return str(
        st.selectbox(
            title,
            ["", *options],
            format_func=words,
            key=key,
            persist_state="session",
            label_visibility="collapsed",
            width=215,
        )
    )
