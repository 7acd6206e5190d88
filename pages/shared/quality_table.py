"""Quality's table: every X-ray of a source with the severity of each flaw, sortable."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.data.quality import GATE
from engine.vision.artefacts import DETECTORS, FLAGGED
from pages.shared import cached_quality, quality_opened, state
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue

HEIGHT = 470  # pixels


def show(catalogue: Catalogue, found: pd.DataFrame) -> None:
    """Draw the table, most flaws first; a chosen row opens its X-ray."""
    table = cached_quality.listed(catalogue.hash, found)
    st.markdown(
        f"**{len(found):,} X-rays, those with most flaws first.** Press a column's name to sort by "
        "it, the box before a row to open its X-ray."
    )
    key = Key.QUALITY.of("table", catalogue.hash)

    def pressed() -> None:
        rows = state.get(key).selection.rows
        if rows:
            quality_opened.put(catalogue, int(table.index[rows[0]]))

    st.dataframe(
        table,
        hide_index=True,
        height=HEIGHT,
        key=key,
        on_select=pressed,
        selection_mode="single-row",
        column_config=_columns(),
        alt="Every X-ray with the severity of each flaw",
    )
    quality_opened.show(catalogue, found, table.index)


def _columns() -> dict[str, object]:
    """How each column is called and drawn."""
    bar = partial(
        st.column_config.ProgressColumn, min_value=0.0, max_value=1.0, format="%.2f", width=92
    )
    gate = "What the gate before a prediction says: from 0.5 on it would warn."
    flaws = f"How many severities are {FLAGGED} or more."
    return {
        "file": st.column_config.Column("File", width=150, pinned=True),
        "flaws": st.column_config.NumberColumn("Flaws", help=flaws, width=54),
        "label": st.column_config.Column("Class", width=86),
        **{name: bar(row.label, help=row.help) for name, row in DETECTORS.items()},
        "kind": st.column_config.Column("Kind", width=80),
        "patient": st.column_config.Column("Patient", width=100),
        "split": st.column_config.Column("Split", width=70),
        GATE: bar("Gate", help=gate),
    }
