"""What judging computes of a run's scores, kept: curves, thresholds, intervals, the live packet.

Resources where they are large, so that a rerun copies nothing. `index` is the class that is looked
for; with more than two classes it is that class against all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shared import cached

if TYPE_CHECKING:
    from engine.judging.bootstrap import Bands
    from engine.judging.curves import Curves
    from engine.judging.scores import Scores
    from engine.judging.thresholds import Threshold

MANY, FEWER = 20_000, 200  # of so many images fewer resamples do: nobody waits for a second


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def against(run_id: str, split: str, index: int = 1) -> Scores:
    """Return a run's scores for one class against the rest; raise CxrError where it has none."""
    return cached.scores(run_id, split).against(index)


@st.cache_resource(max_entries=64, ttl=600, show_spinner="Computing the curves")
def curves(run_id: str, split: str, index: int = 1) -> Curves:
    """Return ROC and precision-recall curve of a class against the rest."""
    from engine.judging import curves as judging

    return judging.curves(cached.scores(run_id, split), index)


@st.cache_data(max_entries=512, ttl=600, show_spinner=False)
def threshold(
    run_id: str,
    rule: str = "",
    target: float | None = None,
    on: str = "validation",
    index: int | None = None,
) -> Threshold:
    """Return a run's threshold by a rule (its own where none is given), chosen on a split.

    It is 0.5 with a note where these images cannot choose.
    """
    from engine.judging import thresholds
    from engine.words.options import Choice

    run = cached.run(run_id)
    chosen = Choice.of(rule, **({} if target is None else {"target": target}))
    by = chosen if rule else run.recipe.threshold
    return thresholds.run_threshold(cached.predictions(run_id), run.classes, by, on, index)


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def snaps(run_id: str, split: str, index: int = 1) -> tuple[Threshold, ...]:
    """Return every rule's threshold chosen on a split; none where it has not both classes."""
    from engine.judging import thresholds
    from engine.words.errors import CxrError

    try:
        own = cached.run(run_id).recipe.threshold
        return thresholds.snaps(against(run_id, split, index), own)
    except CxrError:  # without that split, or one class only: nothing to snap to, and it is said
        return ()


@st.cache_resource(max_entries=64, ttl=600, show_spinner="Drawing patients again and again")
def bands(run_id: str, split: str, index: int = 1) -> Bands:
    """Return the patient-clustered bootstrap intervals of everything that Evaluate shows."""
    from engine.judging import bootstrap

    scores = against(run_id, split, index)
    many = len(scores) > MANY
    return bootstrap.bands(scores, FEWER if many else bootstrap.RESAMPLES)


@st.cache_data(max_entries=64, ttl=600, show_spinner=False)
def intervals(run_id: str, split: str) -> dict[str, tuple[float, float]]:
    """Return the patient-clustered intervals of three and more classes."""
    from engine.judging import several

    return several.intervals(cached.scores(run_id, split))


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def packet(run_id: str, split: str, index: int = 1) -> bytes:
    """Return what the live explorer is sent: scores, intervals and every rule's threshold."""
    from pages.shared.components.explorer import packet as packing

    return packing.pack(
        against(run_id, split, index),
        bands(run_id, split, index),
        snaps(run_id, "validation", index),
        snaps(run_id, split, index),
        name=cached.run(run_id).name,
    )


@st.cache_data(max_entries=512, ttl=600, show_spinner="Judging the runs")
def summary(run_id: str, split: str) -> dict[str, Any]:
    """Return a run's figures on one split; raise CxrError where it has no predictions there."""
    from engine.judging import comparison

    run = cached.run(run_id)
    own = run.recipe.threshold
    return comparison.summary(cached.predictions(run_id), run.classes, split, own)


cached.FOLLOWING += [against, curves, threshold, snaps, bands, intervals, packet, summary]
