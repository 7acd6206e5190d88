"""Prepare's view of what a network receives: its size, its scaling, its channels."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.learning import scaling
from engine.learning.backbones import BACKBONES
from engine.learning.networks import NETWORKS
from engine.learning.presets import PRESETS
from engine.vision.effects import histogram
from engine.words.recipe import LIMITS
from pages.shared import charts, charts_prepare
from pages.shared.prepare_pictures import Picture, prepared
from pages.shared.prepare_views import Steps, crisp, show
from pages.shared.state import Key

FIRST = "mobilenetv2"
LEVELS = np.arange(256, dtype=np.uint8)[None]


def choose() -> tuple[str, int]:
    """Draw the choice of network and image size; return both."""
    names = list(NETWORKS)
    network = st.selectbox(
        "Network",
        names,
        index=names.index(FIRST),
        format_func=lambda name: NETWORKS[name].label,
        key=Key.PREPARE.of("network"),
        persist_state="session",
        width=190,
    )
    low, high = next((low, high) for field, low, high in LIMITS if field == "size")
    size = st.number_input(
        "Image size, pixels",
        min_value=low,
        max_value=high,
        value=usual_size(network),
        step=1,
        key=Key.PREPARE.of("size", network),
        persist_state="session",
        help="The side of the square that the network sees: a recipe's image size.",
        width=150,
    )
    return network, int(size)


def usual_size(network: str) -> int:
    """Return the size a network is used with: a backbone's own, else its largest preset's."""
    if network in BACKBONES:
        return BACKBONES[network].size
    found = [preset.settings for preset in PRESETS.values()]
    sizes = [int(own["size"]) for own in found if own["network"].name == network and "size" in own]
    return max(sizes, default=224)


def what_it_sees(network: str, one: Picture, size: int, steps: Steps) -> None:
    """The channels as the first learned layer receives them, as pictures and as values."""
    style, grey = scaling.style_of(network), prepared(one, size, steps)
    # A channel's value follows from the grey value alone: 256 of each say everything.
    table, shares = scaling.scaled(LEVELS, network)[0], histogram(grey)
    there = table[shares > 0]
    low, high = scaling.reach(network)
    st.markdown(
        f"**{NETWORKS[network].label}** receives {size} x {size} x {table.shape[1]} numbers: from "
        f"**{there.min():.3g}** to **{there.max():.3g}**, mean **{(shares @ table).mean():.3g}**; "
        f"possible is {low:.4g} to {high:.4g}."
    )
    small = crisp(grey)
    columns = st.columns(3, gap="small")
    for number, (column, name) in enumerate(zip(columns, style.channels, strict=False)):
        values, own = table[:, number], there[:, number]
        drawn = np.rint((values - low) * (255 / (high - low))).astype(np.uint8)
        with column:
            show(drawn[small], f"Channel {number + 1}, {name}")
            st.caption(
                f"Channel {number + 1}, {name}: {own.min():.3g} to {own.max():.3g}, mean "
                f"{shares @ values:.3g}"
            )
    figure = charts_prepare.channels(table, shares, style.channels)
    st.plotly_chart(
        figure, config=charts.CONFIG, key=Key.PREPARE.of("channels"), alt="Values of each channel"
    )
    st.markdown(f"Scaling **{style.name}**: `{style.formula}`. {style.words}")
    st.caption(
        "All channels are drawn on one scale, from the lowest possible value (black) to the "
        "highest (white). The scaling is part of the saved network, so a recipe has no step for it."
    )
