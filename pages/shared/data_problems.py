"""The Data page's problems: files left out, copies, and patients on both sides of a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.data import intake
from engine.words.errors import CxrError
from pages.shared import cached, cached_honesty, wording

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue


def show(catalogue: Catalogue) -> None:
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
    taken = intake.read(catalogue.root)
    if taken and taken.copies:
        copies = wording.count(len(taken.copies), "copy", "copies")
        st.markdown(f"{copies} within one class left out when this was uploaded.")
        st.dataframe(pd.DataFrame(taken.copies, columns=["left out", "same as"]), hide_index=True)
    st.subheader("Patients on both sides", anchor=False)
    _leak(catalogue, "folders", "In the folders as they came", listed=True)
    _leak(catalogue, "random", "In a random split by image (20% test)")
    _leak(catalogue, "patient", "In a split by patient (20% test)")
    seen, sick = cached_honesty.mistaken_patients(catalogue.hash, catalogue.images)
    if seen:
        st.caption(
            "A patient is a kind and a number, since files number bacterial and viral patients "
            f"from 1 each. Whoever takes the number alone finds {wording.share(seen, sick)} of the "
            "sick test patients in training: other children of the same number."
        )


def _leak(catalogue: Catalogue, kind: str, where: str, listed: bool = False) -> None:
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
