"""Quality's last question: does the current run err more on flawed X-rays?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging import contrasts as judging
from engine.judging.sentences import word
from engine.judging.slices import LEAST, Slice
from engine.words.errors import NotFound
from pages.shared import (
    cached,
    cached_quality,
    cached_slices,
    charts,
    charts_quality,
    cutoff,
    layout,
    state,
    wording,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.runs.run import Run

MIX = (
    "A flaw that is commoner in one class also changes the mix of classes, and with it the share "
    "of errors; the AUC does not depend on the mix. Intervals take the X-rays for independent; "
    "several of one patient make them a little too narrow."
)


def show(catalogue: Catalogue, found: pd.DataFrame) -> None:
    """Draw the run's errors with and without each flaw, or say why that cannot be."""
    run = _run()
    if run is None or not _is_here(run, catalogue):
        return
    split = state.current_split()
    if not (cached.predictions(run.id)["split"] == split).any():
        layout.empty(
            f"**{run.name} has no scores of {split} images.** Choose another split at the top."
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = _choose_measure()
        index = _choose_class(run)
    threshold = cutoff.current(run.id, index if len(run.classes) > 2 else None)
    found = cached_quality.contrasts(run.id, split, index, threshold.value)
    ranked = judging.ranked(found, measure)
    said = judging.contrast_sentence(ranked, measure)
    st.markdown(f"#### {said}")
    cutoff.badge(threshold, split)
    if not ranked:
        st.caption(f"A flaw is looked at where {LEAST} or more X-rays have it and as many do not.")
        return
    left, right = st.columns([7, 5], gap="medium")
    with left:
        st.plotly_chart(
            charts_quality.with_and_without(ranked, measure),
            config=charts.CONFIG,
            key=Key.QUALITY.of("contrast", measure),
            alt=said,
        )
    with right:
        st.caption(MIX)
    _table(ranked)


def _run() -> Run | None:
    run_id = state.current_run_id()
    try:
        run = cached.run(run_id) if run_id else None
    except NotFound:
        run = None
    if run is None or run.status != "finished":
        layout.empty(
            "Here you would see whether a model errs more on flawed X-rays than on clean ones. "
            "**No finished run is chosen.** Choose one at the top right, or train one.",
            "pages/train.py",
            "Train one",
            ":material/model_training:",
        )
        return None
    return run


def _is_here(run: Run, catalogue: Catalogue) -> bool:
    """Whether the run's images are those of this source; else say where to look."""
    own = cached_slices.catalogue(run.id)
    if own is None:
        layout.empty(
            f"**{run.name} was trained on {run.source or 'data without a name'}, and its images "
            "are not on this machine.** With them you would see here whether it errs more on "
            f"flawed X-rays. {wording.SHOWCASE_DATA if run.showcase else wording.SAME_FOLDER}",
            "pages/data.py",
            "Add the images",
            ":material/photo_library:",
        )
        return False
    if own.root == catalogue.root:
        return True
    with st.container(border=True):
        st.markdown(
            f"**{run.name} learned from other images than those of {catalogue.name}.** Its own are "
            f"on this machine as {own.name}."
        )
        if st.button(f"Look at {own.name}", key=Key.QUALITY.of("own")):
            state.set_current_source(own.name)
            st.rerun()
    return False


def _choose_measure() -> str:
    measure = st.segmented_control(
        "Weighed by",
        list(judging.MEASURES),
        default="accuracy",
        required=True,
        format_func=judging.MEASURES.__getitem__,
        key=Key.QUALITY.of("measure"),
        persist_state="session",
    )
    return str(measure)


def _choose_class(run: Run) -> int:
    if len(run.classes) == 2:
        return 1
    name = st.segmented_control(
        "One class against the rest",
        run.classes,
        default=run.classes[1],
        required=True,
        format_func=word,
        key=Key.QUALITY.of("class"),
    )
    return run.classes.index(str(name))


def _table(ranked: list[judging.Contrast]) -> None:
    rows = [
        {
            "Flaw": entry.flaw,
            "Errors with it": _wrong(entry.flagged),
            "Errors without": _wrong(entry.clean),
            "AUC with it": _area(entry.flagged),
            "AUC without": _area(entry.clean),
        }
        for entry in ranked
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, alt="Errors and AUC with and without each flaw"
    )
    st.caption("X-rays that are called wrongly at the threshold, of how many; 95% intervals.")


def _wrong(side: Slice) -> str:
    low, high = side.interval("accuracy") or (1.0, 0.0)
    return f"{judging.share(*judging.errors(side))}, {1 - high:.0%} to {1 - low:.0%}"


def _area(side: Slice) -> str:
    figure, ends = side.figures["auc"], side.interval("auc")
    return figure.text + (f", {figure.interval}" if ends else "")
