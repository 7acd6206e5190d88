"""Evaluate's view for taking a run along: a link, a page of its own, scores, recipe, script."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from engine.judging.sentences import word
from engine.runs import script
from pages.shared import cached, cached_honesty, cached_judging, numbers, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.judging.scores import Scores
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run

SHOWN = {  # label, icon, help
    "page": (
        "Explorer as a page",
        ":material/public:",
        "One page with the live explorer: opens from a USB stick, needs no server or internet.",
    ),
    "script": (
        "Recipe as a script",
        ":material/code:",
        "Trains the same again and prints its test figures; short enough to read and change.",
    ),
    "recipe": (
        "Recipe as JSON",
        ":material/data_object:",
        "Every setting by name, for other programs.",
    ),
    "scores": (
        "Scores as CSV",
        ":material/table:",
        "A row an image: file, split, true class, patient, a score for each class.",
    ),
}
CELLS = {"0-0": "left alone", "0-1": "false alarms", "1-0": "missed", "1-1": "found"}


@dataclass(frozen=True)
class File:
    """A file to take along, and how its button looks."""

    name: str
    make: Callable[[], str]
    kind: str  # MIME type
    label: str
    icon: str
    help: str


def show(run: Run, scores: Scores, threshold: Threshold) -> None:
    """Draw the link and the files."""
    st.subheader("A link to what you see", anchor=False)
    st.code(link(run, scores.split), language=None, wrap_lines=True)
    st.caption(
        f"It opens {restored(run, scores, threshold)}. It leads to this server, which must "
        "have the run; the address bar holds the same."
    )
    st.subheader("Files to take along", anchor=False)
    for file in files(run, scores, threshold, numbers.current()):
        _button(file)
    with st.expander("Look at the script"):
        st.code(script.script(run), language="python")
    st.caption(
        "No file holds an X-ray. The scores name files and patients as the data does: look before "
        "you pass them on."
    )


def link(run: Run, split: str) -> str:
    """Return the address of this view, on the explorer instead of the view that is shown."""
    shown = {**state.shown(), **state.address(), "run": run.id, "split": split}
    shown.pop(Key.EVALUATE_VIEW.value, None)
    shown.pop(Key.JOB.value, None)
    return f"{st.context.url or ''}?{urlencode(shown)}"


def restored(run: Run, scores: Scores, threshold: Threshold) -> str:
    """Say in words what the link restores."""
    parts = [f"**{run.name}** on its {scores.split} images"]
    if len(run.classes) > 2:
        parts.append(f"{word(scores.positive)} against the rest")
    if state.choice(Key.THRESHOLD):
        parts.append(f"the threshold at {threshold.value:g}")
    else:
        parts.append(f"the threshold that the rule gives ({threshold.value:g} now)")
    cell = state.choice(Key.EVALUATE_CELL)
    if cell:
        where = CELLS.get(cell) if scores.binary else None
        parts.append(f"the X-rays {where or f'of {cell}'}")
    if state.choice(Key.IMAGE):
        parts.append("the X-ray that is open")
    parts.append(f"numbers as {numbers.LANGUAGES[numbers.current()]}")
    return ", ".join(parts)


def files(run: Run, scores: Scores, threshold: Threshold, language: str) -> list[File]:
    """Return what can be taken along; each is made when it is asked for."""
    index = run.classes.index(scores.positive)
    name = script.file_name(run)

    def page() -> str:
        from pages.shared.components.explorer import standalone_html

        packet = cached_judging.packet(run.id, scores.split, index)
        about = cached_honesty.provenance(run.id, scores.split, threshold).line
        title = f"{run.name}: {word(scores.positive)} on {len(scores):,} {scores.split} images"
        return standalone_html(packet, title, about, threshold, language)

    def recipe() -> str:
        return json.dumps(run.recipe.to_json(), indent=2, ensure_ascii=False)

    def table() -> str:
        return cached.predictions(run.id).to_csv(index=False)

    return [
        File(f"{name}-{scores.split}.html", page, "text/html", *SHOWN["page"]),
        File(f"{name}.py", lambda: script.script(run), "text/x-python", *SHOWN["script"]),
        File(f"{name}.json", recipe, "application/json", *SHOWN["recipe"]),
        File(f"{name}-scores.csv", table, "text/csv", *SHOWN["scores"]),
    ]


def _button(file: File) -> None:
    """One file: a button and what it is for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            file.label,
            file.make,
            file.name,
            file.kind,
            key=Key.EVALUATE.of("share", file.name),
            on_click="ignore",
            icon=file.icon,
            width=210,
        )
        st.caption(file.help)
