"""The shortcut lab's third step: validation and test beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached_judging, charts, charts_lab, lab_run, lab_words
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

SPLITS = ("validation", "test")


def show(shortcut: str) -> None:
    """Draw both splits' scores and what they say together."""
    run = lab_run.needed(shortcut)
    if run is None:
        return
    for column, split in zip(st.columns(2, gap="medium"), SPLITS, strict=True):
        with column:
            _split(run, shortcut, split)
    validation, test = (auc(run, split) for split in SPLITS)
    st.markdown(f"**{lab_words.verdict(shortcut, validation, test)}**")
    st.caption(
        "Each dot is an X-ray, filled ones carry the sign. In a group they rise with the score."
    )


def auc(run: Run, split: str) -> float:
    """Return a run's area under the ROC curve on a split; not a number without both classes."""
    found = cached_judging.summary(run.id, split).get("auc")
    return float("nan") if found is None else float(found)


def _split(run: Run, shortcut: str, split: str) -> None:
    table, value = lab_run.table(run, split), auc(run, split)
    low, high = cached_judging.bands(run.id, split).auc
    st.metric(f"{split.capitalize()} AUC", f"{value:.2f}", width="content")
    said = lab_words.area(split, value, len(table))
    if split == "test":
        said += " " + lab_words.by_sign(shortcut, table)
    st.plotly_chart(
        charts_lab.scores(table, shortcut),
        key=Key.LAB.of("scores", split),
        config=charts.CONFIG,
        alt=said,
    )
    st.markdown(said)
    if low == low:  # NaN where there are too few patients
        st.caption(f"95% interval of the AUC, drawing patients again: {low:.2f} to {high:.2f}.")
