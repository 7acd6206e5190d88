"""Knobs drawn from the option tables: what a row says of itself is what the screen shows."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from engine.learning.optimizers import OPTIMIZERS
from engine.words.options import Choice, Option, Param, Table, Value
from pages.shared.state import Key

ABREAST = 3  # knobs side by side
SPAN = 64  # whole numbers over no more than this have a slider
FINE = 200  # a slider has about this many stops: smaller values are typed
NAMES = {
    "val_loss": "validation loss",
    "val_accuracy": "validation accuracy",
    "sigma": "width (sigma)",
    "limit": "limit",
    "imagenet": "ImageNet photos",
    "random": "nothing (random)",
    "sigmoid": "one sigmoid unit",
    "sigmoids": "a sigmoid unit per class",
    "softmax": "softmax over the classes",
    "l2": "L2",
    "weights": "it knows",
    "views": "kept views",
    "features": "kept as",
    "auto": "automatic",
} | {name: row.label for name, row in OPTIMIZERS.items()}


def option(label: str, table: Table, chosen: Choice, place: tuple[object, ...]) -> Choice:
    """Draw the choice of a row and its knobs; `chosen` is what they begin with.

    `place` makes the widgets' keys their own: the same place, the same remembered values.
    """
    name = choose(label, table, chosen, place)
    return Choice.of(name, **settings(table[name], _begin(chosen, name), (*place, name)))


def choose(label: str, table: Table, chosen: Choice, place: tuple[object, ...]) -> str:
    """Draw the choice of a row and what it says of itself; return its name."""
    names = list(table)
    with st.container(gap="xxsmall"):
        name = st.selectbox(
            label,
            names,
            index=names.index(chosen.name) if chosen.name in names else 0,
            format_func=lambda row: table[row].label,
            key=Key.TRAIN.of(*place),
            persist_state="session",
        )
        st.caption(table[name].help)
    return name


def steps(
    table: Table, chosen: tuple[Choice, ...], place: tuple[object, ...]
) -> tuple[Choice, ...]:
    """Draw one switch per row, and the knobs of each row that is on; in the table's order."""
    begin = {step.name: step for step in chosen}
    result = []
    for name, row in table.items():
        with st.container(gap="xxsmall"):
            on = st.toggle(
                row.label,
                value=name in begin,
                key=Key.TRAIN.of(*place, name),
                persist_state="session",
            )
            st.caption(row.help)
        if on:
            values = _begin(begin.get(name, Choice(name)), name)
            result.append(Choice.of(name, **settings(row, values, (*place, name))))
    return tuple(result)


def settings(
    row: Option, begin: Mapping[str, Value], place: tuple[object, ...]
) -> dict[str, Value]:
    """Draw a row's knobs side by side and return their values."""
    values = {}
    items = list(row.params.items())
    for start in range(0, len(items), ABREAST):
        columns = st.columns(min(ABREAST, max(2, len(items))), vertical_alignment="bottom")
        for column, (name, param) in zip(columns, items[start:], strict=False):
            with column:
                key = Key.TRAIN.of(*place, name)
                values[name] = knob(words(name), param, begin.get(name, param.default), key)
    return values


def knob(label: str, param: Param, value: Value, key: str) -> Value:
    """Draw one knob as a switch, list, slider or field, whichever its bounds ask for."""
    common = {"key": key, "help": param.help, "persist_state": "session"}
    if param.choices:
        choices = list(param.choices)
        return st.selectbox(
            label, choices, index=choices.index(value), format_func=_shown, **common
        )
    if isinstance(value, bool):
        return st.toggle(label, value=value, **common)
    if isinstance(param.default, int):
        bounds = {"min_value": _whole(param.low), "max_value": _whole(param.high)}
        if param.low is not None and param.high is not None and param.high - param.low <= SPAN:
            return st.slider(label, value=int(value), step=1, **bounds, **common)
        return st.number_input(label, value=int(value), step=1, **bounds, **common)
    if _fits_slider(param):
        return st.slider(
            label, param.low, param.high, float(value), step=_step(param), format="%g", **common
        )
    bounds = {"min_value": param.low, "max_value": param.high}
    return st.number_input(
        label,
        value=float(value),
        step=float(param.default) / 10 or 0.1,
        format="%g",
        **bounds,
        **common,
    )


def words(name: str) -> str:
    """Turn a setting's name into a label: learning_rate becomes Learning rate."""
    text = NAMES.get(name, name.replace("_", " "))
    return text[:1].upper() + text[1:]


def _begin(chosen: Choice, name: str) -> Mapping[str, Value]:
    return chosen.kwargs if chosen.name == name else {}


def _fits_slider(param: Param) -> bool:
    if param.low is None or param.high is None:
        return False
    return float(param.default) * FINE >= param.high - param.low


def _step(param: Param) -> float:
    assert param.low is not None and param.high is not None
    span = param.high - param.low
    return 0.01 if span <= 1 else 0.1 if span <= 20 else 0.5


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def _shown(value: Value) -> str:
    return NAMES.get(str(value), str(value))
