"""An ordered list of steps on the screen: each on or off, with its knobs, moved and removed.

Each step keeps a number of its own from when it was added, and its widgets are named by it: adding
or moving a step leaves the knobs of all others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.words.options import Choice, Option, Table, Value
from pages.shared import knobs, state
from pages.shared.state import Key


@dataclass(frozen=True)
class Link:
    """A step of the list: its number, and the values that its knobs begin with."""

    number: int
    begin: Choice


def edit(
    table: Table, begin: tuple[Choice, ...], place: tuple[object, ...], none: str = ""
) -> tuple[Choice, ...]:
    """Draw the list and return the steps that are on, in order.

    It begins with `begin` and is remembered under `place`, until `put` gives it other steps.
    `none` is said where the list is empty.
    """
    links = _links(begin, place)
    if not links and none:
        st.caption(none)
    steps = [_draw(table, link, links, place) for link in links]
    _add(table, links, place)
    return tuple(step for step in steps if step)


def put(steps: tuple[Choice, ...], place: tuple[object, ...]) -> None:
    """Replace the whole list, with knobs that begin anew."""
    first = _next(place)
    links = [Link(first + number, step) for number, step in enumerate(steps)]
    _keep(links, place, first + len(links))


def pick(
    label: str,
    table: Mapping[str, Any],
    key: str,
    taken: Callable[[str], None],
    help: str | None = None,
) -> None:
    """Draw a list of a table's rows by their label; a chosen one goes to `taken` at once."""

    def take() -> None:
        name = state.get(key)
        if name:
            taken(str(name))
        state.put(key, None)

    st.selectbox(
        label,
        list(table),
        index=None,
        format_func=lambda name: table[name].label,
        placeholder=label,
        label_visibility="collapsed",
        key=key,
        on_change=take,
        help=help,
    )


def line(table: Table, steps: tuple[Choice, ...]) -> str:
    """Return the steps in words: Pad to a square, then CLAHE (clip limit 2, tiles 16)."""
    return ", then ".join(_words(table[step.name], step) for step in steps)


def _words(row: Option, step: Choice) -> str:
    values = [f"{knobs.words(name).lower()} {_shown(value)}" for name, value in step.params]
    return f"{row.label} ({', '.join(values)})" if values else row.label


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _draw(table: Table, link: Link, links: list[Link], place: tuple[object, ...]) -> Choice | None:
    row = table[link.begin.name]
    own = (*place, link.number)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            on = st.toggle(
                row.label,
                value=True,
                key=Key.CHAIN.of(*own, "on"),
                help=_help(row),
                persist_state="session",
                width="stretch",
            )
            _buttons(row.label, link, links, place)
        if not on:
            return None
        values = knobs.settings(row, link.begin.kwargs, ("chain", *own))
        return Choice.of(link.begin.name, **values)


def _buttons(label: str, link: Link, links: list[Link], place: tuple[object, ...]) -> None:
    at = links.index(link)
    for name, icon, change, possible in (
        ("Earlier", "arrow_upward", lambda: _swap(links, at, at - 1, place), at > 0),
        ("Later", "arrow_downward", lambda: _swap(links, at, at + 1, place), at + 1 < len(links)),
        ("Remove", "close", lambda: _keep([*links[:at], *links[at + 1 :]], place), True),
    ):
        st.button(
            "",
            icon=f":material/{icon}:",
            type="tertiary",
            disabled=not possible,
            help=f"{name}: {label}",
            key=Key.CHAIN.of(*place, link.number, name),
            on_click=change,
        )


def _add(table: Table, links: list[Link], place: tuple[object, ...]) -> None:
    pick(
        "Add a step",
        table,
        Key.CHAIN.of(*place, "add"),
        lambda name: _keep([*links, Link(_next(place), Choice(name))], place, _next(place) + 1),
    )


def _help(row: Option) -> str:
    return f"{row.help}\n\n**When it harms:** {row.harms}" if row.harms else row.help


def _swap(links: list[Link], one: int, other: int, place: tuple[object, ...]) -> None:
    moved = list(links)
    moved[one], moved[other] = moved[other], moved[one]
    _keep(moved, place)


def _links(begin: tuple[Choice, ...], place: tuple[object, ...]) -> list[Link]:
    if state.get(Key.CHAIN.of(*place)) is None:
        put(begin, place)
    kept: list[Link] = state.get(Key.CHAIN.of(*place))  # type: ignore[assignment]
    return kept


def _keep(links: list[Link], place: tuple[object, ...], following: int | None = None) -> None:
    state.put(Key.CHAIN.of(*place), links)
    if following is not None:
        state.put(Key.CHAIN.of(*place, "next"), following)


def _next(place: tuple[object, ...]) -> int:
    return int(str(state.get(Key.CHAIN.of(*place, "next"), 0)))
