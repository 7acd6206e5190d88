"""Evaluate's slices: does the model do worse for some patients, pictures or places?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging import slices as judging
from engine.judging.scores import Scores
from engine.judging.slices import LEAST, MEASURES, Slices
from engine.judging.slicing import FAMILIES, PICTURES, Group
from engine.judging.thresholds import Threshold
from pages.shared import cached_slices, cases, charts, charts_slices, layout, state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

MEASURE = Key.EVALUATE.of("slice_measure")
COUNT = Key.EVALUATE.of("slice_least")
MEASURED = Key.EVALUATE.of("slice_brightness")
COUNTS = (5, 10, LEAST, 30, 50, 100)
HELP = (
    "A slice is judged by a measure only where that many X-rays stand behind it: for recall the "
    "diseased ones, for specificity the others, for the AUC the rarer of both."
)


def show(run: Run, scores: Scores, threshold: Threshold) -> None:
    """Draw the slices, worst first, and the X-rays of the chosen one."""
    state.show(Key.SLICE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure, least = choose_measure(), choose_count()
        bright = want_brightness(run)
    index = run.classes.index(scores.positive)
    key = (run.id, scores.split, index, threshold.value, measure, least, bright)
    result = cached_slices.slices(*key)
    st.markdown(f"#### {judging.headline(result)}")
    if judging.weighed(result):
        st.markdown(judging.weighed(result))
    group = chosen(result)
    if result.judged:
        left, right = st.columns([5, 7], gap="medium")
        with left:
            draw(result, group)
        with right:
            table(result)
    aside(run, result)
    if group is not None:
        pictures(run, scores, threshold.value, group)


def choose_measure() -> str:
    """Draw the choice of the measure that decides which slice is the worst."""
    measure = st.segmented_control(
        "Worst by",
        list(MEASURES),
        default="accuracy",
        required=True,
        format_func=MEASURES.__getitem__,
        key=MEASURE,
        persist_state="session",
    )
    return str(measure)


def choose_count() -> int:
    """Draw the choice of how many images a slice needs."""
    return int(
        st.selectbox(
            "Images needed",
            COUNTS,
            index=COUNTS.index(LEAST),
            key=COUNT,
            persist_state="session",
            help=HELP,
            width=140,
        )
    )


def want_brightness(run: Run) -> bool:
    """Return whether the brightness is to be measured: at once where it takes no time."""
    if cached_slices.catalogue(run.id) is None or cached_slices.is_measured(run.id):
        return cached_slices.catalogue(run.id) is not None
    if not state.get(MEASURED):
        st.button(
            "Measure the brightness",
            icon=":material/brightness_6:",
            help="Every image is decoded once; 6,000 take one to two minutes.",
            on_click=lambda: state.put(MEASURED, True),
        )
    return bool(state.get(MEASURED))


def chosen(result: Slices) -> Group | None:
    """Return the slice that the visitor or the address chose, else the worst."""
    there = [entry.group for entry in (*result.judged, *result.undefined)] + list(result.few)
    wanted = state.choice(Key.SLICE)
    return next((group for group in there if group.key == wanted), there[0] if there else None)


def draw(result: Slices, group: Group | None) -> None:
    """Draw the slices with their intervals; a pressed point shows its X-rays."""
    key = Key.EVALUATE.of("slice_dots", result.measure)

    def pressed() -> None:
        points = state.get(key).selection.points
        if points:
            state.choose(Key.SLICE, str(points[0]["customdata"][0]))

    st.plotly_chart(
        charts_slices.dots(result, group.key if group else ""),
        config=charts.CONFIG,
        key=key,
        alt=judging.sentence(result),
        on_select=pressed,
        selection_mode="points",
    )
    more = len(result.judged) - charts_slices.SHOWN
    st.caption(
        "Bars are 95% intervals, a filled diamond one that lies below the figure of all; behind "
        "a name, its X-rays. Press a point to see them."
        + (f" {wording.count(more, 'better slice')} only in the table." if more > 0 else "")
    )


def table(result: Slices) -> None:
    """Draw the figures of every slice; a pressed row shows its X-rays."""
    entries = (*result.judged, *result.undefined)
    key = Key.EVALUATE.of("slice_table", result.measure, result.least)

    def pressed() -> None:
        cells = state.get(key).selection.cells
        if cells and cells[0][0] < len(entries):
            state.choose(Key.SLICE, entries[cells[0][0]].group.key)

    order = sorted(MEASURES, key=lambda name: name != result.measure)
    rows = [
        {
            "Slice": entry.group.name,
            "By": FAMILIES[entry.group.family],
            "X-rays": len(entry.group),
            **{MEASURES[name]: entry.figures[name].text for name in order},
        }
        for entry in entries
    ]
    narrow = {label: st.column_config.Column(width=74) for label in MEASURES.values()}
    st.dataframe(
        pd.DataFrame(rows),
        column_config={
            **narrow,
            "Slice": st.column_config.Column(width=150),
            "By": st.column_config.Column(width=100),
            "X-rays": st.column_config.Column(width=56),
        },
        hide_index=True,
        height=min(70 + charts_slices.ROW * len(rows), 420),
        key=key,
        on_select=pressed,
        selection_mode="single-cell",
        alt="The slices with their figures, the worst first; press a row to see its X-rays",
    )
    reasons = {figure.reason for entry in entries for figure in entry.figures.values()}
    if reasons - {""}:
        st.caption(f"A dash: there is no such figure. {' '.join(sorted(reasons - {''}))}")


def aside(run: Run, result: Slices) -> None:
    """Name what was not judged: too few images, or nothing to cut by."""
    if result.few:
        names = [f"{group.name} ({len(group):,})" for group in result.few]
        several = wording.count(len(names), "slice")
        with st.expander(f"Too few X-rays to judge: {several}"):
            st.caption(", ".join(names[:200]) + (" …" if len(names) > 200 else ""))
    here = cached_slices.catalogue(run.id) is not None
    others = {name: why for name, why in result.missing.items() if here or name not in PICTURES}
    if others:
        parts = [f"{FAMILIES[name]}: {why}" for name, why in others.items()]
        st.caption(f"Not cut by: {'; '.join(parts)}.")
    if not here:
        layout.empty(
            "**Slices by brightness, size and file format would be here too.** They need the "
            f"images, which are not on this machine. "
            f"{wording.SHOWCASE_DATA if run.showcase else wording.SAME_FOLDER}",
            "pages/data.py",
            "Add the images",
            ":material/photo_library:",
        )


@st.fragment
@layout.errors_as_message()
def pictures(run: Run, scores: Scores, threshold: float, group: Group) -> None:
    """Draw the X-rays of a slice, its mistakes first."""
    called = scores.predicted(threshold)[group.places]
    wrong = int((called != scores.truth[group.places]).sum())
    title = f"{FAMILIES[group.family]}: {group.name}"
    title += f", {wrong:,} of {wording.count(len(group), 'X-ray')} called wrongly"
    st.subheader(title, anchor=False)
    name = f"{scores.positive}_{group.key}"
    cases.paged(run, scores, threshold, group.places, name, title)
