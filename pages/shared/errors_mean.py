"""The mean heat map of each cell and each class, and how two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.explaining import averages, averages_drawn, overlay, sentences_averages
from engine.judging.cases import Cell
from engine.judging.groups import Group, beside
from engine.judging.groups import groups as grouped
from pages.shared import cached_errors, errors_asked, inline, palette, state
from pages.shared.components.tiles import Tile, tiles
from pages.shared.errors_asked import CALLED
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.explaining.averages import Average
    from pages.shared.errors_asked import Asked

COUNTS = (12, 24, 48, 96)
USUAL = 24
SIDE = 420  # pixels that are sent of a picture, and of a tile
TILE = 140
OTHER = Key.EXPLAIN.of("other")
HELP = (
    "So many of each cell and class at most, drawn by lot and the same each time; more maps take "
    "longer and say more."
)


def show(asked: Asked) -> None:
    """Draw the mean of the chosen case, one to compare it with, and the difference."""
    groups = grouped(asked.scores, asked.threshold, asked.case)
    own = groups[str(asked.case)]
    if not len(own.places):
        st.markdown("No X-ray is here. Choose another cell of the confusion matrix.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        most, other = _choose_count(), groups[_choose_other(asked, groups)]
    names = asked.scores.rows["image_id"].to_numpy()
    places = {key: group.places for key, group in groups.items()}
    union, members = averages.sampled(names, places, most)
    wanted = asked.wanted(union)
    found = errors_asked.awaited(
        partial(cached_errors.means, wanted, members),
        partial(cached_errors.forget_means, wanted, members),
        "means",
    )
    if found is None:
        return
    left, middle, right = st.columns(3, gap="small")
    key = cached_errors.work_key(wanted, members)
    with left:
        _mean(asked, own, found, key)
    with middle:
        _mean(asked, other, found, key)
    with right:
        _difference(own, other, found, key)
        if asked.heat == CALLED and not _alike(own, other):
            st.caption(
                "The two hold heat for different classes. Choose one class under Heat for to "
                "compare like with like."
            )
    st.caption(sentences_averages.METHOD)
    st.subheader("Every class and every cell", anchor=False)
    _every(asked, groups, found, key)


def _choose_count() -> int:
    return int(
        st.selectbox(
            "X-rays of each",
            COUNTS,
            index=COUNTS.index(USUAL),
            format_func=lambda count: f"up to {count}",
            key=Key.EXPLAIN.of("count"),
            persist_state="session",
            help=HELP,
            width=130,
        )
    )


def _choose_other(asked: Asked, groups: dict[str, Group]) -> str:
    """Draw the choice of what to compare with; another case has another first choice."""
    own, key = str(asked.case), OTHER
    options = [name for name in groups if name != own]
    kept = state.get(key)
    state.put(key, kept if kept in options else beside(groups, asked.case))
    name = st.selectbox(
        "Compare with",
        options,
        format_func=lambda name: f"{groups[name].title}: {len(groups[name].places):,}",
        key=key,
        persist_state="session",
        width=340,
    )
    return str(name)


def _mean(asked: Asked, group: Group, found: Mapping[str, Average], key: str) -> None:
    st.markdown(f"**{group.title[0].upper()}{group.title[1:]}**")
    mean = found.get(group.key)
    if mean is None:
        st.markdown("No X-ray of it can be shown: there is none, or its file cannot be read.")
        return
    said = sentences_averages.told(mean, asked.name)
    picture = cached_errors.painted(key, group.key, SIDE, mean)
    st.image(picture, width="stretch", alt=f"Mean heat map, {group.title}. {said}")
    if mean.maps:
        scale = inline.address(overlay.scale("inferno", SIDE, 10))
        st.image(scale, width="stretch", alt="Colour scale of the mean heat map")
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.caption("no heat", width="content")
            st.caption(f"{mean.peak:.1f} times even", width="content")
    st.markdown(said)
    st.caption(sentences_averages.counted(mean, len(group.places)))


def _difference(own: Group, other: Group, found: Mapping[str, Average], key: str) -> None:
    st.markdown("**The difference:** the first without the second")
    if own.key not in found or other.key not in found:
        st.markdown("There is nothing to compare.")
        return
    one, two = found[own.key], found[other.key]
    apart = cached_errors.difference(key, own.key, other.key, one, two)
    said = sentences_averages.apart(apart, own.title, other.title)
    if apart is not None:
        picture = cached_errors.contrasted(key, own.key, other.key, SIDE, one, apart)
        st.image(picture, width="stretch", alt=f"Difference of two means. {said}")
        colours = palette.rgb(palette.MORE), palette.rgb(palette.LESS)
        ramp = averages_drawn.ramp(SIDE, 10, *colours)
        st.image(inline.address(ramp), width="stretch", alt="Colour scale of the difference")
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.caption("less heat", width="content")
            st.caption("more", width="content")
    st.markdown(said)


def _alike(own: Group, other: Group) -> bool:
    """Whether all X-rays of both were called the same class."""
    called = {group.case.said if isinstance(group.case, Cell) else -1 for group in (own, other)}
    return len(called) == 1 and -1 not in called


def _every(
    asked: Asked, groups: Mapping[str, Group], found: Mapping[str, Average], work: str
) -> None:
    """Draw all means as tiles: a cell's is chosen when pressed, a class's is compared with."""

    def press(key: str) -> None:
        if key not in groups:
            return
        if isinstance(groups[key].case, Cell):
            state.choose(Key.EXPLAIN_CELL, key)
            state.drop(OTHER)
        else:
            state.put(OTHER, key)

    shown = [_tile(asked, group, found.get(key), work) for key, group in groups.items()]
    side = 600 // (len(asked.scores.classes) + 1) - 12  # a row for each class
    tiles(shown, press, Key.EXPLAIN.of("means"), "Mean heat maps; press one to choose it", side)
    st.caption(
        "Press a cell to see it above, a class to compare with it. Hatched: called wrongly. A "
        "class's mean holds its cells' X-rays in the proportion in which they occur."
    )


def _tile(asked: Asked, group: Group, mean: Average | None, work: str) -> Tile:
    title = group.title[0].upper() + group.title[1:]
    said, picture, broken = "", "", "No X-ray"
    if mean:
        picture, broken = cached_errors.painted(work, group.key, TILE * 2, mean), ""
        said = sentences_averages.short(mean)
    count = f"{mean.images if mean else 0:,} of {len(group.places):,}"
    classes = asked.scores.classes
    return Tile(
        id=group.key,
        picture=picture,
        broken=broken,
        lines=(title, count, said),
        label=f"{title}: mean of {count} heat maps; {said or 'none'}",
        hue=palette.REST if group.true is None else palette.class_colour(classes[group.true]),
        right=group.right,
    )
