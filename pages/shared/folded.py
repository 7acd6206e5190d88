"""Which network to ask of a run that is k of them: the one that had not seen the X-ray."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached

if TYPE_CHECKING:
    from engine.runs.run import Run


def network(run: Run, file: str) -> Run:
    """Return the run whose network judged an X-ray, itself where it has one and judges all.

    Raises NotFound where the fold's run was deleted.
    """
    if not run.recipe.split.every_fold:
        return run
    from engine.runs import out_of_fold

    return out_of_fold.network_of(run, file, cached.predictions(run.id))


def told(run: Run, asked: Run) -> str:
    """Say which network is asked; empty where it is the run's own."""
    if asked.id == run.id:
        return ""
    split = asked.recipe.split
    return (
        f"Fold {split.fold} of {split.k} judged this X-ray: its network ({asked.name}) had not "
        "seen it in training, and it is the one that is asked here."
    )


def choose(run: Run, file: str) -> Run:
    """Return the run whose network judged an X-ray, and say on the page which one that is."""
    asked = network(run, file)
    if text := told(run, asked):
        st.caption(text)
    return asked
