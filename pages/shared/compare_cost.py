"""Compare, cost: what a point of F1 costs in time and in parameters."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.judging import verdicts
from engine.judging.spread import front
from pages.shared import charts_compare, layout, wording
from pages.shared.compare_choice import Compared, draw

AXES = {
    "seconds": ("Time", "seconds of training", "seconds"),
    "parameters": ("Size", "parameters", "parameters"),
}


def show(compared: Compared) -> None:
    """Draw F1 against time and size for all runs that answer the same question."""
    if not compared.every:
        return
    name, first = next(iter((compared.runs or compared.every).items()))
    peers = {
        other: run
        for other, run in compared.every.items()
        if run.classes == first.classes
        and run.recipe.data == first.recipe.data
        and run.recipe.split == first.recipe.split
    }
    names = {run.id: other for other, run in peers.items()}
    table = compared.table[compared.table["id"].isin(names)]
    table = table.assign(name=table["id"].map(names))
    others = len(compared.every) - len(peers)
    st.caption(
        f"{wording.count(len(peers), 'run')} on the same data, split and classes as {name}, each "
        f"at its own threshold on {compared.split}."
        + (f" {wording.count(others, 'other run')} left out: another question." if others else "")
    )
    if len(peers) < 2:
        layout.empty(
            f"**What a point of F1 costs would be shown here**, and {name} is the only run on its "
            "data, split and classes. Train a smaller or a larger network on them.",
            "pages/train.py",
            "Train another network",
            ":material/model_training:",
        )
        return
    for place, price in zip(st.columns(2, gap="medium"), AXES, strict=True):
        with place:
            _one(table, price)
    st.caption(
        "Full marks: no run as cheap or cheaper is as good. Hollow: another run is as good for "
        "less. Time depends on the machine; compare runs of one device."
    )


def _one(table: pd.DataFrame, price: str) -> None:
    title, axis, unit = AXES[price]
    found = front(table, price)
    said = verdicts.price(found, price, unit)
    draw(f"{title} beside F1", charts_compare.price(found, price, axis, "f1", "F1"), said)
