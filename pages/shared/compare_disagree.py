"""Compare, where they disagree: agreement between runs, and the X-rays that divide them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.judging import verdicts
from engine.judging.agreement import call_column, score_column
from engine.judging.sentences import word
from pages.shared import cached_compare, charts_compare, gallery
from pages.shared.compare_choice import Compared, draw, two_alike
from pages.shared.state import Key

ALL = "All of them"
WHO = Key.COMPARE.of("who")


def show(compared: Compared) -> None:
    """Draw the agreement matrix and the disputed X-rays."""
    if not two_alike(compared):
        return
    named, split = compared.named, compared.split
    st.caption(cached_compare.aligned(named, split).sentence)
    found = cached_compare.agreement(named, split)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        said = verdicts.agreeing(found)
        draw(
            "Share of equal calls, each at its own threshold",
            charts_compare.agreement(found.share),
            said,
        )
    with right:
        st.markdown("**Cohen's kappa: agreement beyond chance**")
        st.dataframe(found.kappa.map(_two_digits), height="content")
        st.caption(
            "1 is full agreement, 0 what two runs would reach that call as many X-rays diseased "
            "but choose them at random. Two runs can be equally good and wrong on different "
            "X-rays: then they are worth more together."
        )
    disputed(compared)


def disputed(compared: Compared) -> None:
    """Draw the X-rays that not all runs call alike, the furthest apart first."""
    table = cached_compare.disagreements(compared.named, compared.split)
    st.subheader(f"{len(table):,} X-rays divide these runs", anchor=False)
    if table.empty:
        st.caption("All runs call every X-ray alike: choose other runs to see disputed ones.")
        return
    names = [name for name, _ in compared.named]
    who = st.selectbox(
        "Show",
        [ALL, *names],
        format_func=lambda name: ALL if name == ALL else f"{name} is right, another wrong",
        key=WHO,
        width=320,
    )
    if who in names:
        table = table[table[call_column(who)] == table["label"]]
    if table.empty:
        st.caption(f"{who} is wrong on all of them.")
        return
    run = next(iter(compared.alike.values()))
    root = gallery.folder(run)
    if root is None:
        gallery.missing(run, len(table))
        st.dataframe(as_table(table, names), hide_index=True)
        return
    by_image = table.drop_duplicates("image_id").set_index("image_id")
    key = "_".join(
        ["disputed", compared.split, str(who), *(run_id for _, run_id in compared.named)]
    )
    gallery.show(table, root, lambda row: caption(by_image.loc[row.image_id], names), key)
    with st.expander("The same as a table"):
        st.dataframe(as_table(table, names), hide_index=True)


def caption(row: pd.Series, names: list[str]) -> str:
    """Return the true class and patient, then each run's call and score."""
    lines = [f"**{word(str(row['label']))}** · {row['patient']}"]
    for name in names:
        call, score = str(row[call_column(name)]), row[score_column(name)]
        mark = "✓" if call == row["label"] else "✗"
        lines.append(f"{mark} {name}: {word(call)} {score:.2f}")
    return "  \n".join(lines)


def as_table(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return the disputed images with each run's call and score, as a reader sees them."""
    columns = ["file", "label", *(part(name) for name in names for part in PARTS), "apart"]
    shown = table[columns].copy()
    numbers = [column for column in columns if shown[column].dtype == np.float64]
    shown[numbers] = shown[numbers].round(3)
    return shown.rename(columns={"label": "truth"})


PARTS = (call_column, score_column)


def _two_digits(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"
