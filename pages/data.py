"""Data: what the images are, how they are split, and what is wrong with them."""

from __future__ import annotations

import streamlit as st

from engine.data.catalogue import Catalogue
from engine.words.errors import CxrError
from engine.words.settings import settings
from pages.shared import cached, data_charts, data_gallery, data_source, layout, state, wording
from pages.shared.state import Key

SECTIONS = ("Images", "Counts", "Sizes and formats", "Problems")
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
    overview(catalogue)
    section = st.segmented_control(
        "Show",
        SECTIONS,
        default=SECTIONS[0],
        required=True,
        key=Key.DATA_SECTION,
        persist_state="session",
        label_visibility="collapsed",
    )
    {"Counts": counts, "Sizes and formats": sizes, "Problems": problems}.get(
        section or "", data_gallery.show
    )(catalogue)


def nothing_chosen() -> None:
    """Say what would be here, with the two ways to get it."""
    layout.empty(
        "Here you would see the X-rays: how many of each class, from how many patients, in which "
        "split, and what is wrong with them. No source is chosen yet. Choose one above, add a "
        "folder or a ZIP, or begin with synthetic images that need no download."
    )
    label = f"Draw {settings().phantom_images:,} synthetic X-rays"
    if st.button(label, icon=":material/draw:", key=Key.DATA_DRAW):
        state.set_current_source(data_source.PHANTOM)
        st.rerun()


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


def problems(catalogue: Catalogue) -> None:
    """Files left out, copies, and patients on both sides of a split."""
    st.subheader("Unreadable files", anchor=False)
    if catalogue.unreadable.empty:
        st.markdown("Every file could be read.")
    else:
        number = wording.count(len(catalogue.unreadable), "file")
        st.markdown(f"{number} left out, with the reason for each.")
        st.dataframe(catalogue.unreadable, hide_index=True)
    st.subheader("The same image twice", anchor=False)
    twice = cached.duplicates(catalogue.hash, catalogue.images)
    if twice.empty:
        st.markdown("No image occurs twice.")
    else:
        st.markdown(
            f"{wording.count(len(twice), 'image')} under more than one name. A copy in another "
            "split is answered from memory; a copy with another label teaches a contradiction."
        )
        st.dataframe(twice, hide_index=True)
    st.subheader("Patients on both sides", anchor=False)
    leak(catalogue, "folders", "In the folders as they came", listed=True)
    leak(catalogue, "random", "In a random split by image (20% test)")
    leak(catalogue, "patient", "In a split by patient (20% test)")


def leak(catalogue: Catalogue, kind: str, where: str, listed: bool = False) -> None:
    """Say how many patients a way of splitting puts into more than one part."""
    try:
        across = cached.crossing(catalogue.hash, kind, catalogue)
    except CxrError as error:
        st.markdown(f"{where}: not possible. {error}")
        return
    patients = catalogue.images["patient"].nunique()
    text = f"{where}: {wording.share(len(across), patients)} patients are in more than one part."
    if across.empty:
        text = f"{where}: no patient is in more than one part."
    elif kind == "random":
        text += " A model may know them again, and its score says less about new patients."
    st.markdown(text)
    if listed and len(across):
        st.dataframe(across, hide_index=True)


main()
