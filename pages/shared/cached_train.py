"""Thin caches over what is known of a training before it starts, shared by all visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.learning import preparing
from engine.words.files import digest_json

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.learning.forecast import Forecast
    from engine.learning.preparing import Outline
    from engine.words.recipe import Recipe

# What the outline depends on: a turn of any other knob finds it.
OUTLINING = ("data", "task", "split", "seed", "exclude", "imbalance", "size", "preprocessing")
FRESH = 5  # seconds after which the caches on disk are looked at again


def outline(recipe: Recipe, catalogue: Catalogue) -> Outline:
    """Return who would learn from what; raise CxrError where the images do not allow it."""
    key = digest_json({name: recipe.to_json()[name] for name in OUTLINING})
    return _outline(key, recipe, catalogue)


def forecast(recipe: Recipe, here: Outline) -> Forecast:
    """Return what a checked recipe would be and do; raise CxrError (imports Keras)."""
    return _forecast(recipe.hash, recipe, here)


@st.cache_resource(max_entries=64, show_spinner=False)
def _outline(key: str, _recipe: Recipe, _catalogue: Catalogue) -> Outline:
    return preparing.outline(_recipe, _catalogue)


@st.cache_resource(max_entries=128, ttl=FRESH, show_spinner=False)
def _forecast(key: str, _recipe: Recipe, _here: Outline) -> Forecast:
    from engine.learning.forecast import foresee

    return foresee(_recipe, _here)


@st.cache_data(max_entries=64, ttl=600, show_spinner=False)
def kept(run_id: str) -> list[dict[str, Any]]:
    """Return what a finished training computed once: its notes, one a phase."""
    from engine.runs import store

    return list(store.meta(run_id).get("kept", []))
