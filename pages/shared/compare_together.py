"""Compare, together: an ensemble of the chosen runs, judged on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.judging import significance, verdicts
from engine.judging.agreement import WAYS
from engine.judging.figures import LABELS, Judgement, judge, written
from engine.judging.pairing import paired
from engine.judging.sentences import cell as describe
from engine.judging.sentences import cut, line, word
from pages.shared import cached_compare, gallery, state
from pages.shared.compare_choice import Compared, two_alike
from pages.shared.components.confusion import confusion
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.scores import Scores

NAMES = {"mean": "Mean probability", "vote": "Majority vote"}
SHOWN = ("f1", "accuracy", "balanced_accuracy", "precision", "recall", "specificity")
HOW = Key.COMPARE.of("ensemble")
MATRIX = Key.COMPARE.of("together_")
CELL = Key.COMPARE.of("cell")
TOGETHER = "Together"


def show(compared: Compared) -> None:
    """Let the visitor choose how the runs decide together, and judge the outcome."""
    if not two_alike(compared):
        return
    how = str(
        st.segmented_control(
            "How they decide",
            list(NAMES),
            format_func=NAMES.__getitem__,
            default="mean",
            required=True,
            key=HOW,
            persist_state="session",
        )
    )
    st.caption(f"{WAYS[how]} {cached_compare.aligned(compared.named, compared.split).sentence}")
    scores, own = cached_compare.ensemble(compared.named, how, compared.split)
    judged = judge(scores, own)
    each = members(compared)
    figures = {name: entry.figures["f1"].value for name, entry in each.items()}
    best = max(figures, key=lambda name: figures[name] or 0.0)
    figures[TOGETHER] = judged.figures["f1"].value
    st.markdown(f"#### {verdicts.ensemble(best, figures, TOGETHER, len(scores))}")
    left, right = st.columns([6, 5], gap="medium")
    with left:
        table(compared, each, judged, how)
        against(compared, best, scores, own)
    with right:
        at = "" if judged.threshold is None else f", at {cut(judged.threshold)}"
        st.markdown(f"**{NAMES[how]}{at}**")
        cell = str(state.get(CELL) or _mistake(judged))
        confusion(judged, cell, lambda chosen: state.put(CELL, chosen), MATRIX + how)
        st.caption(line(judged))
    pictures(compared, scores, own, judged, cell)


def pictures(compared: Compared, scores: Scores, own: float, judged: Judgement, cell: str) -> None:
    """Draw the X-rays of a cell of the ensemble's matrix, the ones it is surest of first."""
    true, said = (int(part) for part in cell.split("-"))
    if max(true, said) >= len(scores.classes):  # the cell was chosen for runs of more classes
        return
    st.markdown(f"**{describe(judged, true, said)}**")
    places = np.flatnonzero((scores.truth == true) & (scores.predicted(own) == said))
    sure = scores.probabilities[places, said]
    order = np.argsort(-sure, kind="stable")
    rows = scores.rows.iloc[places[order]].assign(score=sure[order])
    if rows.empty:
        return
    run = next(iter(compared.alike.values()))
    root = gallery.folder(run)
    if root is None:
        gallery.missing(run, len(rows))
        return
    names = word(scores.classes[true]), word(scores.classes[said])
    gallery.show(
        rows,
        root,
        lambda row: f"**{names[0]}**, called {names[1]} · {row.score:.2f} · {row.patient}",
        f"together_{compared.split}_{cell}",
    )


def _mistake(judged: Judgement) -> str:
    """Return the cell of the most common mistake."""
    wrong = judged.matrix - np.diag(np.diag(judged.matrix))
    true, said = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return f"{true}-{said}"


def members(compared: Compared) -> dict[str, Judgement]:
    """Return each single run's judgement on the common images at its own threshold."""
    aligned = cached_compare.aligned(compared.named, compared.split)
    own = cached_compare.thresholds(compared.named)
    return {name: judge(scores, own[name]) for name, scores in aligned.runs.items()}


def table(compared: Compared, each: dict[str, Judgement], judged: Judgement, how: str) -> None:
    """Draw the ensemble's figures beside its members'."""
    area, areas = cached_compare.ensemble_areas(compared.named, how, compared.split)
    rows = {TOGETHER: _row(judged, area)}
    rows |= {name: _row(entry, areas[name]) for name, entry in each.items()}
    st.dataframe(pd.DataFrame(rows), height="content")


def against(compared: Compared, best: str, scores: Scores, own: float) -> None:
    """Test the ensemble against its best member."""
    member = cached_compare.aligned(compared.named, compared.split).runs[best]
    pair = paired(scores, member)
    mine = cached_compare.thresholds(compared.named)[best]
    found = significance.mcnemar(pair.a.truth, pair.a.predicted(own), pair.b.predicted(mine))
    st.markdown(verdicts.answers(TOGETHER, best, found, found.p, compared.split))


def _row(judged: Judgement, area: float | None) -> dict[str, str]:
    row = {LABELS[name]: judged.figures[name].text for name in SHOWN}
    row["AUC"] = written(area, int(judged.matrix.sum()))
    row["Threshold"] = "–" if judged.threshold is None else cut(judged.threshold)
    return row
