"""Data: what the images are, how they are split, and what is wrong with them."""

from __future__ import annotations

import streamlit as st

from engine.data.catalogue import Catalogue
from engine.words.settings import settings
from pages.shared import (
    cached,
    data_charts,
    data_download,
    data_gallery,
    data_near,
    data_problems,
    data_shortcut,
    data_source,
    data_twins,
    layout,
    state,
    wording,
)
from pages.shared.state import Key

WIDE = {"displayModeBar": False}


def main() -> None:
    """Draw the page."""
    layout.header("What is in the data?", ":material/photo_library:")
    with layout.errors_as_message():
        name = data_source.choose()
    if name is None:
        nothing_chosen()
        return
    catalogue = data_source.opened(name)
    if catalogue.synthetic:
        st.markdown(f":material/draw: {data_source.SYNTHETIC}")
    data_download.credit(catalogue.name)
    overview(catalogue)
    section = st.segmented_control(
        "Show",
        list(SECTIONS),
        default="Images",
        required=True,
        key=Key.DATA_SECTION,
        persist_state="session",
        label_visibility="collapsed",
    )
    with layout.errors_as_message():
        SECTIONS[section or "Images"](catalogue)


def nothing_chosen() -> None:
    """Say what would be here, with the ways to get it."""
    layout.empty(
        "Here you would see the X-rays: how many of each class, from how many patients, in which "
        "split, and what is wrong with them. No source is chosen yet. Choose one above, add a "
        "folder or a ZIP, download the original X-rays, or begin with synthetic images, which need "
        "no download."
    )
    label = f"Draw {settings().phantom_images:,} synthetic X-rays"
    if st.button(label, icon=":material/draw:", key=Key.DATA_DRAW):
        state.set_current_source(data_source.PHANTOM)
        st.rerun()
    with st.expander("Download the original X-rays", icon=":material/download:"):
        data_download.show("page")


def overview(catalogue: Catalogue) -> None:
    """What there is, in five numbers."""
    images = catalogue.images
    twice = cached.duplicates(catalogue.hash, images)
    across = cached.crossing(catalogue.hash, "folders", catalogue)
    tiles = {
        "Images": (len(images), ""),
        "Patients": (images["patient"].nunique(), wording.TERMS["patient"]),
        "Unreadable files": (len(catalogue.unreadable), "Left out of everything, listed below."),
        "Images found twice": (len(twice), "The same bytes under more than one name."),
        "Patients in two splits": (len(across), "Seen while learning and again while judging."),
    }
    with st.container(horizontal=True, gap="large"):
        for label, (value, help_text) in tiles.items():
            st.metric(label, f"{value:,}", help=help_text or None, width="content")


def counts(catalogue: Catalogue) -> None:
    """Images and patients per split, class and kind."""
    table = data_charts.counts(catalogue.images)
    st.plotly_chart(data_charts.counts_figure(table), config=WIDE)
    st.markdown(data_charts.counts_sentence(catalogue.images))
    st.dataframe(table, hide_index=True)


def sizes(catalogue: Catalogue) -> None:
    """Pixel sizes and file formats."""
    st.plotly_chart(data_charts.size_figure(catalogue.images), config=WIDE)
    st.markdown(data_charts.size_sentence(catalogue.images))
    table = data_charts.formats(catalogue.images)
    st.dataframe(
        table,
        hide_index=True,
        column_config={"megabytes": st.column_config.NumberColumn(format="%.1f")},
    )


SECTIONS = {
    "Images": data_gallery.show,
    "Counts": counts,
    "Sizes and formats": sizes,
    "Problems": data_problems.show,
    "Near copies": data_near.show,
    "Shortcuts": data_shortcut.show,
    "Cost of a random split": data_twins.show,
}

main()
