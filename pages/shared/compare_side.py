"""Compare, side by side: curves overlaid, matrices at own thresholds, figures with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging import comparison, sentences
from engine.judging.figures import LABELS, judge, written
from engine.judging.resampling import AUC
from pages.shared import cached, cached_compare, cached_judging, charts_runs, layout, state
from pages.shared.compare_choice import Compared, choose_class, draw, two_alike
from pages.shared.components.confusion import confusion
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.resampling import Estimate
    from engine.runs.run import Run

OWN = ("accuracy", "balanced_accuracy", "precision", "recall", "specificity", "f1")
WANTED = Key.COMPARE.of("wanted")  # the run whose matrix was pressed


def show(compared: Compared) -> None:
    """Draw the chosen runs beside each other."""
    if state.take(WANTED):
        layout.go("pages/evaluate.py")
    alike = two_alike(compared)
    st.caption(fairness(compared.runs, compared.split))
    if alike:
        curves(compared)
    matrices(compared)
    st.markdown("**Figures with their 95% intervals**")
    st.dataframe(figures(compared), height="content")
    st.caption(
        "At each run's own threshold, chosen on its validation images by F1. In brackets the 95% "
        "interval: how far the figure would move with other patients."
    )


def figures(compared: Compared) -> pd.DataFrame:
    """The chosen runs' figures in words: one row a figure, one column a run."""
    columns = {name: _column(compared, name) for name in compared.runs}
    return pd.DataFrame(columns)


def curves(compared: Compared) -> None:
    """Draw ROC and precision-recall curves of the runs with the same classes."""
    runs, split = compared.alike, compared.split
    index = choose_class(compared.classes, "side")
    found = {name: cached_judging.curves(run.id, split, index) for name, run in runs.items()}
    images = min(len(cached.scores(run.id, split)) for run in runs.values())
    areas = sentences.ranking({name: entry.auc for name, entry in found.items()}, images)
    means = {name: entry.average_precision for name, entry in found.items()}
    precise = sentences.ranking(means, images, "average precision")
    left, right = st.columns(2, gap="medium")
    with left:
        draw("Recall against false alarms (ROC)", charts_runs.run_curves(found, "roc"), areas)
    with right:
        draw("Precision against recall", charts_runs.run_curves(found, "pr"), precise)


def matrices(compared: Compared) -> None:
    """Draw each run's confusion matrix at its own threshold; a pressed cell opens Evaluate."""
    st.markdown("**Confusion matrices, each at its own threshold**")
    with st.container(horizontal=True, gap="small"):
        for name, run in compared.runs.items():
            with st.container(width=400 if len(run.classes) > 2 else 280):
                matrix(name, run, compared.split)
    st.caption("Choose a cell to see its X-rays on the Evaluate page.")


def matrix(name: str, run: Run, split: str) -> None:
    """Draw one run's matrix with its sentence."""
    own = cached_compare.thresholds(((name, run.id),))[name]
    judged = judge(cached.scores(run.id, split), own)

    def chosen(cell: str) -> None:
        state.set_current_run_id(run.id)
        state.put(Key.THRESHOLD, None)
        state.put(Key.EVALUATE_CELL, cell)
        state.put(WANTED, True)

    st.markdown(f"{name}, at {sentences.cut(own)}" if judged.threshold is not None else name)
    confusion(judged, None, chosen, Key.COMPARE.of("matrix", run.id, split))
    st.caption(sentences.line(judged))


def fairness(runs: dict[str, Run], split: str) -> str:
    """Say whether the runs were judged on the same images."""
    tables = {name: cached.predictions(run.id) for name, run in runs.items()}
    common, all_images = comparison.shared_images(tables, split)
    if common == all_images:
        sizes = {len(cached.scores(run.id, split)) for run in runs.values()}
        return f"All were judged on the same {max(sizes):,} {split} X-rays."
    return (
        f"They were judged on different X-rays ({common:,} of {all_images:,} in common), so a "
        "better figure need not mean a better model: the split is part of the result."
    )


def _column(compared: Compared, name: str) -> dict[str, str]:
    row = compared.row(name)
    found = cached_compare.resampled(((name, compared.runs[name].id),), compared.split)
    own = row["threshold"]
    column = {"AUC": _written(found.estimate(name, AUC), found.images)}
    column["Threshold of its own"] = "–" if pd.isna(own) else sentences.cut(own)
    for measure in OWN:
        column[LABELS[measure]] = _written(found.estimate(name, measure), found.images)
    for measure in comparison.AT_HALF:
        value = row[f"{measure}_at_half"]
        text = written(None if pd.isna(value) else value, found.images)
        column[f"{LABELS[measure]} at 0.5"] = text
    column["Images"] = f"{found.images:,}"
    column["Patients"] = f"{found.patients:,}"
    return column


def _written(found: Estimate, of: int) -> str:
    if pd.isna(found.value):
        return "–"
    if pd.isna(found.low):
        return written(found.value, of)
    return f"{written(found.value, of)} ({written(found.low, of)} to {written(found.high, of)})"
