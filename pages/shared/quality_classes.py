"""Quality's first question: which flaws there are, and whether one gives a class away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging import giveaways
from engine.vision.artefacts import DETECTORS
from pages.shared import charts, charts_quality, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue

NAMES = {name: row.label for name, row in DETECTORS.items()}


def show(catalogue: Catalogue, found: pd.DataFrame) -> None:
    """Draw how often each flaw is in each class; a pressed bar shows the X-rays."""
    apart = giveaways.apart(found, NAMES)
    rows = giveaways.by_class(found, NAMES)
    said = giveaways.apart_sentence(apart, len(found))
    st.markdown(f"#### {said}")
    left, right = st.columns([7, 5], gap="medium")
    with left:
        _draw(rows, said)
        st.caption(
            "Flagged: a severity of 0.5 or more. Lines are 95% intervals. Press a bar to see its "
            "X-rays, the worst first."
        )
    with right:
        _table(found)
        clean = int((found[list(NAMES)] < giveaways.FLAGGED).all(axis=1).sum())
        st.caption(
            f"{clean:,} of {len(found):,} X-rays have no flaw. AUC: how well the severity alone, "
            "flagged or not, tells that class from the rest; 0.5 is guessing. Detectors err: look "
            "at the X-rays before you trust a count."
        )


def _draw(rows: pd.DataFrame, said: str) -> None:
    key = Key.QUALITY.of("bars")
    labels = {label: name for name, label in NAMES.items()}

    def pressed() -> None:
        points = state.get(key).selection.points
        if points and points[0].get("y") in labels:
            state.put(Key.QUALITY.of("flaw"), labels[str(points[0]["y"])])
            state.choose(Key.QUALITY, "worst")

    st.plotly_chart(
        charts_quality.by_class(rows),
        config=charts.CONFIG,
        key=key,
        alt=said,
        on_select=pressed,
        selection_mode="points",
    )


def _table(found: pd.DataFrame) -> None:
    labels = sorted(set(found["label"]))
    rows = []
    for name, label in NAMES.items():
        row: dict[str, object] = {
            "Flaw": label,
            "Flagged": int((found[name] >= giveaways.FLAGGED).sum()),
        }
        if len(labels) > 1:
            areas = {own: giveaways.tells(found, name, own) for own in labels}
            row["Higher in"] = max(labels, key=lambda own: areas[own])
            row["AUC"] = max(areas.values())
        rows.append(row)
    rows.sort(key=lambda row: -int(str(row["Flagged"])))
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "Flaw": st.column_config.Column(width=150),
            "Flagged": st.column_config.NumberColumn(format="localized", width=60),
            "Higher in": st.column_config.Column(width=90),
            "AUC": st.column_config.NumberColumn(format="%.2f", width=45),
        },
        alt="Each flaw with the class in which its severity is higher",
    )
