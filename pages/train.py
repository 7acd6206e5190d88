"""Train: set a training up, start it, watch it learn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.data import sources
from engine.learning.presets import Preset
from pages.shared import (
    cached,
    cluster_line,
    data_source,
    handover,
    launch,
    layout,
    live,
    presets_form,
    state,
    train_form,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.words.recipe import Recipe

ICON = ":material/model_training:"


def main() -> None:
    """Draw the set-up, or the training that is watched."""
    job = state.current_job_id()
    if job:
        layout.header("How is it learning?", ICON)
        live.show(job)
        return
    layout.header("What shall it learn?", ICON)
    cluster_line.show()
    set_up()


def set_up() -> None:
    """Preset, data, knobs on one side; what it would be and the start on the other."""
    others()
    preset = presets_form.choose_preset()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        presets_form.story(preset)
        name = choose_source()
        handover.show()
        picture = st.container()
    catalogue = data_source.ready(name) if name else None
    place = train_form.Place(preset.name, version(preset))
    with left.expander("Customise every setting", icon=":material/tune:"):
        begin = handover.apply(preset.recipe(catalogue.hash if catalogue else ""))
        recipe = renamed(train_form.customise(begin, catalogue, place), begin)
        if st.button(
            f"Back to {preset.name} as it was",
            icon=":material/undo:",
            key=Key.TRAIN.of(*place.key("reset")),
        ):
            state.put(Key.TRAIN.of("version", preset.name), version(preset) + 1)
            st.rerun()
    with right.container(border=True):
        if catalogue:
            launch.card(recipe, catalogue, picture)
        else:
            no_images(name)


def choose_source() -> str | None:
    """Draw the choice of images; new ones are added on the Data page."""
    with layout.errors_as_message():
        names = [source.name for source in sources.list_sources()]
    current = state.current_source()
    key = Key.TRAIN.of("source")
    state.put(key, current if current in names else None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Images to learn from",
            names,
            key=key,
            placeholder="Choose a source",
            on_change=lambda: state.set_current_source(str(state.get(key))),
            width=280,
        )
        layout.link("pages/data.py", "Look at them, or add others", ":material/photo_library:")
    return current if current in names else None


def renamed(recipe: Recipe, begin: Recipe) -> Recipe:
    """Take the preset's name from a recipe with another network: lists would mislead."""
    same = recipe.network.name == begin.network.name
    return recipe if same else replace(recipe, preset="custom")


def version(preset: Preset) -> int:
    """Return how often this preset's knobs were put back: other keys, fresh values."""
    return int(str(state.get(Key.TRAIN.of("version", preset.name), 0)))


def no_images(name: str | None) -> None:
    """Say that the images are missing or being listed."""
    if name:
        data_source.reading(name, "Set up the training meanwhile.")
        return
    st.markdown(
        "Here you would see how many parameters the network has, how many images of each class "
        "it learns from, and how long it takes. Choose a source of images first."
    )
    if st.button("Take the synthetic X-rays", icon=":material/draw:", key=Key.TRAIN.of("phantom")):
        state.set_current_source(data_source.PHANTOM)
        st.rerun()


def others() -> None:
    """Point to trainings that go on: one's own after a reload, or someone else's."""
    open_runs = [run for run in cached.runs() if not run.ended]
    for run in open_runs[:3]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(run.status.capitalize(), color="blue", icon=":material/play_arrow:")
            st.markdown(f"{run.name} for {run.owner}", width="content")
            if st.button("Watch it", key=Key.TRAIN.of("watch", run.id), type="tertiary"):
                state.set_current_job_id(run.id)
                st.rerun()


main()
