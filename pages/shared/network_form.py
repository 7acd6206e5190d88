"""The network's knobs: which one, where it ends, what decides, which layers learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.learning.backbones import BACKBONES, Backbone
from engine.learning.networks import HEADS, NETWORKS
from engine.learning.regimes import REGIMES
from engine.words.options import Choice
from pages.shared import knobs
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.words.recipe import Recipe
    from pages.shared.train_form import Place

WHOLE, NUMBER = "", "number"
DECIDING = {name: row for name, row in HEADS.items() if name != "own"}
OWN = Choice("own"), Choice("scratch")
FIRST = Choice("gap"), Choice("frozen")  # where a backbone takes the place of an own network


def network(chosen: Choice, place: Place) -> Choice:
    """Draw the choice of a network with its knobs; a backbone has weights and a cut point."""
    picked = knobs.choose("Network", NETWORKS, chosen, place.key("network"))
    begin = chosen if chosen.name == picked else Choice(picked)
    row = BACKBONES.get(picked)
    if row is None:
        values = knobs.settings(NETWORKS[picked], begin.kwargs, place.key("network", picked))
        return Choice.of(picked, **values)
    left, right = st.columns(2)
    with left:
        weights = knobs.knob(
            "What it knows at the start",
            row.params["weights"],
            begin.kwargs.get("weights", "imagenet"),
            Key.TRAIN.of(*place.key("network", picked, "weights")),
        )
    with right:
        end = _cut(row, str(begin.kwargs.get("cut", WHOLE)), place.key("network", picked, "cut"))
    return Choice.of(picked, weights=weights, cut=end)


def _cut(row: Backbone, begin: str, place: tuple[object, ...]) -> str:
    """Draw where a backbone ends: one of its named points, or any layer by its number."""
    named = {
        begin if begin == str(number) else name: (number, words)
        for name, (number, words) in row.cuts.items()
    }

    def words(cut: str) -> str:
        if cut in named:
            number, text = named[cut]
            return f"{text[:1].upper()}{text[1:]} (layer {number})"
        return "The whole backbone" if cut == WHOLE else "Another layer, by its number"

    options = [WHOLE, *named, NUMBER]
    cut = st.selectbox(
        "It ends",
        options,
        index=options.index(begin if begin in options else NUMBER),
        format_func=words,
        key=Key.TRAIN.of(*place),
        help="What a cut leaves out never runs: early layers see edges, late ones whole shapes.",
        persist_state="session",
    )
    if cut != NUMBER:
        return cut
    last = row.layers - 1
    number = st.number_input(
        f"Number of its last layer, 1 to {last}",
        min_value=1,
        max_value=last,
        value=int(begin) if begin.isdigit() else last,
        key=Key.TRAIN.of(*place, NUMBER),
        persist_state="session",
    )
    return str(number)


def head(recipe: Recipe, network: Choice, place: Place) -> Choice:
    """Draw what decides on a backbone; a network from scratch ends in its own layers."""
    if network.name not in BACKBONES:
        st.caption(f"{HEADS['own'].help} A backbone has a head to choose.")
        return OWN[0]
    begin = recipe.head if recipe.head.name != "own" else FIRST[0]
    return knobs.option("Head: what decides", DECIDING, begin, place.key("head"))


def regime(recipe: Recipe, network: Choice, place: Place) -> Choice:
    """Draw which layers learn; a network from scratch has nothing to keep."""
    if network.name not in BACKBONES:
        st.markdown("**From scratch.** Every layer learns, from random weights.")
        st.caption("Frozen and fine-tuned layers need a pretrained backbone: see Network.")
        return OWN[1]
    begin = recipe.regime if recipe.network.name in BACKBONES else FIRST[1]
    return knobs.option("Which layers learn", REGIMES, begin, place.key("regime"))


def size_hint(network: Choice) -> str:
    """Say at which size a backbone learned; empty for other networks."""
    row = BACKBONES.get(network.name)
    if row is None:
        return ""
    return f" {row.label} learned at {row.size} and takes at least {row.smallest}."
