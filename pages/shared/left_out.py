"""Before launch: the images that a recipe leaves out, and the search that must come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.learning import excluding
from pages.shared import quality_search, wording

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.learning.preparing import Planned
    from engine.words.recipe import Recipe


def is_counted(recipe: Recipe, catalogue: Catalogue) -> bool:
    """Say whether it is known what a recipe leaves out; else draw how far the search is."""
    if not recipe.exclude:
        return True
    if quality_search.found(catalogue) is None:
        st.caption("Which images it leaves out is known when all have been looked at.")
        return False
    return True


def sentence(planned: Planned, recipe: Recipe) -> str:
    """Say how many images of each class neither teach nor choose."""
    counts = planned.table["excluded"]
    own = planned.table[["train", "validation", "excluded"]].sum(axis=1)
    parts = [f"{wording.share(int(counts[name]), int(own[name]))} {name}" for name in counts.index]
    return (
        f"Left out of training and validation for {excluding.words(recipe.exclude)}: "
        f"{', '.join(parts)}. Test images are never left out."
    )
