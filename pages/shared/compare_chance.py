"""Compare, is the difference real: tests against a baseline, with sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.judging import verdicts
from engine.judging.figures import written
from engine.judging.measures import MEASURES
from engine.judging.resampling import AUC, MACRO
from engine.judging.significance import holm
from engine.judging.verdicts import p_words, signed
from engine.words.errors import CxrError
from pages.shared import cached_compare, charts_compare, state
from pages.shared.compare_choice import Compared, choose_class, draw, two_alike
from pages.shared.state import Key

PICK = Key.COMPARE.of("baseline")
MEASURE = Key.COMPARE.of("measure")
LABELS = {AUC: "AUC", **{name: measure.label for name, measure in MEASURES.items()}}
TWO = ("f1", *(name for name in MACRO if name != "f1"), "npv", "mcc", AUC)
MORE = (*MACRO, AUC)
HOW = """
- **Right and wrong answers**: McNemar's exact test looks only at the X-rays that one run gets right
  and the other wrong. Were both equally good, each would win such an X-ray as often as a coin.
- **Ranking**: DeLong's test compares the two areas under the ROC. It needs no threshold.
- **Any measure**: patients are drawn with replacement a thousand times, the same for both runs; the
  interval holds the middle 95% of the differences. It is the one that knows that several X-rays of
  one patient resemble each other; the two tests above take every X-ray for a patient of its own.
- **Several runs**: the more comparisons, the more often chance makes one look large. Holm's
  correction raises each p so that all together give a false alarm in at most 5 of 100 cases.
- **Not distinguishable** is not "equal": these images may be too few to show a difference.
"""


def show(compared: Compared) -> None:
    """Test every chosen run against the baseline."""
    if not two_alike(compared):
        return
    named, split = compared.named, compared.split
    aligned = cached_compare.aligned(named, split)
    names = [name for name, _ in named]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        baseline = choose_baseline(compared)
        measure = choose_measure(TWO if len(compared.classes) == 2 else MORE)
        index = choose_class(compared.classes, "chance")
    others = [name for name in names if name != baseline]
    st.caption(aligned.sentence)
    answers(compared, baseline, others)
    ranking(compared, baseline, others, index)
    any_measure(compared, baseline, others, measure)
    with st.expander("How this is computed", icon=":material/help:"):
        st.markdown(HOW)


def choose_baseline(compared: Compared) -> str:
    """Let the visitor choose the run that the others are compared with; kept in the address."""
    ids = {run.id: name for name, run in compared.alike.items()}
    wanted = state.choice(Key.BASELINE)
    state.put(PICK, wanted if wanted in ids else next(iter(ids)))
    chosen = st.selectbox(
        "Baseline",
        list(ids),
        format_func=ids.__getitem__,
        key=PICK,
        on_change=lambda: state.choose(Key.BASELINE, str(state.get(PICK))),
        width=260,
        help="The run that every other one is compared with.",
    )
    return ids[str(chosen)]


def choose_measure(measures: tuple[str, ...]) -> str:
    """Let the visitor choose the measure to resample."""
    return str(
        st.selectbox(
            "Measure to resample",
            measures,
            format_func=LABELS.__getitem__,
            key=MEASURE,
            persist_state="session",
            width=220,
        )
    )


def answers(compared: Compared, baseline: str, others: list[str]) -> None:
    """Right and wrong answers at own thresholds: McNemar's test."""
    found = cached_compare.answers(compared.named, compared.split, baseline)
    corrected = holm({name: entry.p for name, entry in found.items()})
    st.markdown("#### Who is right where the other is wrong?")
    for name in others:
        said = verdicts.answers(name, baseline, found[name], corrected[name], compared.split)
        st.markdown(f"- {said}")
    rows = [
        {
            "run": name,
            "both right": found[name].both,
            "only this run": found[name].only_a,
            "only the baseline": found[name].only_b,
            "both wrong": found[name].neither,
            "accuracy less the baseline's": signed(found[name].difference, found[name].of),
            **_p_columns(found[name].p, corrected[name], len(others)),
        }
        for name in others
    ]
    _table("The counts as a table", rows)


def ranking(compared: Compared, baseline: str, others: list[str], index: int) -> None:
    """Areas under the ROC: DeLong's test."""
    st.markdown("#### Which ranks the X-rays better?")
    if len(compared.classes) > 2:
        st.caption(f"The class {compared.classes[index]} against the rest.")
    try:
        found = cached_compare.areas(compared.named, compared.split, baseline, index)
    except CxrError as error:  # one class only: the other tests still stand
        st.caption(str(error))
        return
    corrected = holm({name: entry.p for name, entry in found.items()})
    for name in others:
        said = verdicts.areas(name, baseline, found[name], corrected[name], compared.split)
        st.markdown(f"- {said}")
    rows = [
        {
            "run": name,
            "AUC": written(found[name].auc_a, found[name].of),
            "baseline's AUC": written(found[name].auc_b, found[name].of),
            "difference": signed(found[name].difference, found[name].of),
            "z": f"{found[name].z:.2f}",
            **_p_columns(found[name].p, corrected[name], len(others)),
        }
        for name in others
    ]
    _table("The areas as a table", rows)


def any_measure(compared: Compared, baseline: str, others: list[str], measure: str) -> None:
    """The chosen measure under other patients: the paired bootstrap."""
    found = cached_compare.resampled(compared.named, compared.split)
    st.markdown("#### How would it look with other patients?")
    estimates = {name: found.difference(name, baseline, measure) for name in others}
    known = {name: entry.p for name, entry in estimates.items() if not np.isnan(entry.p)}
    corrected = holm(known)
    of = (found.images, compared.split)
    lines = [
        verdicts.resampled(
            LABELS[measure], name, baseline, entry, corrected.get(name, float("nan")), of
        )
        for name, entry in estimates.items()
    ]
    numbers = [place for place, (name, _) in enumerate(compared.named) if name in others]
    drawn = {name: entry for name, entry in estimates.items() if not np.isnan(entry.value)}
    title = f"{LABELS[measure]}: difference from {baseline}, with its 95% interval"
    for line in lines:
        st.markdown(f"- {line}")
    said = (
        f"{found.resamples:,} draws of {found.patients:,} patients. A full mark: 0 lies outside "
        f"the interval; a hollow one: it lies within.{_corrected(len(others))}"
    )
    draw(title, charts_compare.differences(drawn, numbers, _axis(measure, baseline)), said)


def _axis(measure: str, baseline: str) -> str:
    return f"{LABELS[measure]} less that of {baseline}"


def _corrected(comparisons: int) -> str:
    return f" p is corrected for {comparisons} comparisons (Holm)." if comparisons > 1 else ""


def _p_columns(p: float, corrected: float, comparisons: int) -> dict[str, str]:
    columns = {"p": p_words(p).removeprefix("p ").removeprefix("= ")}
    if comparisons > 1:
        columns["p after Holm"] = p_words(corrected).removeprefix("p ").removeprefix("= ")
    return columns


def _table(title: str, rows: list[dict[str, object]]) -> None:
    with st.expander(title):
        st.dataframe(pd.DataFrame(rows), hide_index=True)
