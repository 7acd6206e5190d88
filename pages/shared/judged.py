"""What Evaluate says of an ensemble beside its mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging.scores import Scores

if TYPE_CHECKING:
    from engine.runs.run import Run


def vote(run: Run, scores: Scores) -> None:
    """For an ensemble: what its majority gets right, beside the mean that all else is drawn of."""
    name = f"{scores.split}_vote_accuracy"
    share = run.metrics.get(name)
    if share is None:
        return
    members = int(run.recipe.imbalance.kwargs.get("members", 0))
    mean = int((scores.probabilities.argmax(axis=1) == scores.truth).sum())
    st.caption(
        f":material/how_to_vote: The majority vote of its {members} networks gets "
        f"{round(share * len(scores)):,} of {len(scores):,} X-rays right; their mean probability, "
        f"which this page shows, {mean:,} (the larger one decides)."
    )
