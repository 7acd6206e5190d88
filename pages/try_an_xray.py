"""Try an X-ray: what a finished run says of pictures that it has never seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import (
    cached_judging,
    chosen,
    layout,
    trying,
    trying_batch,
    trying_shown,
    wording,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run
    from pages.shared.trying import Answer, Picture

MEGABYTES = 50  # of one upload
ONE, MANY = "One by one", "A whole folder or ZIP"


def main() -> None:
    """Draw the page."""
    layout.header("What does the network say about this X-ray?", ":material/upload_file:")
    st.markdown(f":material/health_and_safety: {wording.NOTICE} Uploads are not kept.")
    way = st.segmented_control(
        "How many X-rays",
        [ONE, MANY],
        default=ONE,
        required=True,
        key=Key.TRY.of("way"),
        persist_state="session",
        label_visibility="collapsed",
    )
    with layout.errors_as_message():
        run = chosen.run()
        threshold = cached_judging.threshold(run.id)
        if way == MANY:
            trying_batch.show(run, threshold)
        else:
            one_by_one(run, threshold)


def one_by_one(run: Run, threshold: Threshold) -> None:
    """Uploads and samples, each answered at once."""
    pictures = choose()
    trying.forget_others(pictures)
    answered = ask(run, pictures, threshold)
    if answered:
        show(run, threshold, answered)
    elif not pictures:
        layout.empty(
            f"Here you would see what **{run.name}** says of a picture: its scores, the "
            "decision, and where the network looked. Upload an X-ray, or press a sample."
        )


def choose() -> list[Picture]:
    """Uploads and samples, each with its pixels or the reason why it has none."""
    left, right = st.columns(2, gap="medium")
    with left:
        files = st.file_uploader(
            "X-rays (JPEG, PNG, TIFF, BMP, DICOM), one or several",
            accept_multiple_files=True,
            max_upload_size=MEGABYTES,
            key=Key.TRY_FILES,
        )
    with right:
        samples = trying.samples()
    return [*trying.uploads(files), *samples]


def ask(run: Run, pictures: list[Picture], threshold: Threshold) -> list[Answer]:
    """The run's answer to each readable picture; one clear message for each other one."""
    for picture in pictures:
        if picture.trouble:
            st.error(f"`{picture.name}` was left out. {picture.trouble}", icon=":material/error:")
    readable = [picture for picture in pictures if picture.image is not None]
    answered = []
    bar = st.empty()
    for number, picture in enumerate(readable):
        if len(readable) > 3:
            bar.progress(number / len(readable), f"Asking {run.name} about {picture.name}")
        answered.append(trying.answer(run, picture, threshold))
    bar.empty()
    return answered


@st.fragment
def show(run: Run, threshold: Threshold, answered: list[Answer]) -> None:
    """A table where there are several, then one picture in full."""
    trying_shown.show(run, threshold, pick(run, answered))


def pick(run: Run, answered: list[Answer]) -> Answer:
    """All answers as a table where there are several; the one to look at in full."""
    if len(answered) == 1:
        return answered[0]
    table, choice = st.columns([2, 1], gap="medium")
    with table:
        format_ = st.column_config.NumberColumn(format="%.3f")
        st.dataframe(
            trying.table(run, answered),
            hide_index=True,
            column_config=dict.fromkeys(run.classes, format_),
        )
    with choice:
        number = st.selectbox(
            "Look at",
            range(len(answered)),
            format_func=lambda index: answered[index].picture.name,
            key=Key.TRY.of("look", *(entry.picture.key for entry in answered)),
        )
    return answered[number]


main()
