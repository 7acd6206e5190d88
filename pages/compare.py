"""Compare: every finished run in one table, some of them side by side, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached, charts_runs, compared, layout, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

PICK = Key.COMPARE.of("pick")
SPLIT = Key.COMPARE.of("split")


def page() -> None:
    """Draw the page."""
    layout.header("Which run is better, and why?", ":material/compare_arrows:")
    state.show(Key.COMPARE_RUNS)
    with layout.errors_as_message():
        runs = finished()
        split = choose_split()
        table, left_out = compared.run_table(runs, split)
        if not table.empty:
            compared.draw_table(table)
        for name, reason in left_out.items():
            st.caption(f"{name} is left out: {reason}")
        judged = [run for run in runs if not table.empty and run.id in set(table["id"])]
        side_by_side(judged, table, split)


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
        on_change=lambda: state.set_current_split(str(state.get(SPLIT))),
    )
    return state.current_split()


def side_by_side(runs: list[Run], table: object, split: str) -> None:
    """Let the visitor choose runs and draw them beside each other."""
    names = unique_names(runs)
    known = [run_id for run_id in wanted() if run_id in names]
    state.put(PICK, known or list(names)[:2])
    picked = st.multiselect(
        "Side by side",
        list(names),
        format_func=names.__getitem__,
        key=PICK,
        max_selections=len(charts_runs.RUN_COLOURS),
        on_change=lambda: state.choose(Key.COMPARE_RUNS, ",".join(state.get(PICK)) or None),
    )
    by_id = {run.id: run for run in runs}
    chosen = {names[run_id]: by_id[run_id] for run_id in picked}
    if len(chosen) < 2:
        st.info("Choose two or more runs to see them side by side.", icon=":material/compare:")
        return
    st.caption(compared.fairness(chosen, split))
    figures = compared.figures(table, {run_id: names[run_id] for run_id in picked})
    st.dataframe(figures, height="content")
    compared.draw_curves(chosen, split)
    st.subheader("How they learned", anchor=False)
    compared.draw_learning(chosen)
    st.subheader("What differs in their recipes", anchor=False)
    compared.draw_recipes(chosen)


def wanted() -> list[str]:
    """Return the ids of the runs that the visitor or the address chose."""
    return (state.choice(Key.COMPARE_RUNS) or "").split(",")


def unique_names(runs: list[Run]) -> dict[str, str]:
    """Return a name for each id; runs of equal name get their id's first letters."""
    often = [run.name for run in runs]
    return {
        run.id: run.name if often.count(run.name) == 1 else f"{run.name} ({run.id[:6]})"
        for run in runs
    }


page()
