"""What the reports show together: four short lessons, each with the place to discover it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning.reported import table
from pages.shared import cached, cached_reports, layout, state
from pages.shared.reports_beside import printed
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.reproduced import Match

MORE = (("C2", "C4"), ("C4", "C5"), ("C2", "C3"), ("A2", "A1"))


@dataclass(frozen=True)
class Lesson:
    """One thing to learn, and where a class can find it out by itself."""

    title: str
    text: str
    task: str  # what to do there
    label: str
    open: Callable[[], None]


def show() -> None:
    """Draw the lessons, two beside each other."""
    finished = [run for run in cached.runs() if run.status == "finished"]
    every = lessons(cached_reports.matches(finished))
    for first in range(0, len(every), 2):
        for place, lesson in zip(st.columns(2), every[first : first + 2], strict=False):
            with place.container(border=True, height="stretch"):
                _draw(first, lesson)


def lessons(found: Mapping[str, Match]) -> list[Lesson]:
    """Return the lessons, with the reports' figures; `found` are our runs, for the links."""
    return [_threshold(), _split(), _more(found), _balance()]


def _draw(first: int, lesson: Lesson) -> None:
    st.markdown(f"**{lesson.title}**")
    st.markdown(lesson.text)
    st.markdown(lesson.task)
    key = Key.REPORTS.of("lesson", first, lesson.label)
    if st.button(lesson.label, icon=":material/arrow_forward:", key=key):
        lesson.open()


def _threshold() -> Lesson:
    entries = [entry for entry in table().experiments.values() if entry.report.name in "AC"]
    ranges = {
        name: _range(entry.figures[name] for entry in entries if name in entry.figures)
        for name in ("recall", "precision")
    }
    accuracy = _range(entry.accuracy for entry in entries if entry.accuracy is not None)
    return Lesson(
        "At 0.5 every network calls too much pneumonia",
        f"On the official test folder the reports' recall is {ranges['recall']}, their precision "
        f"{ranges['precision']} and their accuracy {accuracy}: nearly everyone sick is found, and "
        "many healthy children are alarmed. That hides a ranking that can be used. The threshold, "
        "how common the disease is, and the shift between the folders decide.",
        "Move the threshold and watch both kinds of mistakes. Does the one that validation chose "
        "help on the test folder?",
        "Move the threshold",
        _to("pages/evaluate.py", Key.EVALUATE_VIEW, "threshold"),
    )


def _split() -> Lesson:
    two = [entry for entry in table().experiments.values() if not entry.name.startswith("D4")]
    values = {
        names: _range(
            entry.accuracy
            for entry in two
            if entry.accuracy is not None and entry.report.name in names
        )
        for names in ("AC", "D")
    }
    return Lesson(
        "The split is part of the result",
        f"Two classes on the official split: {values['AC']}. On a random split of the same X-rays, "
        f"in report D: {values['D']}. A patient has several images, and a random split puts some "
        "of them on both sides; copies of one file do the same. The test folder also differs from "
        "the training folder.",
        "Train one recipe under both splits and see what the random one is worth. Count the "
        "patients who are on both sides.",
        "Compare the splits",
        _to("pages/data.py", Key.DATA_SECTION, "Cost of a random split"),
    )


def _more(found: Mapping[str, Match]) -> Lesson:
    entries = table().experiments
    value = {name: printed(_two(entry.accuracy)) for name, entry in entries.items()}
    pairs = [f"{one} {value[one]}, {other} {value[other]}" for one, other in MORE]
    what = ("strong augmentation", "half of it", "no dropout", "a backbone eight times as large")
    told = "; ".join(f"{pair} ({change})" for pair, change in zip(pairs, what, strict=True))
    ids = [found[name].run.id for name in ("C2", "C4", "C5", "C3", "C1") if name in found]

    def open_them() -> None:
        state.choose(Key.COMPARE_RUNS, ",".join(ids) or None)
        state.choose(Key.COMPARE_VIEW, "chance")
        layout.go("pages/compare.py")

    return Lesson(
        "More is not better by itself",
        f"Accuracies of the reports: {told}. Validation had ranked C5, the best on the test, "
        "behind C2 and C3.",
        "Put two runs that differ in one setting side by side. Is the difference more than chance?",
        "Compare the runs",
        open_them,
    )


def _balance() -> Lesson:
    entries = table().experiments
    before, after = (printed(_two(entries[name].accuracy)) for name in ("A4", "A5"))
    return Lesson(
        "Equal classes help only a little",
        f"Augmented copies until the classes match took A4's {before} to A5's {after}. The rarer "
        "class was a part of the trouble only: much of what a strategy gains at 0.5, another "
        "threshold gains as well.",
        "Train one network under each strategy and compare them at 0.5 and at their own "
        "thresholds.",
        "Open the imbalance lab",
        _to("pages/compare.py", Key.COMPARE_VIEW, "balance"),
    )


def _to(file: str, key: Key, value: str) -> Callable[[], None]:
    def open_it() -> None:
        state.put(key, value)
        layout.go(file)

    return open_it


def _range(values: Iterable[float]) -> str:
    known: Sequence[float] = [_two(value) for value in values]
    return f"{printed(min(known))} to {printed(max(known))}"


def _two(value: float | None) -> float:
    """Two digits, as the images allow."""
    return round(value or 0.0, 2)
