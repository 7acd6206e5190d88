"""The seeds of one combination as one run: offered, made in the background, linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.runs import study_tables
from pages.shared import cached, layout, state, studies_before, wording
from pages.shared.state import Key
from pages.shared.studies_words import NAMES
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    from engine.runs.groups import Study
    from engine.runs.run import Run
    from pages.shared.cached_studies import Look

LEAST = 2  # networks that have a mean worth the name
WHAT = (
    "Each image's score becomes the mean of the networks' scores, on validation and test alike. "
    "One more run with a network of its own appears in Evaluate, Compare and Explain."
)


def show(here: Look, label: str, test: bool) -> None:
    """Offer the mean of the finished seeds of a combination, or link to it."""
    finished = [
        one for one in here.standings if one.cell.label == label and one.status == "finished"
    ]
    run = _there(here.study, label)
    with st.container(border=True):
        st.markdown("**The mean of the seeds**")
        if run is not None:
            _link(run, test)
        more = len(finished) > (len(run.recipe.seeds) if run else 0)
        if len(finished) < LEAST:
            st.caption(f"{WHAT} It can be made when {LEAST} seeds are finished.")
        elif more:
            _offer(here.study, label, len(finished), run is not None)


def _there(study: Study, label: str) -> Run | None:
    wanted = study.joined.get(label)
    found = (run for run in cached.runs() if run.id == wanted and run.status == "finished")
    return next(found, None)


def _link(run: Run, test: bool) -> None:
    parts = study_tables.PARTS if test else study_tables.PARTS[:1]
    told = [
        f"{part} {NAMES[name]} {run.metrics[f'{part}_{name}']:.3f}"
        for part in parts
        for name in study_tables.MEASURES
        if f"{part}_{name}" in run.metrics
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{run.name}: {', '.join(told)}", width="content")
        if st.button("Evaluate it", icon=":material/rule:", key=Key.STUDIES.of("mean", run.id)):
            state.set_current_run_id(run.id)
            layout.go("pages/evaluate.py")


def _offer(study: Study, label: str, count: int, again: bool) -> None:
    st.caption(WHAT)
    if not study_tables.one_split(study):
        st.warning(
            f"{study_tables.SPLITS[False]} Such seeds have no mean that is judged fairly, unless "
            "the data comes with its own validation images: it is made where all parts agree.",
            icon=":material/call_split:",
        )
    name = f"Join {wording.count(count, 'seed')}"
    with st.popover(name, icon=":material/join_inner:", key=Key.STUDIES.of("ask", "mean", label)):
        st.markdown(
            f"Make one run of the {count} finished seeds{' anew' if again else ''}? They stay as "
            "they are. Their networks are read, which takes some seconds."
        )
        if st.button("Yes, join them", type="primary", key=Key.STUDIES.of("join", label)):
            studies_before.begin("Joined", _joining(study.id, label))
            st.rerun()


def _joining(study_id: str, label: str) -> Work[Study]:
    def make(report: Report) -> Study:
        from engine.runs import mean_of_seeds, studies

        report(0, 1, "Joining the networks")
        mean_of_seeds.complete(study_id, label)
        return studies.get(study_id)

    return Work(make, f"join {study_id} {label}", "Joining the networks")
