"""The Reports page's experiments: reported beside ours, report by report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import attempts
from engine.learning.reported import table
from engine.words.errors import CxrError
from pages.shared import (
    cached,
    cached_reports,
    charts,
    charts_reports,
    reports_beyond,
    reports_card,
    reports_sweeps,
    state,
    views,
    wording,
)
from pages.shared.charts_reports import Row
from pages.shared.reports_beside import Beside
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.learning.reported import Experiment
    from engine.runs.over_seeds import Seeds
    from engine.runs.reproduced import Match
    from engine.runs.run import Run

CHOICE = Key.REPORTS.of("report")
ALL = "all"


def show() -> None:
    """Draw the chosen report's experiments: all at a glance, then each."""
    finished = [run for run in cached.runs() if run.status == "finished"]
    with st.spinner("Looking for our runs"):
        found = cached_reports.matches(finished)
    report = choose_report(found)
    wanted = [e for e in table().experiments.values() if report in (ALL, e.report.name)]
    if report != ALL:
        st.markdown(f"**{table().reports[report].title}.** {table().reports[report].story}")
    with st.spinner("Putting ours beside the reports"):
        groups = cached_reports.seeds(finished)
        every = [
            replace(beside(entry, found.get(entry.name)), seeds=over(groups.get(entry.name)))
            for entry in wanted
        ]
    overview(every)
    source, there = known_there(finished)
    for one in every:
        reports_card.draw(one, source, one.experiment.name in there)
    reports_sweeps.show(finished, report)


def choose_report(found: dict[str, Match]) -> str:
    """Let the visitor choose a report; first the one of which most is here."""
    names = {name: f"Report {name}" for name in table().reports} | {ALL: "All"}
    counts = {name: sum(key.startswith(name) for key in found) for name in table().reports}
    order = sorted(names, key=lambda name: -counts.get(name, 0))
    if state.choice(Key.REPORT) not in names:
        state.put(Key.REPORT, order[0])
    return views.choose("Whose", names, Key.REPORT, CHOICE, hidden=False)


def beside(entry: Experiment, match: Match | None) -> Beside:
    """Judge the run that stands beside an experiment; what keeps it from that is told."""
    if match is None:
        return Beside(entry)
    try:
        return Beside(entry, match, cached_reports.reproduction(match.run.id))
    except CxrError as error:
        return Beside(entry, match, problem=str(error))


def over(group: Seeds | None) -> str:
    """Say what several seeds gave and what their mean gave; empty where there is one seed."""
    return attempts.in_words(reports_beyond.of_group(group)) if group else ""


def overview(every: Sequence[Beside]) -> None:
    """Draw all accuracies in one picture, and say what it shows."""
    rows = [_row(one) for one in every]
    said = summary(every)
    if any(row.reported is not None or row.ours is not None for row in rows):
        figure = charts_reports.accuracies(rows)
        key = Key.REPORTS.of("accuracies")
        st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=said)
    st.markdown(said)
    st.caption(
        "Open diamond: what the report printed. Circle: ours at 0.5 with its 95% interval over "
        "patients; an open circle was judged on other images than the report's."
    )


def summary(every: Sequence[Beside]) -> str:
    """Say how many experiments were run here, and how many of the reports' figures hold."""
    ours = [one for one in every if one.found]
    text = f"{len(ours)} of {wording.count(len(every), 'experiment')} have a run of ours."
    fair = [one for one in ours if one.comparable and one.experiment.accuracy is not None]
    if not fair:
        return f"{text} None of them was judged as its report was." if ours else text
    held = sum(_holds(one) for one in fair)
    return (
        f"{text} On the report's own kind of split, its accuracy lies within our interval in "
        f"{held} of {len(fair)}."
    )


def known_there(finished: Sequence[Run]) -> tuple[str, frozenset[str]]:
    """Return the current source, and the presets that were trained on its images already."""
    name = state.current_source() or ""
    data = {run.recipe.data for run in finished if run.source == name}
    done = {run.recipe.hash for run in finished}
    there = {
        preset for one in data for preset, key in cached_reports.hashes(one).items() if key in done
    }
    return name, frozenset(there)


def _holds(one: Beside) -> bool:
    assert one.found and one.experiment.accuracy is not None
    low, high = one.found.half.intervals["accuracy"]
    return low <= one.experiment.accuracy <= high


def _row(one: Beside) -> Row:
    if one.found is None:
        return Row(one.experiment.name, one.experiment.accuracy)
    half = one.found.half
    return Row(
        one.experiment.name,
        one.experiment.accuracy,
        half.figures["accuracy"],
        half.intervals.get("accuracy"),
        one.comparable,
    )
