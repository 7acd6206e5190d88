"""Compare, seeds and folds: what the luck of the draw is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.judging import verdicts
from engine.judging.resampling import AUC
from engine.judging.spread import siblings, spread
from pages.shared import cached, cached_judging, charts_compare, layout, studies_curves, wording
from pages.shared.compare_chance import LABELS
from pages.shared.compare_choice import Compared, draw
from pages.shared.state import Key

GROUP = Key.COMPARE.of("seeds")
SHOWN = (AUC, "accuracy", "balanced_accuracy", "recall", "specificity", "f1")


def show(compared: Compared) -> None:
    """Draw the spread over runs that are equal but for the seed."""
    groups = siblings({name: run.recipe for name, run in compared.every.items()})
    if not groups:
        _empty(compared)
        return
    group = choose(groups, compared)
    runs = {name: compared.every[name] for name in group}
    summaries = {name: cached_judging.summary(run.id, compared.split) for name, run in runs.items()}
    table = spread(summaries.values())
    first = next(iter(runs.values()))
    own = first.recipe.split.seed is None
    drawn = own and first.recipe.split.kind != "official"
    said = verdicts.seeds(table, "f1", "F1", drawn) if "f1" in table.index else ""
    st.markdown(f"#### {wording.count(len(group), 'run')} of the same recipe, another seed each")
    shown = [name for name in SHOWN if name in table.index and table.loc[name, "runs"] > 1]
    points = {
        name: [entry[name] for entry in summaries.values() if entry[name] is not None]
        for name in shown
    }
    left, right = st.columns(2, gap="medium")
    with left:
        draw("Each run as a point", charts_compare.spread(points, LABELS), said)
        st.caption("The line is their mean, the band one standard deviation to either side.")
    with right:
        st.dataframe(_readable(table), height="content")
        seeds = ", ".join(f"{name} (seed {run.recipe.seed})" for name, run in runs.items())
        st.caption(
            f"{seeds}. The seed decides the first weights, the order of the images, their "
            f"augmentation{' and which images validate' if own else ''}"
            + (", and here also which ones test: each run is a fold of its own." if drawn else ".")
            + ("" if own else " The split has a seed of its own, the same for all.")
        )
    st.markdown("#### How they learned")
    histories = [cached.history(run.id) for run in runs.values()]
    studies_curves.together({"mean": pd.concat(histories)}, Key.COMPARE)


def choose(groups: list[list[str]], compared: Compared) -> list[str]:
    """Let the visitor choose a group; first the one that holds a chosen run."""
    mine = next((place for place, group in enumerate(groups) if set(group) & set(compared.runs)), 0)
    if len(groups) == 1:
        return groups[0]
    place = st.selectbox(
        "Recipe",
        range(len(groups)),
        index=mine,
        format_func=lambda number: verdicts.listed(groups[number]),
        key=GROUP,
    )
    return groups[int(place or 0)]


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    names = ["runs", "mean", "deviation", "least", "most"]
    shown = table[names].rename(index=LABELS).astype({"runs": int})
    shown.index.name = None
    numbers = [name for name in names if name != "runs"]
    shown[numbers] = shown[numbers].map(lambda value: "–" if np.isnan(value) else f"{value:.3f}")
    return shown


def _empty(compared: Compared) -> None:
    name, run = next(iter((compared.runs or compared.every).items()))
    layout.empty(
        "**Runs that differ in the seed alone would be compared here**, and there are no two of "
        f"them. Train the recipe of {name} again with another seed than {run.recipe.seed} (three "
        "to five are better than two) to see how much of a difference is luck.",
        "pages/train.py",
        "Train it with another seed",
        ":material/model_training:",
    )
