"""The first batch as the network will see it: exactly the pictures of batch 1, in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning import rules
from engine.learning.presets import PRESETS
from engine.learning.regimes import kept
from pages.shared import (
    cached,
    cached_augment,
    cached_train,
    data_source,
    inline,
    layout,
    left_out,
    state,
    train_form,
    wording,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.learning.first_batch import Shown
    from engine.words.options import Choice
    from engine.words.recipe import Recipe

RUN = "run"
BEGIN = "A5"  # oversampled with augmented copies: there is something to see
MOST = 48  # pictures that are shown
SIDE = 104


def show(steps: tuple[Choice, ...]) -> None:
    """Draw the choice of recipe and the grid."""
    name = state.current_source()
    catalogue = data_source.ready(name) if name else None
    if catalogue is None:
        _missing(name)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recipe = rules.check(_recipe(catalogue, steps))
        if not left_out.is_counted(recipe, catalogue):
            return
        here = cached_train.outline(recipe, catalogue)
        member = _member(len(here.plans))
    views = _views(recipe, catalogue)
    shown = cached_augment.first_batch(recipe, catalogue, here, member, views)
    st.markdown(summary(shown, recipe, views))
    with st.container(horizontal=True, gap="xsmall"):
        for picture in shown[:MOST]:
            with st.container(width=SIDE, gap="xxsmall"):
                alt = f"{picture.label}, picture {picture.row} of the source"
                st.image(inline.address(picture.image), width=SIDE, alt=alt)
                st.caption(caption(picture))
    if len(shown) > MOST:
        st.caption(f"The first {MOST} of {len(shown)} pictures.")
    st.caption(
        f"The source is {catalogue.name}; seed {recipe.seed}, {recipe.size} x {recipe.size} "
        "pixels. Training draws from the same code: these are its pictures to the pixel."
    )


def caption(picture: Shown) -> str:
    """Return what stands under a picture: class, copy or repeat, weight."""
    lines = [f"**{picture.label}**"]
    if picture.copy:
        lines.append(f":material/content_copy: copy {picture.copy}")
    if picture.times > 1:
        lines.append(f":material/repeat: {picture.times} an epoch")
    if picture.weight != 1:
        lines.append(f"weighs {picture.weight:.2f}")
    return "  \n".join(lines)


def summary(shown: tuple[Shown, ...], recipe: Recipe, views: int) -> str:
    """Say what the batch is made of."""
    classes = [picture.label for picture in shown]
    parts = [f"{classes.count(name)} {name}" for name in sorted(set(classes))]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    said = f"Batch 1 has {wording.count(len(shown), 'picture')}: {listed}. "
    copies = sum(picture.copy > 0 for picture in shown)
    again = sum(picture.times > 1 for picture in shown)
    if copies:
        said += f"{_are(copies, 'an augmented copy', 'augmented copies')}, the same in each epoch. "
    if again:
        said += f"{_are(again, 'of an image', 'of images')} that an epoch shows more than once. "
    if not recipe.augmentation:
        return said + "Nothing else is varied: the next epoch shows the same pictures."
    if views:
        return said + f"Each is one of {views} kept versions, drawn once for all epochs."
    return said + "Each is drawn anew in every epoch."


def _are(number: int, one: str, several: str) -> str:
    return f"{number} {'is ' + one if number == 1 else 'are ' + several}"


def _recipe(catalogue: Catalogue, steps: tuple[Choice, ...]) -> Recipe:
    run_id = state.current_run_id()
    run = cached.run(run_id) if run_id else None
    names = [RUN, *PRESETS] if run else list(PRESETS)
    name = st.selectbox(
        "Recipe",
        names,
        index=names.index(BEGIN),
        format_func=lambda name: (
            f"The chosen run: {run.name}" if run and name == RUN else PRESETS[name].title
        ),
        key=Key.AUGMENT.of("recipe", bool(run)),
        persist_state="session",
        width=280,
    )
    own = st.toggle(
        "With the steps composed here",
        key=Key.AUGMENT.of("own"),
        persist_state="session",
        help="Else with the recipe's own augmentation.",
    )
    recipe = run.recipe if run and name == RUN else PRESETS[name].recipe(catalogue.hash)
    if run and name == RUN and recipe.data != catalogue.hash:
        st.caption(f"{run.name} learned from other images: this is its recipe on these.")
    recipe = replace(recipe, data=catalogue.hash)
    split = replace(recipe.split, kind=train_form.begin_split(recipe, catalogue))
    return replace(recipe, split=split, augmentation=steps if own else recipe.augmentation)


def _member(members: int) -> int:
    if members == 1:
        return 0
    number = st.number_input("Member", 1, members, 1, key=Key.AUGMENT.of("member"), width=110)
    return int(number) - 1


def _views(recipe: Recipe, catalogue: Catalogue) -> int:
    """Return how many versions of each picture are kept; Keras is asked only where some may be."""
    if not recipe.augmentation or not kept(recipe):
        return 0
    with st.spinner("Loading TensorFlow: it tells what of this network is computed once"):
        told = cached_train.forecast(recipe, cached_train.outline(recipe, catalogue))
    caching = told.steps[0].caching
    return caching.views if caching.cut is not None else 0


def _missing(name: str | None) -> None:
    if name:
        data_source.reading(name, "The first batch is drawn when the images are listed.")
        return
    layout.empty(
        "**The first batch of a training would be here**, picture by picture, as the network gets "
        "it: order, copies and repeats included. It needs a source of images: choose one at the "
        "top of the page, or take the synthetic ones."
    )
    if st.button(
        "Take the synthetic X-rays", icon=":material/draw:", key=Key.AUGMENT.of("phantom")
    ):
        state.set_current_source(data_source.PHANTOM)
        st.rerun()
