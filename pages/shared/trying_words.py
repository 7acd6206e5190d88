"""What is said of a picture that was tried: decision, threshold, caption, scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from engine.judging import sentences
from engine.vision.preprocessing import STEPS
from pages.shared import palette

if TYPE_CHECKING:
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run
    from pages.shared.trying import Answer

CAVEAT = (
    "A score is what the network puts out, not the chance that somebody is ill: it answers any "
    "picture, even one that is no chest X-ray."
)


def verdict(run: Run, answered: Answer, threshold: Threshold) -> str:
    """The decision and how it comes about, in one sentence."""
    given, name = answered.probabilities, run.classes[answered.decision]
    if len(run.classes) != 2:
        return (
            f"**{name}** has the largest of {len(run.classes)} scores: "
            f"{given[answered.decision]:.3f}."
        )
    side = "at or above" if answered.decision else "below"
    return (
        f"The score for {run.classes[1]} is **{given[1]:.3f}**, {side} the run's threshold "
        f"{sentences.cut(threshold.value)}, so the decision is **{name}**."
    )


def origin(threshold: Threshold) -> str:
    """Where the run's threshold was chosen."""
    if not threshold.split:
        return threshold.note
    by = sentences.by_rule(threshold.rule, threshold.target).rstrip(",")
    return (
        f"The threshold was chosen by {by} on the run's {threshold.of:,} {threshold.split} images, "
        "not on pictures like yours."
    )


def caption(run: Run, answered: Answer) -> str:
    """The same four facts under every X-ray: true class, predicted class, score, patient."""
    picture, index = answered.picture, answered.decision
    true = f"drawn as **{picture.drawn}**" if picture.drawn else "true class unknown"
    patient = "no patient: synthetic" if picture.drawn else "patient unknown"
    shown = index if len(run.classes) > 2 else 1
    return (
        f"{true[0].upper()}{true[1:]}, predicted **{run.classes[index]}**, score for "
        f"{run.classes[shown]} **{answered.probabilities[shown]:.3f}**, {patient}"
    )


def steps(run: Run, answered: Answer) -> str:
    """What was done to the picture before the network saw it."""
    assert answered.picture.image is not None
    height, width = answered.picture.image.shape
    names = [STEPS[step.name].label.lower() for step in run.recipe.preprocessing]
    return (
        f"What the network saw: {width:,} x {height:,} pixels became "
        f"{run.recipe.size} x {run.recipe.size} ({', then '.join(names)})."
    )


def bars(run: Run, answered: Answer, threshold: Threshold) -> go.Figure:
    """One bar a class, and the threshold as a line where there is one."""
    names = list(reversed(run.classes))
    values = [float(value) for value in reversed(answered.probabilities)]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            marker_color=[palette.class_colour(name) for name in names],
            text=[f"{value:.3f}" for value in values],
            textposition="auto",
            hoverinfo="skip",
        )
    )
    if len(names) == 2:
        line = {"color": palette.THRESHOLD, "width": 3}
        figure.add_shape(
            type="line", x0=threshold.value, x1=threshold.value, y0=-0.5, y1=0.5, line=line
        )
    figure.update_layout(
        height=34 * len(names) + 30,
        margin={"l": 0, "r": 8, "t": 4, "b": 22},
        xaxis={"range": [0, 1], "fixedrange": True},
        yaxis={"fixedrange": True},
        showlegend=False,
    )
    return figure
