"""Compare, how they learned: loss and accuracy by epoch."""

from __future__ import annotations

import streamlit as st

from engine.judging import sentences
from pages.shared import cached, charts_runs
from pages.shared.compare_choice import Compared, draw

MEASURES = {"loss": "Loss", "accuracy": "Accuracy"}


def show(compared: Compared) -> None:
    """Draw loss and accuracy by epoch."""
    histories = {name: cached.history(run.id) for name, run in compared.runs.items()}
    left, right = st.columns(2, gap="medium")
    for place, (measure, title) in zip((left, right), MEASURES.items(), strict=True):
        with place:
            said = sentences.learning(histories, measure)
            draw(f"{title} by epoch", charts_runs.learning(histories, measure), said)
    st.caption("Thick: validation. Thin: training. A star marks the best epoch.")
