"""Queue: what trains now, what waits and what has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.words.errors import CxrError
from pages.shared import (
    background,
    cached,
    cluster_line,
    layout,
    live,
    queue_list,
    state,
    store_opening,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.live import Progress
    from engine.runs.run import Run


def main() -> None:
    """Draw the page."""
    layout.header("What trains, what waits, what is done?", ":material/pending_actions:")
    cluster_line.show()
    if not background.ready("mlflow"):
        store_opening.wait()
        return
    with layout.errors_as_message():
        runs = [run for run in cached.runs() if not run.showcase]
    message = state.take(Key.QUEUE.of("message"))
    if message:
        st.success(str(message), icon=":material/check:")
    if not runs:
        layout.empty(
            "Here you would see every training: what runs now, what waits and in which place, and "
            "how the others ended. None was started yet.",
            "pages/train.py",
            "Set up a training",
            ":material/model_training:",
        )
        return
    open_runs = sorted((run for run in runs if not run.ended), key=lambda run: run.created)
    ended = [run for run in runs if run.ended]
    at_work(open_runs)
    if ended:
        st.subheader("Ended", anchor=False)
        chosen = queue_list.table(ended)
        if chosen:
            details(chosen)
        else:
            st.caption("Choose a row for its log, the reason of its end, to retry or delete it.")


def at_work(runs: list[Run]) -> None:
    """Draw what runs and waits; one look a second, as long as something does."""
    if not runs:
        st.caption("Nothing trains and nothing waits: the next training starts at once.")
        return
    st.subheader("Now", anchor=False)
    for run in sorted(runs, key=lambda run: run.status != "running"):
        with layout.errors_as_message():
            progress = cached.progress(run.id)
        with st.container(border=True):
            head(run, progress)
            if progress.ended:
                live.bar(progress)
            else:
                follow(run.id, progress.status)


def head(run: Run, progress: Progress) -> None:
    """Name, owner and what can be done about an open run."""
    label, colour, icon = live.MARKS[progress.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{run.name}**", width="content")
        st.badge(label, color=colour, icon=icon)
        st.caption(queue_list.whose(run), width="content")
        if st.button("Watch it", icon=":material/show_chart:", key=Key.QUEUE.of("watch", run.id)):
            state.set_current_job_id(run.id)
            layout.go("pages/train.py")
        live.cancel(run.id, run.name, progress)


@st.fragment(run_every=1)
def follow(run_id: str, status: str) -> None:
    """Draw one training's progress; when its status changes, the page is drawn anew."""
    try:
        progress = cached.progress(run_id)
    except CxrError:  # deleted by somebody else
        cached.forget_runs()
        st.rerun()
    if progress.status != status:
        cached.forget_runs()
        st.rerun()
    live.bar(progress)


def details(run: Run) -> None:
    """Reason, log and what can be done about an ended run."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{run.name}**", width="content")
            label, colour, icon = live.MARKS[run.status]
            st.badge(label, color=colour, icon=icon)
            st.caption(queue_list.whose(run), width="content")
            queue_list.actions(run)
        if run.reason:
            show = st.error if run.status == "failed" else st.info
            show(run.reason)
        with layout.errors_as_message():
            log = cached.progress(run.id).log
        st.code(log or "No log was kept.", language=None, height=220, wrap_lines=True)


main()
