"""The X-rays that Augment works on: some of the current source's, else drawn phantoms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from engine.words.options import Choice
from pages.shared import cached_augment, data_source, handover, state
from pages.shared.standing import PICTURES
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue

SIZE = 224  # pixels a side that the pictures are looked at with
PADDED = (Choice("pad"),)
OTHERS = Key.AUGMENT.of("others")
STEP = 100  # phantom patients between one choice and the next


@dataclass(frozen=True)
class Sample:
    """An X-ray to draw from: a file of the source, or a phantom's kind and patient."""

    key: str
    caption: str
    path: str = ""
    kind: str = ""
    patient: int = 0


def choose(count: int) -> list[Sample]:
    """Return `count` X-rays of different classes; other ones at each press of the button."""
    number = int(str(state.get(OTHERS, 0)))
    catalogue = _source()
    return _files(catalogue, count, number) if catalogue else _phantoms(count, number)


def other_button() -> None:
    """Draw the button that takes other X-rays."""
    number = int(str(state.get(OTHERS, 0)))
    st.button(
        "Other X-rays",
        icon=":material/photo_library:",
        key=Key.AUGMENT.of("take"),
        on_click=lambda: state.put(OTHERS, number + 1),
    )


def seen(sample: Sample, size: int = SIZE, steps: tuple[Choice, ...] | None = None) -> np.ndarray:
    """Return what a network of this input size sees of an X-ray: (size, size) uint8.

    Without steps, the preprocessing that was composed on Prepare, else padding to a square.
    """
    return cached_augment.seen(sample, size, steps or prepared())


def prepared() -> tuple[Choice, ...]:
    """Return the preprocessing in use."""
    return handover.offered("preprocessing") or PADDED


def _source() -> Catalogue | None:
    name = state.current_source()
    catalogue = data_source.ready(name) if name else None
    if name and catalogue is None:
        data_source.reading(name, "Drawn phantoms meanwhile.")
    elif catalogue is None:
        st.caption(
            "Drawn phantoms: no source of images is chosen. Choose one at the top of the page."
        )
    return catalogue


def _files(catalogue: Catalogue, count: int, number: int) -> list[Sample]:
    images = catalogue.images
    training = images[images["split"] == "train"]
    images = training if len(training) else images
    groups = [group for _, group in images.groupby(["label", "kind"], sort=True)]
    random = np.random.default_rng(number)
    orders = [random.permutation(len(group)) for group in groups]
    found: list[Sample] = []
    for place in range(count):
        group, turn = groups[place % len(groups)], place // len(groups)
        row = group.iloc[int(orders[place % len(groups)][turn % len(group)])]
        found.append(_sample(catalogue, row))
    return found


def _sample(catalogue: Catalogue, row: pd.Series) -> Sample:
    kind = f" ({row['kind']})" if row["kind"] and row["kind"] != row["label"].lower() else ""
    caption = f"**{row['label']}**{kind}  \n{row['patient']}"
    return Sample(row["image_id"], caption, str(catalogue.root / row["file"]))


def _phantoms(count: int, number: int) -> list[Sample]:
    kinds = list(PICTURES)
    found = []
    for place in range(count):
        kind = kinds[place % len(kinds)]
        patient = PICTURES[kind] + STEP * number + place // len(kinds)
        label = "NORMAL" if kind == "normal" else "PNEUMONIA"
        shown = f"**{label}**" + ("" if kind == "normal" else f" ({kind})")
        found.append(
            Sample(f"{kind}-{patient}", f"{shown}  \ndrawn, no patient", "", kind, patient)
        )
    return found
