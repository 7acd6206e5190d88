"""What is kept of the audit of a source, and of where a run's figures come from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached

if TYPE_CHECKING:
    from engine.judging.provenance import Provenance
    from engine.judging.thresholds import Threshold


def provenance(
    run_id: str, split: str, threshold: Threshold | None, look: bool = False
) -> Provenance:
    """Return where a run's figures come from; with `look` the images on this machine count too."""
    state, note = data_state(run_id) if look else ("unknown", "")
    found = _provenance(run_id, split)
    return replace(found, threshold=threshold, data_state=state, data_note=note)


@st.cache_resource(max_entries=128, ttl=600, show_spinner=False)
def _provenance(run_id: str, split: str) -> Provenance:
    from engine.judging import provenance as judging

    return judging.provenance(cached.run(run_id), cached.predictions(run_id), split, None)


@st.cache_data(max_entries=128, ttl=600, show_spinner=False)
def sizes(run_id: str) -> dict[str, int]:
    """Return how many images of each split have stored scores."""
    counts = cached.predictions(run_id)["split"].value_counts()
    return {str(name): int(count) for name, count in counts.items()}


@st.cache_data(max_entries=64, ttl=60, show_spinner="Comparing the images")
def data_state(run_id: str) -> tuple[str, str]:
    """Say whether a run's images are still here (a key of DATA_STATES), and which files differ."""
    from engine.data import changes, sources

    root, by_name = cached.folder_of(run_id)
    if root is None:
        return "missing", ""
    if not by_name:
        return "same", ""
    found = changes.since(root, cached.predictions(run_id))
    names = {source.path: source.name for source in sources.list_sources()}
    own = names.get(root) == cached.run(run_id).source
    return "changed" if own else "copies", found.sentence if found else ""


cached.FOLLOWING += [_provenance, sizes, data_state]
