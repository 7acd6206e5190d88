"""How a study's trainings learned: every curve, or their means with bands."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from engine.runs import study_tables
from pages.shared import (
    cached_studies,
    charts,
    charts_studies,
    studies_cells,
    studies_words,
    wording,
)
from pages.shared.cached_studies import Look
from pages.shared.charts_runs import RUN_COLOURS
from pages.shared.state import Key

MEASURES = {"loss": "validation loss", "accuracy": "validation accuracy"}
BANDS = "The line is the mean, the band one standard deviation to either side."


def show(here: Look) -> None:
    """Draw loss and accuracy by epoch."""
    table = cached_studies.curves(here.study.id)
    if table.empty:
        st.caption("The curves begin when the first training has finished an epoch.")
        return
    if here.study.kind != "sweep":
        _each(here, table)
    else:
        _sweep(here, table)


def _each(here: Look, table: pd.DataFrame) -> None:
    """Each fold's or seed's curve on top, mean and band below."""
    names = {
        one.run.id: studies_cells.label(here.study, one.cell) for one in here.standings if one.run
    }
    drawn = table.assign(name=table["run"].map(names))
    runs = table["run"].nunique()
    for column, (measure, title) in zip(st.columns(2, gap="medium"), MEASURES.items(), strict=True):
        band = study_tables.bands(table, f"val_{measure}")
        said = end(band, title)
        with column:
            st.markdown(f"**{title.capitalize()} of each {here.study.kind.removesuffix('s')}**")
            figure = charts_studies.each(drawn, measure, title)
            _draw(figure, f"each_{measure}", said)
            st.markdown(f"**Mean of {wording.count(runs, 'training')}**")
            _draw(charts_studies.bands({"mean": band}, title), f"band_{measure}", said)
            st.caption(f"{said} {BANDS}")


def _sweep(here: Look, table: pd.DataFrame) -> None:
    """The mean curve of each of the best combinations, with its band over seeds."""
    summed = cached_studies.summary(here, "auc")
    paths = [path for path in here.study.axes if path != studies_cells.FOLD]
    order = summed.sort_values("validation", ascending=False, na_position="last")
    labels = [", ".join(f"{path}={row[path]}" for path in paths) for _, row in order.iterrows()]
    known = set(table["label"])
    shown = [name for name in labels if name in known][: len(RUN_COLOURS)]
    left = len(known) - len(shown)
    names = {
        label: studies_words.settings(paths, dict(row))
        for label, (_, row) in zip(labels, order.iterrows(), strict=True)
    }
    groups = {names[label]: table[table["label"] == label] for label in shown}
    together(groups, Key.STUDIES)
    rest = f" {left} more have no curve here." if left else ""
    st.caption(
        f"The {wording.count(len(shown), 'combination')} with the best validation AUC, the mean "
        f"over its seeds.{rest}"
    )


def together(groups: Mapping[str, pd.DataFrame], page: Key) -> None:
    """Draw loss and accuracy of groups of runs as mean curves with bands.

    Each table has a row an epoch of each run: epoch, val_loss, val_accuracy.
    """
    for column, (measure, title) in zip(st.columns(2, gap="medium"), MEASURES.items(), strict=True):
        found = {
            name: study_tables.bands(table.assign(label=name), f"val_{measure}")
            for name, table in groups.items()
            if not table.empty
        }
        said = " ".join(end(band, f"{name}: {title}") for name, band in found.items())
        with column:
            st.markdown(f"**{title.capitalize()} by epoch**")
            figure = charts_studies.bands(found, title)
            st.plotly_chart(figure, config=charts.CONFIG, key=page.of("bands", measure), alt=said)
    st.caption(BANDS)


def end(band: pd.DataFrame, title: str) -> str:
    """Say where a mean curve ends, and how far its runs lie apart there."""
    if band.empty:
        return f"{title.capitalize()}: no epoch is finished."
    last = band.iloc[-1]
    spread = "" if pd.isna(last["sd"]) else f" ± {last['sd']:.3f}"
    name = title[:1].upper() + title[1:]
    return f"{name} after epoch {int(last['epoch'])}: {last['mean']:.3f}{spread}."


def _draw(figure: object, name: str, said: str) -> None:
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.STUDIES.of("curves", name), alt=said)
