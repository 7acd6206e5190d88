"""Compare, recipes: what the runs were made of, where they differ."""

from __future__ import annotations

import streamlit as st

from engine.judging import comparison
from engine.learning.networks import NETWORKS
from engine.vision.artefacts import DETECTORS
from pages.shared.compare_choice import Compared

LABELS = {name: option.label for name, option in {**DETECTORS, **NETWORKS}.items()}


def show(compared: Compared) -> None:
    """Say in words what differs in the recipes, then as a table."""
    recipes = {name: run.recipe for name, run in compared.runs.items()}
    for sentence in comparison.difference_sentences(recipes, LABELS):
        st.markdown(f"- {sentence}")
    table = comparison.differences(recipes, LABELS)
    if not table.empty:
        with st.expander("The same as a table"):
            st.dataframe(table, hide_index=True)
