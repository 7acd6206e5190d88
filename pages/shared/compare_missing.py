"""Compare, the imbalance lab: the strategies that nobody has trained yet, queued with one press."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import verdicts
from engine.judging.spread import NO_STRATEGY
from engine.learning import rules
from engine.learning.imbalance import STRATEGIES
from engine.words.errors import CxrError
from engine.words.options import Choice
from pages.shared import cached, launch, layout, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run
    from engine.words.recipe import Recipe


def offer(run: Run, there: set[str]) -> None:
    """Offer to train the run's recipe under each strategy that is not there, all else equal."""
    absent = [key for key in STRATEGIES if key not in there]
    if not absent:
        return
    with st.container(border=True):
        had = named(run.recipe.imbalance.name).lower()
        st.markdown(
            f"**Not trained yet**: {verdicts.listed([named(name) for name in absent])}. "
            f"{run.name} was trained with {had}; its recipe under another one, all else equal, "
            "joins this picture."
        )
        root, by_name = cached.folder_of(run.id)
        if root is None or by_name:
            st.caption(f"{run.name}'s own images are not on this machine: add them to train on.")
            layout.link("pages/data.py", "Add the images", ":material/photo_library:")
            return
        chosen = st.pills(
            "Train its recipe with",
            absent,
            default=absent,
            selection_mode="multi",
            format_func=named,
            key=Key.COMPARE.of("missing", run.id),
        )
        _button(run, chosen)


def named(strategy: str) -> str:
    """Return a strategy's name as it stands beside others."""
    return "No strategy" if strategy == NO_STRATEGY else STRATEGIES[strategy].label


def recipe_with(recipe: Recipe, strategy: str) -> Recipe:
    """Return the recipe under another strategy, all else equal; raise CxrError on nonsense."""
    return rules.check(replace(recipe, imbalance=Choice(strategy)))


def _button(run: Run, chosen: list[str]) -> None:
    done = st.container()
    if not st.button(
        f"Queue {wording.count(len(chosen), 'training')}",
        icon=":material/playlist_add:",
        type="primary",
        disabled=not chosen,
        key=Key.COMPARE.of("missing", run.id, "go"),
    ):
        return
    queued, refused = [], []
    for strategy in chosen:
        try:
            launch.enqueue(recipe_with(run.recipe, strategy), run.source, launch.GUEST)
            queued.append(named(strategy))
        except CxrError as error:
            refused.append(f"{named(strategy)} was not queued. {error}")
    with done:
        if queued:
            st.success(f"In the queue: {verdicts.listed(queued)}. Each joins when it has finished.")
            layout.link("pages/queue.py", "Watch the queue", ":material/pending_actions:")
        for said in refused:
            st.error(said, icon=":material/error:")
