"""What a new study begins from: a preset or a finished run's recipe, the images, the seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.data import sources
from engine.learning.presets import PRESETS
from engine.words.errors import CxrError
from pages.shared import cached, data_source, layout, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.runs.run import Run
    from engine.words.recipe import Recipe

MOST_SEEDS = 10
SEEDS_HELP = (
    "The seed decides the first weights, the order of the images and which ones choose. Several "
    "seeds show what luck is worth; each multiplies the trainings."
)


@dataclass(frozen=True)
class Base:
    """A recipe on images that are at hand."""

    recipe: Recipe
    catalogue: Catalogue


def choose(default: str) -> Base | None:
    """Draw the choice of recipe and images; None until the images are listed."""
    runs = {run.id: run for run in cached.runs() if _may(run)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _recipe(runs, default)
        source = _images()
        layout.link("pages/data.py", "Look at them, or add others", ":material/photo_library:")
    if source is None:
        st.markdown("Choose the images that all of its trainings learn from.")
        if st.button(
            "Take the synthetic X-rays", icon=":material/draw:", key=Key.STUDIES.of("phantom")
        ):
            state.set_current_source(data_source.PHANTOM)
            st.rerun()
        return None
    catalogue = data_source.ready(source)
    if catalogue is None:
        data_source.reading(source, "Set up the study meanwhile.")
        return None
    chosen = state.choice(Key.STUDY_BASE) or default
    if chosen in runs:
        return Base(replace(runs[chosen].recipe, data=catalogue.hash), catalogue)
    if chosen not in PRESETS:
        raise CxrError(f"There is no preset or finished run '{chosen}' (any more). Choose another.")
    return Base(PRESETS[chosen].recipe(catalogue.hash), catalogue)


def chosen(default: str) -> str:
    """The preset's name or the run's id that a new study begins from."""
    return state.choice(Key.STUDY_BASE) or default


def number(key: Key, label: str, low: int, high: int, default: int, help: str) -> int:
    """Draw a whole number that the address keeps."""
    text = state.choice(key) or ""
    value = int(text) if text.isdigit() else default
    widget = Key.STUDIES.of(key.value)
    state.put(widget, min(max(value, low), high))
    found = st.number_input(
        label,
        low,
        high,
        step=1,
        key=widget,
        help=help,
        width=140,
        on_change=lambda: state.choose(key, str(state.get(widget))),
    )
    return int(found)


def seeds() -> int:
    """Draw how many seeds there shall be."""
    return number(Key.STUDY_SEEDS, "Seeds", 1, MOST_SEEDS, 1, SEEDS_HELP)


def _recipe(runs: dict[str, Run], default: str) -> None:
    widget = Key.STUDIES.of("begin")
    names = [*PRESETS, *runs]
    current = chosen(default)
    state.put(widget, current if current in names else None)
    st.selectbox(
        "Begin from",
        names,
        format_func=lambda name: name if name in PRESETS else _named(runs[name]),
        key=widget,
        help="A preset, or the recipe of a finished run.",
        placeholder="Choose a preset or a run",
        on_change=lambda: state.choose(Key.STUDY_BASE, str(state.get(widget))),
        width=260,
    )


def _images() -> str | None:
    with layout.errors_as_message():
        names = [source.name for source in sources.list_sources()]
    current = state.current_source()
    widget = Key.STUDIES.of("source")
    state.put(widget, current if current in names else None)
    st.selectbox(
        "Images to learn from",
        names,
        key=widget,
        placeholder="Choose a source",
        on_change=lambda: state.set_current_source(str(state.get(widget))),
        width=220,
    )
    return current if current in names else None


def _may(run: Run) -> bool:
    """Whether a run's recipe can be a base: several networks together are no training."""
    return run.status == "finished" and not run.recipe.joined


def _named(run: Run) -> str:
    return f"Run {run.name} on {run.source} ({run.id[:6]})"
