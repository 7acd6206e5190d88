"""Compare: every finished run in one table, and what some of them say of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import (
    cached,
    cached_compare,
    charts_runs,
    compare_balance,
    compare_chance,
    compare_cost,
    compare_disagree,
    compare_groups,
    compare_learned,
    compare_recipes,
    compare_seeds,
    compare_side,
    compare_together,
    compared,
    layout,
    state,
    views,
)
from pages.shared.compare_choice import Compared, unique_names
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

PICK = Key.COMPARE.of("pick")
SPLIT = Key.COMPARE.of("split")
VIEW = Key.COMPARE.of("view")
# name -> what it is called, what draws it, whether it needs two chosen runs
VIEWS = {
    "side": ("Side by side", compare_side.show, True),
    "chance": ("Is the difference real?", compare_chance.show, True),
    "disagree": ("Where they disagree", compare_disagree.show, True),
    "together": ("Together", compare_together.show, True),
    "seeds": ("Seeds and folds", compare_seeds.show, False),
    "groups": ("Studies", compare_groups.show, False),
    "cost": ("Cost", compare_cost.show, False),
    "balance": ("Imbalance lab", compare_balance.show, False),
    "learned": ("How they learned", compare_learned.show, True),
    "recipes": ("Recipes", compare_recipes.show, True),
}


def page() -> None:
    """Draw the page."""
    layout.header("Which run is better, and why?", ":material/compare_arrows:")
    state.show(Key.COMPARE_RUNS, Key.COMPARE_VIEW, Key.BASELINE, Key.COMPARE_STUDIES)
    with layout.errors_as_message():
        runs = finished()
        choices = st.container(horizontal=True, gap="medium")
        with choices:
            split = choose_split()
        table, left_out = cached_compare.table(tuple(run.id for run in runs), split)
        for name, reason in left_out.items():
            st.caption(f"{name} is left out: {reason}")
        if table.empty:
            return
        compared.draw_table(table)
        there = set(table["id"])
        judged = [run for run in runs if run.id in there]
        every = dict(zip(unique_names(judged).values(), judged, strict=True))
        with choices:
            picked = choose_runs(every)
        names = {key: name for key, (name, *_) in VIEWS.items()}
        view = views.choose("Question", names, Key.COMPARE_VIEW, VIEW)
        draw(Compared(picked, split, every, table), view)


@st.fragment
@layout.errors_as_message()
def draw(chosen: Compared, view: str) -> None:
    """Draw a view; what is changed within reruns this alone."""
    _, show, needs_two = VIEWS[view]
    if needs_two and len(chosen.runs) < 2:
        st.info("Choose two or more runs to see them side by side.", icon=":material/compare:")
        return
    show(chosen)


def finished() -> list[Run]:
    """Return the finished runs; without any stop and teach."""
    runs = [run for run in cached.runs() if run.status == "finished"]
    if not runs:
        layout.empty(
            "**Finished runs would be compared here**, and there is none yet. Train two that "
            "differ in one thing, such as the augmentation, and see what it did.",
            "pages/train.py",
            "Train a run",
            ":material/model_training:",
        )
        st.stop()
    return runs


def choose_split() -> str:
    """Let the visitor choose the images to judge on."""
    state.put(SPLIT, state.current_split())
    st.segmented_control(
        "Judge on",
        state.SPLITS,
        required=True,
        key=SPLIT,
        width=230,
        on_change=lambda: state.set_current_split(str(state.get(SPLIT))),
    )
    return state.current_split()


def choose_runs(every: dict[str, Run]) -> dict[str, Run]:
    """Let the visitor choose the runs to compare; kept in the address."""
    names = {run.id: name for name, run in every.items()}
    wanted = (state.choice(Key.COMPARE_RUNS) or "").split(",")
    known = [run_id for run_id in wanted if run_id in names]
    state.put(PICK, known[: len(charts_runs.RUN_COLOURS)] or list(names)[:2])
    picked = st.multiselect(
        "Compare",
        list(names),
        format_func=names.__getitem__,
        key=PICK,
        max_selections=len(charts_runs.RUN_COLOURS),
        on_change=lambda: state.choose(Key.COMPARE_RUNS, ",".join(state.get(PICK)) or None),
    )
    return {names[run_id]: every[names[run_id]] for run_id in picked}


page()
