"""What Prepare, Augment and Quality give to a training: Train begins with it and can drop it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning import excluding
from engine.vision import augmentation, preprocessing
from engine.words.options import Choice
from pages.shared import chain, layout, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.words.recipe import Recipe

# part of a recipe -> what it is called, its value in words, the page that composes it
PARTS = {
    "preprocessing": (
        "Preprocessing",
        partial(chain.line, preprocessing.STEPS),
        "pages/prepare.py",
    ),
    "augmentation": ("Augmentation", partial(chain.line, augmentation.STEPS), "pages/augment.py"),
    "exclude": ("Left out of training", excluding.words, "pages/quality.py"),
}


def offer(part: str, value: tuple[Choice, ...]) -> None:
    """Let the next training begin with `value` as that part of its recipe."""
    state.put(Key.HANDOVER.of(part), value)


def offered(part: str) -> tuple[Choice, ...] | None:
    """Return what was offered for a part; None where nothing was."""
    value = state.get(Key.HANDOVER.of(part))
    return value if isinstance(value, tuple) else None


def drop(part: str) -> None:
    """Forget what was offered."""
    state.drop(Key.HANDOVER.of(part))


def apply(recipe: Recipe) -> Recipe:
    """Return the recipe with every offered part in place of its own."""
    given = {part: offered(part) for part in PARTS}
    return replace(recipe, **{part: value for part, value in given.items() if value is not None})


def show() -> None:
    """Draw what was offered, with the way back to where it was composed and one to drop it."""
    for part, (label, words, page) in PARTS.items():
        steps = offered(part)
        if steps is None:
            continue
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            said = words(steps) or "none"
            st.markdown(f"**{label}**: {said}", width="stretch")
            layout.link(page, "Change it", ":material/edit:")
            st.button(
                "Drop it",
                icon=":material/close:",
                type="tertiary",
                key=Key.HANDOVER.of(part, "drop"),
                help="Take the preset's own instead.",
                on_click=lambda part=part: drop(part),
            )
