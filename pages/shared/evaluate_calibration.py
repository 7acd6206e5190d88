"""Evaluate's calibration view: may a score be read as a probability, and can it be put right?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import sentences_clinic, worked
from engine.judging.calibration import BINNINGS, Calibration
from engine.judging.recalibration import METHODS, Recalibration
from engine.judging.sentences import cut
from engine.words.errors import CxrError
from pages.shared import cached_clinic, charts, charts_clinic, formulas, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.scores import Scores
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run

STORED = "stored"
METHOD = Key.EVALUATE.of("recalibration")
BINS = Key.EVALUATE.of("bins")
BINNING = Key.EVALUATE.of("binning")
BIN_COUNTS = (5, 10, 15, 20)
BINNING_NAMES = {"width": "equal width", "count": "equal count"}


def show(run: Run, scores: Scores, threshold: Threshold) -> None:
    """Draw the reliability diagram, before and after a recalibration, with its figures."""
    index = run.classes.index(scores.positive)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = choose_method()
        bins, binning = choose_bins()
    fitted, problem = fit(run.id, index, method)
    before = cached_clinic.calibration(run.id, scores.split, index, "", bins, binning)
    after, put_right = None, None
    if fitted:
        after = cached_clinic.calibration(run.id, scores.split, index, method, bins, binning)
        put_right = cached_clinic.scores(run.id, scores.split, index, method)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        spread = None if put_right is None else put_right.scores
        figure = charts_clinic.reliability(before, scores.scores, threshold.value, after, spread)
        said = sentences_clinic.calibration(after or before)
        st.plotly_chart(figure, config=charts.CONFIG, key=Key.EVALUATE.of("reliability"), alt=said)
    with right:
        tiles(before, after)
        if fitted and after:
            st.markdown(sentences_clinic.recalibrated(fitted, before, after))
            remarks(fitted, threshold)
        elif problem:
            st.warning(problem, icon=":material/block:")
        st.markdown(said if fitted is None else f"Now: {said}")
        st.caption(
            "On the dotted line a score is what it says: of the X-rays scored 0.8, 80% are. Bars "
            "are 95% intervals by Wilson; X-rays of one patient count as if independent."
        )
    formulas.show(worked.agreement(after or before), method_help(method))


def current_method() -> str:
    """Return the chosen recalibration, empty for the scores as stored."""
    method = state.choice(Key.RECALIBRATION)
    return method if method in METHODS else ""


def fit(run_id: str, index: int, method: str) -> tuple[Recalibration | None, str]:
    """Return the fitted method, or why there is none."""
    if not method:
        return None, ""
    try:
        return cached_clinic.recalibration(run_id, index, method), ""
    except CxrError as error:
        return None, str(error)


def choose_method() -> str:
    """Let the visitor choose a recalibration; the address keeps it."""
    names = {STORED: "as stored"} | {name: entry.label for name, entry in METHODS.items()}
    state.put(METHOD, current_method() or STORED)

    def chosen() -> None:
        method = str(state.get(METHOD))
        state.choose(Key.RECALIBRATION, None if method == STORED else method)

    st.segmented_control(
        "Scores, recalibrated on validation",
        list(names),
        required=True,
        format_func=names.__getitem__,
        key=METHOD,
        on_change=chosen,
        help="  \n".join(f"{entry.label}: {entry.help}" for entry in METHODS.values()),
    )
    return current_method()


def choose_bins() -> tuple[int, str]:
    """Let the visitor choose how the scores are grouped."""
    bins = st.selectbox(
        "Groups",
        BIN_COUNTS,
        index=1,
        key=BINS,
        persist_state="session",
        width=90,
        help="ECE depends on their number: say it whenever you quote an ECE.",
    )
    binning = st.segmented_control(
        "of",
        list(BINNINGS),
        default="width",
        required=True,
        format_func=BINNING_NAMES.__getitem__,
        key=BINNING,
        persist_state="session",
        help="  \n".join(BINNINGS.values()),
    )
    return int(bins), str(binning)


def tiles(before: Calibration, after: Calibration | None) -> None:
    """Brier score, its skill and ECE, with what a recalibration changed."""
    now = after or before
    entries = worked.agreement(now)
    changes = (now.brier - before.brier, _skill(now) - _skill(before), now.ece - before.ece)
    with st.container(horizontal=True, gap="xsmall"):
        for entry, change, better in zip(
            entries, changes, ("inverse", "normal", "inverse"), strict=True
        ):
            moved = f"{change:+.3f}" if after and entry.value != "–" else None
            st.metric(
                entry.label,
                entry.value,
                moved,
                delta_color=better if moved not in ("+0.000", "-0.000") else "off",
                help=f"{entry.help} {entry.reason}".strip(),
                width=116,
            )


def remarks(fitted: Recalibration, threshold: Threshold) -> None:
    """What a fit warns of, and where the threshold in force went."""
    for note in fitted.notes:
        st.caption(f":material/warning: {note}")
    if fitted.method.name != "isotonic" and fitted.parameters.get("slope", 1.0) > 0:
        there = float(fitted.apply(threshold.value))
        st.caption(
            f"The threshold {cut(threshold.value)} of the stored scores is {there:.3g} of the "
            "recalibrated ones: every decision stays, only the scores' meaning changes."
        )


def method_help(method: str) -> str:
    """The method's formula and what it can change."""
    if method not in METHODS:
        return ""
    return f"{METHODS[method].label}: `{METHODS[method].formula}`. {METHODS[method].help}"


def _skill(found: Calibration) -> float:
    return 0.0 if found.skill is None else found.skill
