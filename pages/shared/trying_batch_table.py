"""The answers to a batch: a sentence, files to take along, a table, and one picture in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.explaining import batch_table
from engine.explaining.batch_table import SCORE
from engine.judging.sentences import word
from pages.shared import layout, trying, trying_shown, trying_words, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.explaining.batch_table import Answers
    from engine.runs.run import Run
    from pages.shared.batching import Batch

ALL, DOUBTFUL, BROKEN, CALLED = "all", "doubtful", "broken", "called:"
HEIGHT = 320


@st.fragment
def show(batch: Batch, answers: Answers, current: Run) -> None:
    """Draw the summary, downloads, the table and the picture of the selected row."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f"**{batch_table.summary(answers)}**", width="content")
        with st.container(horizontal=True, width="content"):
            _downloads(batch, answers)
    _notes(batch, answers, current)
    wanted = _filter(batch, answers)
    places = _places(answers, wanted)
    if not places:
        st.caption("No picture of this kind.")
        return
    event = st.dataframe(
        display(answers, places),
        hide_index=True,
        height=min(HEIGHT, 38 + 35 * len(places)),
        on_select="rerun",
        selection_mode="single-row",
        key=Key.TRY.of("rows", batch.key, wanted),
        column_config=dict.fromkeys(batch.run.classes, _score()),
    )
    rows = [row for row in event.selection.rows if row < len(places)]
    if not rows:
        st.caption("Select a row to see the X-ray, what is doubtful about it and its heat map.")
        return
    _opened(batch, places[rows[0]])


def display(answers: Answers, places: list[int]) -> pd.DataFrame:
    """Return the rows at `places` as they are shown: doubts in few words, reasons if any.

    Names are guarded: the table on the screen has a download of its own.
    """
    found = answers.table.iloc[places]
    files = found["file"].map(batch_table.guarded)
    if (found["unreadable"] != "").all():
        return pd.DataFrame({"file": files, "could not be read": found["unreadable"]})
    doubts = [
        ", ".join(filter(None, (trying.NO_XRAY if warning else "", flags)))
        for warning, flags in zip(found["warning"], found["flags"], strict=True)
    ]
    scores = {name: found[f"{SCORE}{name}"] for name in answers.classes}
    shown = {"file": files, "decision": found["decision"], **scores, "doubts": doubts}
    if (found["unreadable"] != "").any():
        shown["could not be read"] = found["unreadable"]
    return pd.DataFrame(shown)


def _score() -> object:
    return st.column_config.NumberColumn(format="%.3f")


def _notes(batch: Batch, answers: Answers, current: Run) -> None:
    pictures = wording.count(len(answers.table), "picture")
    parts = [f"{pictures} in {answers.seconds:,.1f} s.", trying_words.origin(batch.threshold)]
    left = batch.given.left_out
    if left:
        parts.append(f"{wording.count(left, 'other file')} left out: no images by name.")
    if answers.note:
        parts.append(f"Heat maps are missing. {answers.note}")
    st.caption(" ".join(parts))
    if batch.run.id != current.id:
        st.info(
            f"These are the answers of {batch.run.name}. Ask again to hear {current.name}.",
            icon=":material/info:",
        )


def _filter(batch: Batch, answers: Answers) -> str:
    labels = {
        name: f"{label} ({len(_places(answers, name)):,})"
        for name, label in {
            ALL: "All",
            **{f"{CALLED}{name}": f"Called {word(name)}" for name in answers.classes[1:]},
            DOUBTFUL: "Flagged",
            BROKEN: "Unreadable",
        }.items()
    }
    wanted = st.segmented_control(
        "Show",
        list(labels),
        default=ALL,
        required=True,
        format_func=lambda name: labels[name],
        key=Key.TRY.of("filter", batch.key),
    )
    return str(wanted)


def _places(answers: Answers, wanted: str) -> list[int]:
    found = answers.table
    chosen = {
        ALL: found["file"] != "",
        DOUBTFUL: (found["warning"] != "") | (found["flags"] != ""),
        BROKEN: found["unreadable"] != "",
    }.get(wanted)
    if chosen is None:
        chosen = found["decision"] == wanted.removeprefix(CALLED)
    return [int(place) for place in chosen.to_numpy().nonzero()[0]]


def _downloads(batch: Batch, answers: Answers) -> None:
    name = f"answers-{batch.run.name}".replace(" ", "-")
    st.download_button(
        "Table as CSV",
        lambda: batch_table.csv(answers),
        f"{name}.csv",
        "text/csv",
        key=Key.TRY.of("csv", batch.key),
        on_click="ignore",
        icon=":material/table:",
    )
    if batch.maps:
        st.download_button(
            f"Table and {wording.count(len(batch.maps), 'heat map')} as ZIP",
            lambda: batch_table.zipped(answers, batch.maps),
            f"{name}.zip",
            "application/zip",
            key=Key.TRY.of("zip", batch.key),
            on_click="ignore",
            icon=":material/folder_zip:",
        )


def _opened(batch: Batch, place: int) -> None:
    """Read the row's picture again and show it as a single one."""
    name, source = batch.given.files[place]
    picture = trying.kept(
        ("picture", f"{batch.key}-{place}"),
        lambda: trying.read(f"{batch.key}-{place}", trying.plain(name), source),
    )
    trying.forget_others([picture])
    st.markdown(f"`{picture.name}`")
    if picture.trouble:
        st.error(picture.trouble, icon=":material/error:")
        return
    with layout.errors_as_message():
        one = trying.answer(batch.run, picture, batch.threshold)
        trying_shown.show(batch.run, batch.threshold, one)
