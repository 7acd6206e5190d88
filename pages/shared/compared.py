"""Compare's table of every run that can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging import comparison
from engine.judging.figures import LABELS
from engine.words.errors import CxrError
from pages.shared import cached_judging

if TYPE_CHECKING:
    from engine.runs.run import Run

ROW, ROWS = 35, 5  # pixels of a row; rows shown before one scrolls
OWN = ("accuracy", "precision", "recall", "specificity", "f1", "balanced_accuracy")


def run_table(runs: Sequence[Run], split: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return one row a run that can be judged on `split`, and why the others cannot."""
    rows, left_out = [], {}
    for run in runs:
        try:
            figures = cached_judging.summary(run.id, split)
        except CxrError as error:
            left_out[run.name] = str(error)
            continue
        rows.append({**_about(run), **figures})
    return pd.DataFrame(rows), left_out


def draw_table(table: pd.DataFrame) -> None:
    """Draw the runs; a click on a column's head sorts by it."""
    number = st.column_config.NumberColumn
    shares = {name: number(LABELS[name], format="%.2f") for name in OWN}
    halves = {
        f"{name}_at_half": number(f"{LABELS[name]} at 0.5", format="%.2f")
        for name in comparison.AT_HALF
    }
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "id": None,
            "name": st.column_config.TextColumn("Run", pinned=True),
            "auc": number("AUC", format="%.2f"),
            "threshold": number(
                "Threshold", format="%.4g", help="Chosen on the run's validation images by F1."
            ),
            **shares,
            **halves,
            "parameters": number("Parameters", format="localized"),
            "seconds": number("Seconds", format="%.0f"),
            "split": "Split",
            "data": "Data",
            "images": "Images",
            "created": st.column_config.DatetimeColumn("Created", format="YYYY-MM-DD HH:mm"),
        },
        column_order=["name", "auc", "threshold", *OWN, *halves, *ABOUT],
        placeholder="–",
        height=ROW * (min(len(table), ROWS) + 1) + 3,
        alt="The finished runs with their figures",
    )


ABOUT = ("parameters", "seconds", "split", "data", "images", "created")


def _about(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "name": run.name,
        "parameters": run.parameters,
        "seconds": run.seconds,
        "split": run.recipe.split.kind,
        "data": run.source,
        "created": run.created,
    }
