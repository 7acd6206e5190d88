"""Ended trainings as a table, and what can be done about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.shared import cached, foreseen, launch, layout, live, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run


def as_table(runs: list[Run]) -> pd.DataFrame:
    """Return one row per run: what it was, for whom, how it ended."""
    rows = [
        {
            "Run": run.name,
            "Ended": live.MARKS[run.status][0],
            "Test accuracy": run.metrics.get("test_accuracy"),
            "For": run.owner,
            "Images": run.source,
            "Device": run.device or None,
            "Started": run.created,
            "Took": foreseen.duration(run.seconds) if run.seconds else None,
            "Reason": run.reason or None,
        }
        for run in runs
    ]
    return pd.DataFrame(rows)


def table(runs: list[Run]) -> Run | None:
    """Draw the ended runs, newest first; return the chosen one."""
    event = st.dataframe(
        as_table(runs),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=Key.QUEUE_JOB,
        column_config={
            "Test accuracy": st.column_config.NumberColumn(format="%.2f"),
            "Started": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
        },
    )
    rows = event["selection"]["rows"]
    return runs[rows[0]] if rows and rows[0] < len(runs) else None


def whose(run: Run) -> str:
    """Say whose run it is, on which images and where."""
    device = f", on {run.device}" if run.device else ""
    return f"for {run.owner}, images: {run.source}{device}"


def actions(run: Run) -> None:
    """Draw the buttons of an ended run: open, retry, delete after a question."""
    if st.button(
        "Open" if run.status == "finished" else "See its curves",
        icon=":material/show_chart:",
        key=Key.QUEUE.of("open", run.id),
    ):
        state.set_current_job_id(run.id)
        layout.go("pages/train.py")
    if st.button(
        "Train anew with another seed" if run.status == "finished" else "Retry",
        icon=":material/refresh:",
        key=Key.QUEUE.of("retry", run.id),
    ):
        again = run.status == "finished"
        if launch.submit(run.recipe, run.source, run.owner, retrain=again):
            layout.go("pages/train.py")
    with st.popover("Delete", icon=":material/delete:", key=Key.QUEUE.of("ask", run.id)):
        st.markdown(
            f"Delete {run.name} with its model, predictions and log? This cannot be undone."
        )
        if st.button("Yes, delete it", type="primary", key=Key.QUEUE.of("delete", run.id)):
            _delete(run)


def _delete(run: Run) -> None:
    from engine.runs import store

    with layout.errors_as_message(), st.spinner("Deleting"):
        store.delete_run(run.id)
    cached.forget_runs()
    if state.current_job_id() == run.id:
        state.set_current_job_id(None)
    if state.current_run_id() == run.id:
        state.set_current_run_id(None)
    state.put(Key.QUEUE.of("message"), f"{run.name} was deleted.")
    state.drop(Key.QUEUE_JOB)
    st.rerun()
