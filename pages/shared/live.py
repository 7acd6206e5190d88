"""A training as it goes: phase, progress, curves, log; and what to do when it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from engine.runs import jobs
from engine.runs.run import name_of
from engine.words.errors import NotFound
from engine.words.recipe import Recipe
from pages.shared import cached, cached_train, foreseen, launch, layout, state, training_charts
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.live import Progress

EVERY = 1  # seconds between two looks
PLAIN = {"displayModeBar": False}
MARKS = {
    "waiting": ("Waiting", "gray", ":material/hourglass_empty:"),
    "running": ("Running", "blue", ":material/play_arrow:"),
    "finished": ("Finished", "green", ":material/check:"),
    "cancelled": ("Cancelled", "gray", ":material/stop:"),
    "failed": ("Failed", "red", ":material/error:"),
}


@dataclass(frozen=True)
class About:
    """What a training is, whoever asks and whether it still runs."""

    run_id: str
    name: str
    source: str
    owner: str
    recipe: Recipe


def about(run_id: str) -> About:
    """Describe a run, without MLflow while its job's files are there; raise NotFound."""
    if jobs.exists(run_id):
        job = jobs.read(run_id)
        recipe = jobs.recipe_of(job)
        return About(run_id, name_of(recipe), job.source, job.owner, recipe)
    run = cached.run(run_id)
    return About(run_id, run.name, run.source, run.owner, run.recipe)


def show(run_id: str) -> None:
    """Draw a training: live while it goes, then what came of it."""
    with layout.errors_as_message():
        try:
            this, progress = about(run_id), cached.progress(run_id)
        except NotFound:
            state.set_current_job_id(None)
            raise
    _headline(this, progress)
    if progress.ended:
        _ended(this, progress)
        curves(run_id, progress)
        _log(progress)
    else:
        _going(run_id, progress.status)


def bar(progress: Progress) -> None:
    """Draw one bar and one line: what is done now, how far, how long still."""
    st.progress(_share(progress), status_line(progress))


def status_line(progress: Progress) -> str:
    """Say in one line where a training stands."""
    now = progress.now
    if progress.stopping:
        return "Stopping; what it has so far is kept"
    if progress.status == "waiting" and progress.reason:
        return progress.reason
    if progress.status == "waiting":
        ahead = progress.place - 1
        before = "it is next" if ahead <= 0 else f"{ahead} before it"
        return f"Waiting for the device: place {max(progress.place, 1)} in the queue, {before}"
    if now.phase == "Training" and now.epoch:
        text = f"Epoch {now.epoch} of {progress.epochs}, batch {now.batch:,} of {now.batches:,}"
        if now.eta_seconds is not None:
            text += f", about {foreseen.duration(now.eta_seconds)} left"
        return text
    if now.phase == "Training":
        return "Training: the first batch builds the network, some seconds"
    phase = now.phase or "Starting the worker"
    phase = phase[:1].upper() + phase[1:]  # capitalize() would write densenet121, tensorflow, mb
    return f"{phase}: {now.done:,} of {now.total:,}" if now.total else phase


def curves(run_id: str, progress: Progress) -> None:
    """Draw loss and accuracy side by side, with a sentence."""
    st.markdown(training_charts.sentence(progress.history, progress.epochs, progress.ended))
    for column, measure in zip(st.columns(2), ("loss", "accuracy"), strict=True):
        with column:
            st.plotly_chart(
                training_charts.curves(progress.history, progress.epochs, measure),
                key=Key.TRAIN.of(measure, run_id),
                config=PLAIN,
            )


@st.fragment(run_every=EVERY)
def _going(run_id: str, status: str) -> None:
    """Look once a second; another status draws the whole page anew, and an ended one for good."""
    with layout.errors_as_message():
        progress = cached.progress(run_id)
    if progress.status != status:
        cached.forget_runs()
        st.rerun()
    bar(progress)
    if progress.status == "waiting":
        st.caption("You may leave: it starts by itself, and the Queue page keeps it.")
    curves(run_id, progress)
    _log(progress)


def _headline(this: About, progress: Progress) -> None:
    """Name, badge and the buttons that fit the moment."""
    label, colour, icon = MARKS[progress.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(this.name, anchor=False, width="content")
        st.badge(label, color=colour, icon=icon)
        note = state.get(Key.TRAIN.of("cached", this.run_id))
        if note:
            st.badge(str(note), color="violet", icon=":material/bolt:")
        st.caption(f"on {this.source}, for {this.owner}", width="content")
        if not progress.ended:
            cancel(this.run_id, this.name, progress)
        if st.button(
            "New training", icon=":material/add:", key=Key.TRAIN.of("new"), type="tertiary"
        ):
            state.set_current_job_id(None)
            st.rerun()


def cancel(run_id: str, name: str, progress: Progress) -> None:
    """Draw the button that stops a training, with a question first."""
    from engine.runs import queue

    with st.popover(
        "Cancel",
        icon=":material/stop:",
        disabled=progress.stopping,
        key=Key.TRAIN.of("ask", run_id),
    ):
        st.markdown(
            f"Stop {name}? It stops within seconds and keeps its finished epochs and its best "
            "model so far."
            if progress.status == "running"
            else f"Take {name} out of the queue? It has not begun."
        )
        if st.button("Yes, stop it", type="primary", key=Key.TRAIN.of("stop", run_id)):
            with layout.errors_as_message():
                queue.cancel(run_id)
            cached.forget_runs()
            st.rerun()


def again(this: About) -> None:
    """Draw the button that trains the same recipe again."""
    pressed = st.button("Train it again", icon=":material/refresh:", key=_key(this, "again"))
    if pressed and launch.submit(this.recipe, this.source, this.owner):
        st.rerun()


def _ended(this: About, progress: Progress) -> None:
    if progress.status == "finished":
        _result(this)
    elif progress.status == "failed":
        st.error(progress.reason, icon=":material/error:")
        again(this)
    else:
        st.info(progress.reason or "Stopped on request.", icon=":material/stop:")
        again(this)


def _result(this: About) -> None:
    with layout.errors_as_message():
        run = cached.run(this.run_id)
    names = {"accuracy": "Test accuracy", "auc": "Test AUC", "loss": "Test loss"}
    found = {
        label: run.metrics.get(f"test_{name}", run.metrics.get(f"test.{name}"))
        for name, label in names.items()
    }
    with st.container(horizontal=True, gap="large"):
        for label, value in found.items():
            if value is not None:
                st.metric(label, f"{value:.2f}", width="content")
        st.metric("Took", foreseen.duration(run.seconds), width="content")
    with st.container(horizontal=True):
        for label, file, icon in (
            ("Evaluate it", "pages/evaluate.py", ":material/rule:"),
            ("Explain it", "pages/explain.py", ":material/visibility:"),
        ):
            if st.button(
                label,
                icon=icon,
                type="primary" if "Evaluate" in label else "secondary",
                key=_key(this, label),
            ):
                state.set_current_run_id(this.run_id)
                layout.go(file)
    _kept(this)


def _kept(this: About) -> None:
    """Say what the engine computed once, and what it found."""
    notes = cached_train.kept(this.run_id)
    for note in notes:
        phase = f"Phase {note['phase']}. " if len(notes) > 1 else ""
        if note["files"]:
            st.caption(f":material/bolt: {phase}{foreseen.computed(note['files'])}")
    if notes:
        with st.expander("What the engine did", icon=":material/memory:"):
            st.caption("\n\n".join(f"{note['layers']}: {note['words']}" for note in notes))


def _share(progress: Progress) -> float:
    now = progress.now
    if now.phase == "Training" and now.batches and progress.epochs:
        return min(1.0, (max(now.epoch - 1, 0) + now.batch / now.batches) / progress.epochs)
    return min(1.0, now.done / now.total) if now.total else 0.0


def _log(progress: Progress) -> None:
    with st.expander("Log", icon=":material/terminal:"):
        st.code(progress.log or "Nothing yet.", language=None, height=240, wrap_lines=True)


def _key(this: About, name: str) -> str:
    return Key.TRAIN.of(name, this.run_id)
