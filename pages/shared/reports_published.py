"""What others published on the same test images."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.learning.reported import Published, table
from pages.shared.reports_beside import NONE

COLUMNS = {
    "accuracy": "Accuracy",
    "recall": "Recall",
    "specificity": "Specificity",
    "auc": "AUC",
}


def show() -> None:
    """Draw the published figures with their sources."""
    st.markdown(
        "What others reached on these X-rays, as they printed it. Figures on the official 624 test "
        "images may be held against each other; those on other splits may not."
    )
    st.dataframe(
        as_table(table().published),
        hide_index=True,
        column_config={"Link": st.column_config.LinkColumn(display_text="Open")},
        height="content",
        alt="Published figures",
    )
    notes = dict.fromkeys(entry.note for entry in table().published if entry.note)
    st.caption(" ".join(["Normal against pneumonia but where another question is named.", *notes]))


def as_table(published: tuple[Published, ...]) -> pd.DataFrame:
    """Return one row a publication and model: the official test first, the best first."""
    order = sorted(published, key=lambda entry: (not entry.official, -(entry.accuracy or 0)))
    rows = [
        {
            "Source": entry.cite,
            "Model": entry.model or NONE,
            "Judged on": entry.on,
            **{label: _written(getattr(entry, name)) for name, label in COLUMNS.items()},
            "Link": entry.link,
        }
        for entry in order
    ]
    return pd.DataFrame(rows)


def _written(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"
