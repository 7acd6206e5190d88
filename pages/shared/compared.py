"""What Compare draws: the table of runs, curves together, figures and recipes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging import comparison, sentences
from engine.judging.figures import LABELS, written
from engine.learning.networks import NETWORKS
from engine.words.errors import CxrError
from pages.shared import cached, cached_judging, charts, charts_runs
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

OWN = ("accuracy", "precision", "recall", "specificity", "f1", "balanced_accuracy")
NETWORK_LABELS = {name: option.label for name, option in NETWORKS.items()}
MEASURES = {"loss": "Loss", "accuracy": "Accuracy"}


def run_table(runs: Sequence[Run], split: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return one row a run that can be judged on `split`, and why the others cannot."""
    rows, left_out = [], {}
    for run in runs:
        try:
            figures = cached_judging.summary(run.id, split)
        except CxrError as error:
            left_out[run.name] = str(error)
            continue
        rows.append({**_about(run), **figures})
    return pd.DataFrame(rows), left_out


def draw_table(table: pd.DataFrame) -> None:
    """Draw the runs; a click on a column's head sorts by it."""
    number = st.column_config.NumberColumn
    shares = {name: number(LABELS[name], format="%.2f") for name in OWN}
    halves = {
        f"{name}_at_half": number(f"{LABELS[name]} at 0.5", format="%.2f")
        for name in comparison.AT_HALF
    }
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "id": None,
            "name": st.column_config.TextColumn("Run", pinned=True),
            "auc": number("AUC", format="%.2f"),
            "threshold": number(
                "Threshold", format="%.4g", help="Chosen on the run's validation images by F1."
            ),
            **shares,
            **halves,
            "parameters": number("Parameters", format="localized"),
            "seconds": number("Seconds", format="%.0f"),
            "split": "Split",
            "data": "Data",
            "images": "Images",
            "created": st.column_config.DatetimeColumn("Created", format="YYYY-MM-DD HH:mm"),
        },
        column_order=["name", "auc", "threshold", *OWN, *halves, *ABOUT],
        placeholder="–",
        alt="The finished runs with their figures",
    )


def figures(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return the chosen runs' figures in words: one row a figure, one column a run."""
    rows = table.set_index("id").loc[list(names)]
    lines = {"AUC": _line(rows, "auc"), "Threshold of its own": _cuts(rows)}
    lines |= {LABELS[name]: _line(rows, name) for name in OWN}
    lines |= {
        f"{LABELS[name]} at 0.5": _line(rows, f"{name}_at_half") for name in comparison.AT_HALF
    }
    lines |= {
        "Parameters": [f"{value:,}" for value in rows["parameters"]],
        "Seconds of training": [f"{value:,.0f}" for value in rows["seconds"]],
    }
    return pd.DataFrame(lines, index=list(names.values())).T


def draw_curves(runs: dict[str, Run], split: str) -> None:
    """Draw ROC and precision-recall curves of the runs that tell the same two classes apart."""
    first = next((run for run in runs.values() if len(run.classes) == 2), None)
    if first is None:
        st.caption("Curves are compared for runs of two classes; choose two of them.")
        return
    alike = {name: run for name, run in runs.items() if run.classes == first.classes}
    curves = {name: cached_judging.curves(run.id, split) for name, run in alike.items()}
    images = min(len(cached.scores(run.id, split)) for run in alike.values())
    for name in runs.keys() - alike.keys():
        st.caption(f"{name} tells other classes apart ({', '.join(runs[name].classes)}): no curve.")
    said = sentences.ranking({name: entry.auc for name, entry in curves.items()}, images)
    left, right = st.columns(2, gap="medium")
    with left:
        _draw("Recall against false alarms (ROC)", charts_runs.run_curves(curves, "roc"), said)
    with right:
        precise = {name: entry.average_precision for name, entry in curves.items()}
        said = sentences.ranking(precise, images, "average precision")
        _draw("Precision against recall", charts_runs.run_curves(curves, "pr"), said)


def draw_learning(runs: dict[str, Run]) -> None:
    """Draw loss and accuracy by epoch."""
    histories = {name: cached.history(run.id) for name, run in runs.items()}
    left, right = st.columns(2, gap="medium")
    for place, (measure, title) in zip((left, right), MEASURES.items(), strict=True):
        with place:
            said = sentences.learning(histories, measure)
            _draw(f"{title} by epoch", charts_runs.learning(histories, measure), said)
    st.caption("Thick: validation. Thin: training. A star marks the best epoch.")


def draw_recipes(runs: dict[str, Run]) -> None:
    """Say in words what differs in the recipes, then as a table."""
    recipes = {name: run.recipe for name, run in runs.items()}
    for sentence in comparison.difference_sentences(recipes, NETWORK_LABELS):
        st.markdown(f"- {sentence}")
    table = comparison.differences(recipes, NETWORK_LABELS)
    if not table.empty:
        with st.expander("The same as a table"):
            st.dataframe(table, hide_index=True)


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


ABOUT = ("parameters", "seconds", "split", "data", "images", "created")


def _about(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "name": run.name,
        "parameters": run.parameters,
        "seconds": run.seconds,
        "split": run.recipe.split.kind,
        "data": run.source,
        "created": run.created,
    }


def _line(rows: pd.DataFrame, name: str) -> list[str]:
    pairs = zip(rows[name], rows["images"], strict=True)
    return [written(None if pd.isna(value) else value, images) for value, images in pairs]


def _cuts(rows: pd.DataFrame) -> list[str]:
    return ["–" if pd.isna(value) else sentences.cut(value) for value in rows["threshold"]]


def _draw(title: str, figure: object, sentence: str) -> None:
    st.markdown(f"**{title}**")
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.COMPARE.of(title), alt=sentence)
    st.caption(sentence)
