"""Compare, studies: groups of runs side by side, mean and spread, paired where they can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.runs import study_tables
from engine.words.errors import CxrError
from pages.shared import (
    background,
    cached_studies,
    charts_studies,
    layout,
    state,
    studies_curves,
    studies_words,
    views,
)
from pages.shared.charts_runs import RUN_COLOURS
from pages.shared.compare_choice import Compared, draw
from pages.shared.state import Key
from pages.shared.studies_words import NAMES, TITLES

if TYPE_CHECKING:
    from pages.shared.cached_studies import Look

PICK = Key.COMPARE.of("studies")
MEASURE = Key.COMPARE.of("measure")
PAIR = Key.COMPARE.of("pair")
FOLD = "split.fold"


@dataclass(frozen=True, eq=False)
class Group:
    """The runs of a study that repeat one training: all folds, or the best cell's seeds."""

    look: Look
    name: str
    figures: pd.DataFrame  # of study_tables.figures, its rows alone
    label: str  # of study_tables.curves


def show(compared: Compared) -> None:
    """Draw studies as rows, their spread, their curves, and pairs of them."""
    every = {one.study.id: one for one in _every() if one.done}
    if not every:
        layout.empty(
            "**Studies would be compared here**, and none has a finished training. A study of "
            "folds or a sweep shows what luck is worth, and two studies on the same folds can be "
            "paired.",
            "pages/studies.py",
            "Start a study",
            ":material/grid_on:",
        )
        return
    part = compared.split if compared.split in study_tables.PARTS else "validation"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = _pick(every)
        measure = views.choose("Measured by", TITLES, Key.STUDY_MEASURE, MEASURE, hidden=False)
    groups = {group.name: group for group in (_group(every[one]) for one in picked)}
    column = f"{part}_{measure}"
    values = {name: group.figures[column].dropna().tolist() for name, group in groups.items()}
    values = {name: found for name, found in values.items() if found}
    if not values:
        st.info("Choose a study with finished trainings.", icon=":material/grid_on:")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        said = spread(values, part, measure)
        figure = charts_studies.points(values, f"{part} {NAMES[measure]}")
        draw("Each training as a point", figure, said)
    with right:
        st.dataframe(as_table(values), hide_index=True)
        st.caption(
            "Of a sweep only the cell that is best on validation stands here, with its seeds; it "
            "was picked as the best of many, which flatters its validation figure."
        )
    _pair({name: groups[name] for name in values}, column, measure)
    _curves({name: groups[name] for name in values})


def as_table(values: dict[str, list[float]]) -> pd.DataFrame:
    """Return a row a study: how many runs, mean, deviation, range."""
    rows = []
    for name, found in values.items():
        column = pd.Series(found)
        rows.append(
            {
                "Study": name,
                "Runs": len(found),
                "Mean": f"{column.mean():.3f}",
                "Deviation": studies_words.number(column.std(ddof=1)),
                "Range": f"{column.min():.3f} to {column.max():.3f}",
            }
        )
    return pd.DataFrame(rows)


def spread(values: dict[str, list[float]], part: str, measure: str) -> str:
    """Say where the studies lie, and what the picture's marks are."""
    parts = [
        f"{name} {studies_words.number(pd.Series(found).mean(), pd.Series(found).std(ddof=1))}"
        for name, found in values.items()
    ]
    return (
        f"{part.capitalize()} {NAMES[measure]}: {'; '.join(parts)}. The line is the mean, the band "
        "one standard deviation to either side."
    )


def obstacle(first: Group, second: Group) -> str:
    """Say why two groups cannot be paired; empty where each pair has the same images."""
    one, other = first.look.study, second.look.study
    if one.base["data"] != other.base["data"]:
        return "They learn from different images."
    folds = {study.kind == "folds" for study in (one, other)}
    if one.base["task"] != other.base["task"] or len(folds) > 1:
        return "One tells other classes apart, or one has folds and the other has none."
    if one.base["split"] != other.base["split"]:
        return "Their images are divided in different ways."
    return ""


def _every() -> list[Look]:
    return cached_studies.every() if background.ready("mlflow") else []


def _pick(every: dict[str, Look]) -> list[str]:
    wanted = (state.choice(Key.COMPARE_STUDIES) or "").split(",")
    known = [one for one in wanted if one in every]
    state.put(PICK, known[: len(RUN_COLOURS)] or list(every)[:2])
    return st.multiselect(
        "Studies",
        list(every),
        format_func=lambda one: _named(every[one]),
        key=PICK,
        max_selections=len(RUN_COLOURS),
        on_change=lambda: state.choose(
            Key.COMPARE_STUDIES,
            ",".join(state.get(PICK)) or None,  # type: ignore[arg-type]
        ),
    )


def _named(look: Look) -> str:
    """A study's name with the beginning of its id: names may be equal."""
    return f"{look.study.name} ({look.study.id[:4]})"


def _group(look: Look) -> Group:
    """All folds of a study; of a sweep the runs of the cell that validation chose."""
    study, figures = look.study, cached_studies.figures(look)
    name = _named(look)
    paths = [path for path in study.axes if path != FOLD]
    summed = cached_studies.summary(look, "auc")
    chosen = summed[summed["chosen"]]
    if not paths or chosen.empty:
        return Group(look, name, figures, study.name)
    row = chosen.iloc[0]
    mine = (figures[paths] == row[paths]).all(axis=1)
    label = ", ".join(f"{path}={row[path]}" for path in paths)
    cell = studies_words.settings(paths, dict(row))
    return Group(look, f"{name}, {cell}", figures[mine], label)


def _pair(groups: dict[str, Group], column: str, measure: str) -> None:
    """Draw two studies paired by fold and seed, where there are two."""
    if len(groups) < 2:
        st.caption("Choose a second study to pair the two by fold.")
        return
    st.markdown("#### Paired")
    names = list(groups)
    with st.container(horizontal=True):
        first = st.selectbox("First", names, key=Key.COMPARE.of("first"))
        rest = [name for name in names if name != first]
        second = st.selectbox("Second", rest, key=Key.COMPARE.of("second"))
    one, other = groups[str(first)], groups[str(second)]
    why = obstacle(one, other)
    if why:
        st.caption(f"These two cannot be paired: {why}")
        return
    try:
        table = study_tables.paired(one.figures, other.figures, column).dropna()
    except CxrError as error:
        st.caption(f"These two cannot be paired: {error}")
        return
    folded = bool((table["fold"] > 0).any())
    by = "fold" if folded and table["seed"].nunique() == 1 else "pair" if folded else "seed"
    table["name"] = [
        ", ".join([f"fold {fold}"] * (fold > 0) + [f"seed {seed}"] * (by != "fold"))
        for fold, seed in zip(table["fold"], table["seed"], strict=True)
    ]
    said = studies_words.paired(table, (str(first), str(second)), measure, by)
    title = column.replace("_", " ").replace("auc", "AUC")
    draw(
        f"The same images, {by} by {by}",
        charts_studies.pairs(table, (str(first), str(second)), title),
        said,
    )
    shown = table[["name", "first", "second", "more"]].round(3)
    shown.columns = [by.capitalize(), "First", "Second", "Second - first"]
    st.dataframe(shown, hide_index=True)


def _curves(groups: dict[str, Group]) -> None:
    """Draw the mean learning curve of each group with its band."""
    tables = {}
    for name, group in groups.items():
        table = cached_studies.curves(group.look.study.id)
        tables[name] = table[table["label"] == group.label]
    st.markdown("#### How they learned")
    studies_curves.together(tables, Key.COMPARE)
