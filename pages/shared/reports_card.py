"""One experiment of a report: its story, its figures beside ours, and how to run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.learning.presets import PRESETS
from pages.shared import layout, presets_form, reports_beside, state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from pages.shared.reports_beside import Beside

PARAMETERS = {
    "base": "in the whole backbone",
    "total": "in the whole network",
    "learn": "learn",
}


def draw(beside: Beside, source: str, cached_there: bool) -> None:
    """Draw one experiment; `source` names the images to train on, if any are chosen."""
    entry = beside.experiment
    with st.container(border=True):
        left, right = st.columns([4, 7], gap="medium")
        with left:
            st.markdown(f"#### {PRESETS[entry.name].title}")
            _badges(beside)
            st.markdown(entry.story)
            counts = _parameters(beside)
            if counts:
                st.caption(counts)
            _buttons(beside, source, cached_there)
        with right:
            _table(beside)


def _badges(beside: Beside) -> None:
    if beside.match is None:
        st.badge("Not run here", icon=":material/remove:", color="gray")
        return
    if beside.problem:
        st.badge("Cannot be judged", icon=":material/error:", color="red")
    elif beside.match.synthetic:
        st.badge("Drawn X-rays", icon=":material/draw:", color="orange")
    elif not beside.match.same_split:
        st.badge("Another split", icon=":material/call_split:", color="orange")
    elif not beside.comparable:
        st.badge("Other images", icon=":material/call_split:", color="orange")
    else:
        st.badge("Same kind of split", icon=":material/check:", color="green")


def _table(beside: Beside) -> None:
    rows = reports_beside.rows(beside)
    if not rows:
        st.caption(
            "The report prints no figure of this, and no finished run of it is here: train it, and "
            "ours stands alone."
        )
        return
    heads = reports_beside.heads(beside)
    st.table(pd.DataFrame.from_dict(rows, orient="index", columns=heads), border="horizontal")
    told = reports_beside.verdict(beside), reports_beside.doubt(beside.experiment), beside.seeds
    for said in told:
        if said:
            st.markdown(said)
    st.caption(_sources(beside))


def _sources(beside: Beside) -> str:
    """Say which images each side was judged on."""
    report = beside.experiment.report
    text = f"Reported: {report.cite}." if beside.experiment.figures else "No figure is printed."
    if beside.problem:
        return f"{text} Ours cannot be judged: {beside.problem}"
    if beside.match is None or beside.found is None:
        return f"{text} Ours: not run here."
    run = beside.match.run
    kind = reports_beside.SPLITS[run.recipe.split.kind]
    seed = "" if beside.match.same_seed else f", seed {run.recipe.seed}"
    shipped = " of the showcase" if run.showcase else f" of {run.owner}"
    own = f"run {run.name}{shipped}{seed}, {run.source}, split {kind}"
    return f"{text} Ours: {own}, {wording.count(beside.found.images, 'test image')}."


def _parameters(beside: Beside) -> str:
    counts = beside.experiment.parameters
    parts = [f"{counts[key]:,} {PARAMETERS[key]}" for key in PARAMETERS if key in counts]
    return f"Parameters: {', '.join(parts)}." if parts else ""


def _buttons(beside: Beside, source: str, cached_there: bool) -> None:
    name = beside.experiment.name
    with st.container(horizontal=True):
        if (
            beside.match
            and beside.found
            and st.button(
                "Evaluate ours",
                icon=":material/rule:",
                key=Key.REPORTS.of("evaluate", name),
                help="Opens the run on its test images; the threshold can be moved there.",
            )
        ):
            state.set_current_run_id(beside.match.run.id)
            state.set_current_split("test")
            state.choose(Key.THRESHOLD, None)
            layout.go("pages/evaluate.py")
        on = f" on {source}" if source else ""
        if st.button(
            f"Open from cache{on}" if cached_there else f"Train it{on}",
            icon=":material/bolt:" if cached_there else ":material/model_training:",
            key=Key.REPORTS.of("train", name),
            help="Train shows what it would take, and starts it. What was trained on the same "
            "images is found, not trained again.",
        ):
            presets_form.choose(name)
            layout.go("pages/train.py")
