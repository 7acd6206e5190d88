"""An open study: how far it is, what can be done about it, and what came out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.runs.groups import STATES, Study
from engine.words.errors import CxrError, NotFound
from pages.shared import (
    cached,
    cached_studies,
    layout,
    live,
    studies_before,
    studies_cells,
    studies_curves,
    studies_folds,
    studies_list,
    studies_seeds,
    studies_sweep,
    views,
    wording,
)
from pages.shared.cached_studies import Look
from pages.shared.state import Key
from pages.shared.working import Report, Work

EVERY = 1  # seconds between two looks
MOST_BARS = 4  # running trainings that have a bar of their own
RESULTS: dict[str, Callable[[Look], None]] = {
    "folds": studies_folds.show,
    "seeds": studies_seeds.show,
    "sweep": studies_sweep.show,
}
BADGES = {
    "At work": ("blue", ":material/play_arrow:"),
    "At rest": ("orange", ":material/hourglass_empty:"),
    "Finished": ("green", ":material/check:"),
    "Paused": ("orange", ":material/pause:"),
    "Cancelled": ("gray", ":material/stop:"),
}


def show(study_id: str) -> None:
    """Draw a study: its state and buttons, its progress, its results."""
    try:
        here = cached_studies.look(study_id)
    except NotFound as error:
        st.warning(str(error), icon=":material/search_off:")
        _back()
        return
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        _back()
        return
    _head(here)
    if here.going or here.filling:
        _going(study_id, here.signature)
    else:
        _bar(here)
    _lost(here)
    results = RESULTS[here.study.kind]
    parts: dict[str, tuple[str, Callable[[Look], None]]] = {
        "results": ("What came out", results),
        "curves": ("How they learned", studies_curves.show),
        "cells": ("Every training", studies_cells.show),
    }
    names = {key: name for key, (name, _) in parts.items()}
    part = views.choose("Look at", names, Key.STUDY_PART, Key.STUDIES.of("part"))
    parts[part][1](here)


def _head(here: Look) -> None:
    study = here.study
    label = studies_list.standing(here)
    colour, icon = BADGES[label]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(study.name, anchor=False, width="content")
        st.badge(label, color=colour, icon=icon)
        kind = studies_list.KINDS[study.kind].lower()
        st.caption(f"{kind}, images: {study.source}, for {study.owner}", width="content")
        _actions(here)
        _back()
    if study.state != "active":
        st.caption(STATES[study.state])


def _back() -> None:
    st.button(
        "All studies",
        icon=":material/arrow_back:",
        type="tertiary",
        key=Key.STUDIES.of("back"),
        on_click=studies_list.leave,
    )


def _actions(here: Look) -> None:
    """Draw what can be done in this state."""
    study, open_ones = here.study, here.done < len(here.study.cells)
    if here.going and study.state == "active":
        _button("Pause", ":material/pause:", "pause", study)
    can_go_on = open_ones and (study.state != "active" or not here.going or _missing(here))
    if can_go_on and st.button(
        "Resume", icon=":material/play_arrow:", key=Key.STUDIES.of("resume")
    ):
        studies_before.begin("Resumed", _resumed(study.id))
        st.rerun()
    if here.going and study.state != "cancelled":
        _ask(
            "Cancel",
            ":material/stop:",
            "cancel",
            study,
            "Take what waits out of the queue and stop what runs? What is finished stays, and "
            "what another study or somebody alone wants as well goes on for them.",
        )
    if not here.going:
        words = "Forget this study? Its trainings stay and are found again by a new one."
        _ask("Delete", ":material/delete:", "delete", study, words)


def _missing(here: Look) -> bool:
    """Whether resuming would queue something while the rest is at work."""
    return any(here.counts.get(status, 0) for status in ("failed", "cancelled", "missing"))


def _button(label: str, icon: str, action: str, study: Study) -> None:
    if st.button(label, icon=icon, key=Key.STUDIES.of(action)):
        _do(action, study)


def _ask(label: str, icon: str, action: str, study: Study, words: str) -> None:
    with st.popover(label, icon=icon, key=Key.STUDIES.of("ask", action, study.id)):
        st.markdown(words)
        if st.button(f"Yes, {action} it", type="primary", key=Key.STUDIES.of(action, study.id)):
            _do(action, study)


def _do(action: str, study: Study) -> None:
    from engine.runs import studies

    actions: dict[str, Callable[[str], object]] = {
        "pause": studies.pause,
        "cancel": studies.cancel,
        "delete": studies.delete,
    }
    with layout.errors_as_message(), st.spinner("One moment"):
        actions[action](study.id)
    cached.forget_runs()
    if action == "delete":
        studies_list.leave()
    st.rerun()


def _resumed(study_id: str) -> Work[Study]:
    def make(report: Report) -> Study:
        from engine.runs import studies

        return studies.resume(study_id, report)

    return Work(make, f"resume {study_id}", "Queueing")


@st.fragment(run_every=EVERY)
def _going(study_id: str, drawn: tuple[object, ...]) -> None:
    """Look once a second; when a cell's state changes, the page is drawn anew."""
    try:
        here = cached_studies.look(study_id)
    except CxrError:  # deleted by somebody else
        st.rerun()
    if here.signature != drawn:
        st.rerun()
    _bar(here)
    running = [one for one in here.standings if one.status == "running" and one.run]
    for one in running[:MOST_BARS]:
        assert one.run
        try:
            progress = cached.progress(one.run.id)
        except CxrError:  # deleted this moment: the next look says so
            continue
        st.caption(studies_cells.label(here.study, one.cell))
        live.bar(progress)
    if len(running) > MOST_BARS:
        st.caption(f"And {len(running) - MOST_BARS} more at work.")


def _bar(here: Look) -> None:
    cells = wording.count(len(here.study.cells), "training")
    st.progress(here.done / len(here.study.cells), f"{cells}: {studies_list.done(here)}")


def _lost(here: Look) -> None:
    """Say which cells did not come through, and why."""
    failed = [one for one in here.standings if one.status == "failed"]
    if failed:
        first = failed[0]
        st.error(
            f"{wording.count(len(failed), 'training')} failed. "
            f"{studies_cells.label(here.study, first.cell)}: {first.reason} Resume queues "
            f"{'it' if len(failed) == 1 else 'them'} again.",
            icon=":material/error:",
        )
    missing = here.counts.get("missing", 0)
    if missing:
        st.info(f"{wording.count(missing, 'training')} not queued (any more). Resume queues them.")
