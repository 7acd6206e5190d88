"""The Data page's gallery: filter, page through, look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.words.errors import CxrError
from pages.shared import cached, wording
from pages.shared.data_charts import KINDS, PART_NAMES, PARTS
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue

PER_PAGE = 18
SIDE = 224  # pixels; larger images are shrunk, smaller ones keep their size


def show(catalogue: Catalogue) -> None:
    """Draw the filters and one page of images."""
    images = _filtered(catalogue.images)
    if images.empty:
        st.markdown("No image fits these filters. Clear one of them.")
        return
    pages = -(-len(images) // PER_PAGE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            "Page", 1, pages, key=Key.DATA_PAGE.of(len(images)), persist_state="session", width=140
        )
        st.markdown(f"of {pages:,}: {wording.count(len(images), 'image')}")
    first = (int(number) - 1) * PER_PAGE
    with st.container(horizontal=True, gap="small"):
        for row in images.iloc[first : first + PER_PAGE].itertuples():
            _tile(catalogue, row)


def _filtered(images: pd.DataFrame) -> pd.DataFrame:
    with st.container(horizontal=True):
        wanted = {
            "split": _pick("Split", Key.DATA_SPLIT, images["split"], PARTS),
            "label": _pick("Class", Key.DATA_LABEL, images["label"]),
            "kind": _pick("Kind", Key.DATA_KIND, images["kind"], KINDS),
        }
        patient = st.text_input(
            "Patient or file",
            key=Key.DATA_PATIENT,
            persist_state="session",
            placeholder="such as bacteria-1000",
            width=220,
        )
    for column, values in wanted.items():
        if values:
            images = images[images[column].isin(values)]
    if patient.strip():
        text = patient.strip()
        named = images["patient"].str.contains(text, case=False, regex=False)
        named |= images["file"].str.contains(text, case=False, regex=False)
        images = images[named]
    return images


def _pick(label: str, key: Key, column: pd.Series, order: tuple[str, ...] = ()) -> list[str]:
    there = set(column)
    options = [value for value in order if value in there] or sorted(there)
    if len(options) < 2:
        return []
    return st.pills(
        label,
        options,
        selection_mode="multi",
        format_func=lambda value: PART_NAMES.get(value, value) or "unknown",
        key=key,
        persist_state="session",
    )


def _tile(catalogue: Catalogue, row: object) -> None:
    with st.container(width=SIDE, gap="xsmall"):
        try:
            picture = cached.picture(str(catalogue.root / row.file), row.image_id, SIDE)
        except CxrError as error:
            st.caption(str(error))
            return
        st.image(picture, alt=f"Chest X-ray {row.file}")
        kind = f" ({row.kind})" if row.kind and row.kind != row.label.lower() else ""
        st.caption(f"**{row.label}**{kind} · {row.patient} · {row.width} x {row.height}")
