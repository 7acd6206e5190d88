"""What is asked about an X-ray: methods, class, other runs and layer, all kept in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.explaining import layers as depth
from engine.explaining.methods import METHODS, has_layer
from engine.words.errors import NotFound
from pages.shared import cached, inference, state
from pages.shared.compare_choice import unique_names
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.explaining.cam import CamLayer
    from engine.runs.run import Run

KEPT = (Key.EXPLAIN_METHOD, Key.EXPLAIN_CLASS, Key.EXPLAIN_LAYER, Key.EXPLAIN_BESIDE)
PREDICTED = "Predicted class"
MOST = 3  # other runs beside the current one
LAYER_OF = Key.EXPLAIN_LAYER.of("run")  # the run whose layer was chosen


def methods() -> tuple[str, ...]:
    """Return the chosen methods in the table's order, the first one where none is."""
    chosen = (state.choice(Key.EXPLAIN_METHOD) or "").split(",")
    return tuple(name for name in METHODS if name in chosen) or tuple(METHODS)[:1]


def choose_methods() -> None:
    """Draw the methods, of which several stand side by side, and what each of them does."""
    widget = Key.EXPLAIN_METHOD.of("pills")
    state.put(widget, list(methods()))
    st.pills(
        "Methods, side by side",
        list(METHODS),
        selection_mode="multi",
        format_func=lambda name: METHODS[name].label,
        key=widget,
        wrap=True,
        on_change=lambda: state.choose(Key.EXPLAIN_METHOD, _joined(widget)),
        help="Different questions to the same network. Where they agree, trust them a little more.",
    )
    with st.popover("What each does", icon=":material/help:", width="stretch"):
        for option in METHODS.values():
            st.markdown(f"**{option.label}.** {option.help}  \n:material/warning: {option.harms}")


def target(run: Run, row: pd.Series) -> str:
    """Return the class that is asked about: the predicted one where none is chosen."""
    name = state.choice(Key.EXPLAIN_CLASS)
    return name if name in run.classes else str(row["predicted"])


def choose_class(run: Run) -> None:
    """Draw the classes that can be asked about."""
    widget = Key.EXPLAIN_CLASS.of(run.id)
    name = state.choice(Key.EXPLAIN_CLASS)
    state.put(widget, name if name in run.classes else PREDICTED)

    def changed() -> None:
        value = str(state.get(widget))
        state.choose(Key.EXPLAIN_CLASS, None if value == PREDICTED else value)

    st.radio(
        "Heat for which class",
        [PREDICTED, *run.classes],
        key=widget,
        on_change=changed,
        help="The map shows what raised this class's score before softmax or sigmoid.",
    )


def beside(run: Run) -> list[Run]:
    """Return the other runs that stand beside it: finished ones on the same images."""
    found = []
    for run_id in (state.choice(Key.EXPLAIN_BESIDE) or "").split(","):
        try:
            other = cached.run(run_id) if run_id and run_id != run.id else None
        except NotFound:  # the link is older than the run's removal
            continue
        if other is not None and _alike(run, other):
            found.append(other)
    return found[:MOST]


def choose_beside(run: Run) -> None:
    """Draw the other runs on the same images, of which some may stand beside it."""
    chosen = beside(run)
    others = {other.id: other for other in [*chosen, *cached.runs()] if _alike(run, other)}
    names = unique_names(list(others.values()))
    if not names:
        st.caption("Another run on the same images could stand beside it; there is none yet.")
        return
    widget = Key.EXPLAIN_BESIDE.of("runs")
    state.put(widget, [other.id for other in chosen])
    st.multiselect(
        "Other runs beside it",
        list(names),
        format_func=names.__getitem__,
        key=widget,
        max_selections=MOST,
        on_change=lambda: state.choose(Key.EXPLAIN_BESIDE, _joined(widget)),
        placeholder="On the same images",
        help="Each sees the same X-ray through its own preprocessing and size.",
    )


def layer(run: Run) -> int | None:
    """Return the chosen layer of this run's network, None for the usual one."""
    if state.get(LAYER_OF, run.id) != run.id:  # a number means another layer in another network
        state.choose(Key.EXPLAIN_LAYER, None)
    state.put(LAYER_OF, run.id)
    text = state.choice(Key.EXPLAIN_LAYER) or ""
    if not text:
        return None
    known = {str(layer.index): layer.index for layer in inference.layers(run)}
    return known.get(text)


def set_layer(layers: list[CamLayer], index: int | None) -> None:
    """Choose a layer; the usual one is no choice."""
    usual = depth.choose_layer(layers).index
    state.choose(Key.EXPLAIN_LAYER, None if index in (None, usual) else str(index))


def choose_layer(run: Run, layers: list[CamLayer]) -> None:
    """Draw all layers that a map can be drawn for."""
    widget = Key.EXPLAIN_LAYER.of(run.id)
    labels = {layer.index: layer.label for layer in layers}
    state.put(widget, depth.choose_layer(layers, layer(run)).index)
    st.selectbox(
        "Layer",
        list(labels),
        format_func=labels.__getitem__,
        key=widget,
        on_change=lambda: set_layer(layers, int(str(state.get(widget)))),
        help="Deep layers know more and show it coarsely; the last convolution is usual.",
    )


def layered() -> tuple[str, ...]:
    """Return the chosen methods that ask a layer."""
    return tuple(name for name in methods() if has_layer(name))


def _alike(run: Run, other: Run) -> bool:
    same = other.recipe.data == run.recipe.data
    return same and other.id != run.id and other.status == "finished"


def _joined(widget: str) -> str | None:
    chosen = state.get(widget)
    return ",".join(chosen) if isinstance(chosen, list) and chosen else None
