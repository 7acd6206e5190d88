"""The Data page's gallery: filter, page through, look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.shared import gallery, wording
from pages.shared.data_charts import KINDS, PART_NAMES, PARTS
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue


def show(catalogue: Catalogue) -> None:
    """Draw the filters and one page of images."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Filter", icon=":material/filter_alt:"):
            images = _filtered(catalogue.images)
        patients = wording.count(images["patient"].nunique(), "patient")
        st.caption(f"{wording.count(len(images), 'image')} of {patients}", width="content")
    if images.empty:
        st.markdown("No image fits these filters. Clear one of them.")
        return
    gallery.show(images, catalogue.root, caption, "data")


def caption(row: object) -> str:
    """Return what stands under an image: class, kind, patient and size."""
    kind = f" ({row.kind})" if row.kind and row.kind != row.label.lower() else ""
    return f"**{row.label}**{kind}  \n{row.patient}  \n{row.width} x {row.height} px"


def _filtered(images: pd.DataFrame) -> pd.DataFrame:
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
