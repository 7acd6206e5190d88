"""What comparing several runs computes, kept. A key is the chosen runs as (name, id), and a split.

All are resources: a rerun copies nothing, and nobody may change what is handed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached, cached_judging, compared

if TYPE_CHECKING:
    import pandas as pd

    from engine.judging.agreement import Agreement, Calls
    from engine.judging.pairing import Aligned
    from engine.judging.resampling import Resampled
    from engine.judging.scores import Scores
    from engine.judging.significance import DeLong, McNemar

Named = tuple[tuple[str, str], ...]  # (name, run id) of each run


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def table(run_ids: tuple[str, ...], split: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return one row a run that can be judged on `split`, and why the others cannot."""
    return compared.run_table([cached.run(run_id) for run_id in run_ids], split)


def thresholds(named: Named) -> dict[str, float]:
    """Return each run's own threshold, chosen on its validation images by F1."""
    return {name: cached_judging.threshold(run_id).value for name, run_id in named}


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def aligned(named: Named, split: str) -> Aligned:
    """Return the runs' scores of the images that all judged; raise CxrError where none is."""
    from engine.judging import pairing

    return pairing.align({name: cached.scores(run_id, split) for name, run_id in named})


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def calls(named: Named, split: str) -> dict[str, Calls]:
    """Return what each run says of each common image, at its own threshold."""
    from engine.judging import agreement

    return agreement.calls(aligned(named, split), thresholds(named))


@st.cache_resource(max_entries=32, ttl=600, show_spinner="Drawing patients again and again")
def resampled(named: Named, split: str) -> Resampled:
    """Return the runs' figures on many draws of the same patients."""
    from engine.judging import resampling

    return resampling.resample(aligned(named, split), calls(named, split))


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def answers(named: Named, split: str, baseline: str) -> dict[str, McNemar]:
    """Return McNemar's test of every other run against the baseline, by name."""
    from engine.judging import significance

    said, truth = calls(named, split), aligned(named, split).first.truth
    return {
        name: significance.mcnemar(truth, said[name], said[baseline])
        for name, _ in named
        if name != baseline
    }


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def areas(named: Named, split: str, baseline: str, index: int = 1) -> dict[str, DeLong]:
    """Return DeLong's test of every other run against the baseline; raise CxrError."""
    from engine.judging import significance
    from engine.judging.pairing import Pair

    runs = aligned(named, split).against(index).runs
    return {
        name: significance.delong(Pair(scores, runs[baseline], (0, 0)))
        for name, scores in runs.items()
        if name != baseline
    }


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def agreement(named: Named, split: str) -> Agreement:
    """Return how often the runs say the same."""
    from engine.judging import agreement as judging

    return judging.agreement(calls(named, split))


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def disagreements(named: Named, split: str) -> pd.DataFrame:
    """Return the images that not all runs call alike, the furthest apart first."""
    from engine.judging import agreement as judging

    return judging.disagreements(aligned(named, split), calls(named, split))


@st.cache_resource(max_entries=16, ttl=600, show_spinner="Putting the runs together")
def together(named: Named, how: str) -> pd.DataFrame:
    """Return an ensemble's predictions; raise CxrError where the runs share no image."""
    from engine.judging import agreement as judging

    tables = {name: cached.predictions(run_id) for name, run_id in named}
    classes = cached.run(named[0][1]).classes
    return judging.together(tables, classes, how, thresholds(named))


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def ensemble(named: Named, how: str, split: str) -> tuple[Scores, float]:
    """Return an ensemble's scores and the threshold that decides it.

    The vote decides by majority; the mean by the best F1 on the common validation images.
    """
    from engine.judging import agreement as judging
    from engine.judging.scores import Scores
    from engine.judging.thresholds import run_threshold

    table = together(named, how)
    classes = cached.run(named[0][1]).classes
    scores = Scores.of(table, split, classes)
    if how == "vote":
        return scores, judging.MAJORITY
    return scores, run_threshold(table, classes).value


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def ensemble_areas(
    named: Named, how: str, split: str
) -> tuple[float | None, dict[str, float | None]]:
    """Return the area under the ROC of an ensemble, and of each run on the same images."""
    from engine.judging.curves import auc

    runs = aligned(named, split).runs
    return auc(ensemble(named, how, split)[0]), {name: auc(runs[name]) for name in runs}


cached.FOLLOWING += [
    table,
    ensemble_areas,
    aligned,
    calls,
    resampled,
    answers,
    areas,
    agreement,
    disagreements,
    together,
    ensemble,
]
