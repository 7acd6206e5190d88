"""What is kept of the audit of a source, and of where a run's figures come from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shared import cached, cached_judging
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue
    from engine.judging.provenance import Provenance
    from engine.judging.thresholds import Threshold
    from engine.learning.shortcut import Shortcut
    from engine.words.recipe import Split


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


# The audit of a source: long, so each runs in a thread of its own, kept by content hash -----------


@st.cache_resource(max_entries=8, show_spinner=False)
def near_copies(data_hash: str, _catalogue: Catalogue) -> Work[pd.DataFrame]:
    """Return the search for near copies (see likeness.near_copies), begun where it was not."""

    def make(report: Report) -> pd.DataFrame:
        from engine.data import likeness

        return likeness.near_copies(_catalogue, report)

    return Work(make, f"near copies {data_hash}", "Looking for near copies")


@st.cache_resource(max_entries=16, show_spinner=False)
def shortcut(data_hash: str, split: Split, seed: int, _catalogue: Catalogue) -> Work[Shortcut]:
    """Return the classifiers that see how files are stored, trained under a split."""

    def make(report: Report) -> Shortcut:
        from engine.learning import shortcut as learning

        return learning.measure(_catalogue, split, seed, report)

    return Work(make, f"shortcut {data_hash}", "Measuring brightness")


@st.cache_data(max_entries=32, show_spinner=False)
def leaked(
    data_hash: str, kind: str, alike: float, _catalogue: Catalogue, _pairs: pd.DataFrame
) -> dict[str, int]:
    """Count the test images that training has seen, under a way of splitting (see leaks)."""
    from engine.data import audit

    chosen = _pairs[_pairs["alike"] >= alike]
    return audit.leaked(_catalogue.images, _parts(data_hash, kind, _catalogue), chosen)


@st.cache_resource(max_entries=32, show_spinner=False)
def _parts(data_hash: str, kind: str, _catalogue: Catalogue) -> pd.Series:
    from pages.shared import leaks

    return leaks.parts(_catalogue, kind)


@st.cache_data(max_entries=32, show_spinner=False)
def mistaken_patients(data_hash: str, _images: pd.DataFrame) -> tuple[int, int]:
    """Count the sick test patients whose number alone is in training too, and all of them."""
    from engine.data import audit

    return audit.mistaken_patients(_images, _images["split"])


@st.cache_data(max_entries=64, ttl=600, show_spinner=False)
def areas(data_hash: str, split: Split, seed: int, _found: Shortcut) -> dict[str, float | None]:
    """Return the test AUC of each of a shortcut's classifiers."""
    from engine.judging.curves import auc
    from engine.judging.scores import Scores

    tables = _found.predictions.items()
    return {name: auc(Scores.of(table, "test", _found.classes)) for name, table in tables}


def summary(run_id: str) -> dict[str, Any]:
    """Return a run's figures on its test images."""
    return cached_judging.summary(run_id, "test")
