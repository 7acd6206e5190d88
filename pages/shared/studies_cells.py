"""Every training of a study as a table, each with its state and its reason."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.runs.groups import Cell, Study
from engine.runs.study_tables import Standing
from pages.shared import foreseen, layout, state, studies_list, studies_words
from pages.shared.cached_studies import Look
from pages.shared.state import Key

FOLD = "split.fold"


def label(study: Study, cell: Cell) -> str:
    """Name a cell: its settings or its fold, and the seed where there are several."""
    paths = [path for path in study.axes if path != FOLD]
    if study.kind == "seeds":
        return f"Seed {cell.seed}"
    text = studies_words.settings(paths, cell.values) or f"fold {cell.values.get(FOLD, '')}"
    text = text[:1].upper() + text[1:]
    return f"{text}, seed {cell.seed}" if len(study.seeds) > 1 else text


def show(here: Look) -> None:
    """Draw a row a training; a chosen one can be watched."""
    event = st.dataframe(
        as_table(here),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=Key.STUDIES.of("cells", here.study.id),
    )
    rows = event["selection"]["rows"]
    one = here.standings[rows[0]] if rows and rows[0] < len(here.standings) else None
    if one is None or one.run is None:
        st.caption("Choose a row to see its curves and its log.")
        return
    if st.button(
        f"Open {label(here.study, one.cell)}",
        icon=":material/show_chart:",
        key=Key.STUDIES.of("watch", one.run.id),
    ):
        state.set_current_job_id(one.run.id)
        layout.go("pages/train.py")


def as_table(here: Look) -> pd.DataFrame:
    """Return a row a training."""
    rows = [
        {
            "Training": label(here.study, one.cell),
            "State": studies_list.STATUSES[one.status],
            "Validation AUC": _auc(one),
            "Took": foreseen.duration(one.run.seconds) if one.run and one.run.seconds else "",
            "Reason": one.reason,
        }
        for one in here.standings
    ]
    return pd.DataFrame(rows)


def _auc(one: Standing) -> str:
    found = one.run.metrics.get("validation_auc") if one.run else None
    return "" if found is None else studies_words.number(found)
