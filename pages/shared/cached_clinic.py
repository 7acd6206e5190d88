"""What calibration and decision curves compute of a run's scores, kept for all visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached, cached_judging

if TYPE_CHECKING:
    import pandas as pd

    from engine.judging.calibration import Calibration
    from engine.judging.prevalence import Band
    from engine.judging.recalibration import Recalibration
    from engine.judging.scores import Scores


@st.cache_resource(max_entries=64, ttl=600, show_spinner="Fitting on the validation images")
def recalibration(run_id: str, index: int, method: str) -> Recalibration:
    """Return a method fitted on a run's validation scores; raise CxrError where none fits."""
    from engine.judging import recalibration as judging

    return judging.fit(cached_judging.against(run_id, "validation", index), method)


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def scores(run_id: str, split: str, index: int, method: str = "") -> Scores:
    """Return a run's scores for a class against the rest, recalibrated by a method if named."""
    stored = cached_judging.against(run_id, split, index)
    return recalibration(run_id, index, method).scores(stored) if method else stored


@st.cache_resource(max_entries=128, ttl=600, show_spinner=False)
def calibration(
    run_id: str, split: str, index: int, method: str, bins: int, binning: str
) -> Calibration:
    """Return how well scores and truth agree, before ("") or after a recalibration."""
    from engine.judging import calibration as judging

    return judging.calibration(scores(run_id, split, index, method), bins, binning)


@st.cache_resource(max_entries=128, ttl=600, show_spinner=False)
def decisions(
    run_id: str, split: str, index: int, method: str = "", prevalence: float | None = None
) -> pd.DataFrame:
    """Return the decision curve, of other people where a prevalence is given."""
    from engine.judging import prevalence as judging

    return judging.decision_curve(scores(run_id, split, index, method), prevalence)


@st.cache_resource(max_entries=128, ttl=600, show_spinner=False)
def moved_decisions(
    run_id: str, split: str, index: int, method: str, prevalence: float
) -> pd.DataFrame:
    """Return the decision curve at a prevalence that the scores' odds were moved to."""
    from dataclasses import replace

    import numpy as np

    from engine.judging import prevalence as judging

    before = scores(run_id, split, index, method)
    after = judging.moved(before.scores, float(before.truth.mean()), prevalence)
    there = replace(before, probabilities=np.stack([1 - after, after], axis=1))
    return judging.decision_curve(there, prevalence)


@st.cache_data(max_entries=512, ttl=600, show_spinner=False)
def intervals(run_id: str, split: str, index: int, threshold: float) -> tuple[dict[str, Band], int]:
    """Return recall's and specificity's intervals at a threshold, and the patients behind them."""
    from engine.judging import bootstrap

    judged = cached_judging.against(run_id, split, index)
    found = bootstrap.intervals(judged, threshold, keys=("recall", "specificity"))
    return found, int(bootstrap.patient_groups(judged.rows).max()) + 1


cached.FOLLOWING += [recalibration, scores, calibration, decisions, moved_decisions, intervals]
