"""Explain's view of trust: every method measured, beside maps that know nothing of the network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.explaining import trust_own, trust_sentences, trust_table
from engine.explaining.methods import METHODS
from engine.explaining.trust_curves import FILLINGS
from engine.explaining.trust_own import PICTURES
from engine.explaining.trust_table import FIGURES, HIGHER
from pages.shared import (
    cached,
    cached_trust,
    explain_choices,
    layout,
    picking,
    state,
    trust_measures,
    wording,
    working,
)
from pages.shared.cached_trust import Wanted
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run
    from pages.shared.cached_trust import Judged

COUNTS = (6, PICTURES, 24, 48)
COVER, COUNT = Key.EXPLAIN.of("trust_cover"), Key.EXPLAIN.of("trust_count")
INTRO = (
    "A heat map always looks like an answer. These measures ask whether it is one, and put each "
    "figure beside a **random map** and a **blob in the centre**, which know nothing."
)


def show(run: Run) -> None:
    """Draw what is to be measured, the table, and each measure with its pictures."""
    wanted = choose(run)
    work = cached_trust.find(wanted)
    if work is None and not cached_trust.is_ready(wanted):
        offer(run, wanted)
        return
    ended = working.finished(
        partial(cached_trust.begin, wanted), cancel=Key.EXPLAIN.of("trust_stop")
    )
    if ended is None:
        return
    if ended.failed:
        cached_trust.forget(wanted)
        if ended.cancelled:
            st.markdown("**The measuring was stopped.** What it has measured is kept.")
            st.button(
                "Go on",
                icon=":material/play_arrow:",
                key=Key.EXPLAIN.of("trust_on"),
                on_click=partial(cached_trust.begin, wanted),
            )
            return
    judged = ended.result()
    table(judged)
    trust_measures.show(judged, wanted)


def choose(run: Run) -> Wanted:
    """Draw the split, the methods and what else is chosen; return what is wanted."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        split = picking.choose_split(cached.predictions(run.id))
        methods = choose_methods()
        with st.popover("How it is measured", icon=":material/tune:"):
            count, cover = choose_count(), choose_cover()
            explain_choices.choose_beside(run)
    runs = (run.id, *(other.id for other in explain_choices.beside(run)))
    return Wanted(runs, split, methods, count, cover)


def choose_methods() -> tuple[str, ...]:
    """Draw the methods, those that the other views show side by side."""
    widget = Key.EXPLAIN_METHOD.of("trust")
    state.put(widget, list(explain_choices.methods()))

    def changed() -> None:
        chosen = state.get(widget)
        text = ",".join(map(str, chosen)) if isinstance(chosen, list) else ""
        state.choose(Key.EXPLAIN_METHOD, text or None)

    st.multiselect(
        "Methods",
        list(METHODS),
        format_func=lambda name: METHODS[name].label,
        key=widget,
        on_change=changed,
        label_visibility="collapsed",
        placeholder="Methods to measure",
        width=430,
    )
    return explain_choices.methods()


def choose_count() -> int:
    """Draw the choice of how many X-rays are asked about."""
    return int(
        st.selectbox(
            "X-rays",
            COUNTS,
            index=COUNTS.index(PICTURES),
            key=COUNT,
            persist_state="session",
            help="Diseased ones, one a patient. More take longer and make the intervals narrower. "
            f"The truth is asked of {trust_own.TRUTHS} phantoms.",
        )
    )


def choose_cover() -> str:
    """Draw the choice of what stands in for pixels that are taken away."""
    name = st.selectbox(
        "Pixels that are taken away become",
        list(FILLINGS),
        format_func=lambda name: FILLINGS[name].label,
        key=COVER,
        persist_state="session",
    )
    st.caption(f"{FILLINGS[str(name)].help} {FILLINGS[str(name)].harms}")
    return str(name)


def offer(run: Run, wanted: Wanted) -> None:
    """Say what will be measured and what it takes, with the button that begins."""
    there = cached_trust.folder(run, wanted.split) is not None
    rows = len(wanted.runs) * (len(wanted.methods) + 2)
    asked = rows * wanted.count * 2 * (wanted.plan.steps + 1)
    with st.container(border=True):
        st.markdown(INTRO)
        if not there:
            st.markdown(
                "This run's X-rays are not on this machine, so drawn phantoms stand in for them. "
                f"{wording.SHOWCASE_DATA if run.showcase else wording.SAME_FOLDER}"
            )
        if st.button(
            "Measure",
            icon=":material/straighten:",
            type="primary",
            key=Key.EXPLAIN.of("trust_begin"),
        ):
            cached_trust.begin(wanted)
            st.rerun()
        st.caption(
            f"{wording.count(wanted.count, 'X-ray')} and {trust_own.TRUTHS} phantoms: about "
            f"{asked:,} questions to the network. A small network needs about a minute, a deep "
            "one on a CPU ten; the result is kept."
        )
    for told in trust_sentences.MEASURES.values():
        st.markdown(f"**{told.title}.** {told.what}")
    if not there:
        layout.link("pages/data.py", "Add the images", ":material/photo_library:")


def table(judged: list[Judged]) -> None:
    """Draw the figures of all methods and runs, the baselines last."""
    several = len(judged) > 1
    first = judged[0]
    said = trust_sentences.headline(first.trust)
    st.markdown(f"#### {f'{first.run.name}: ' if several else ''}{said}")
    st.dataframe(
        joined(judged),
        column_config=_columns(judged),
        hide_index=True,
        alt=f"The figures of each method. {said}",
        key=Key.EXPLAIN.of("trust_table"),
    )
    for one in judged:
        name = f"{one.run.name}: " if several else ""
        warned = trust_sentences.covered(one.trust)
        if warned:
            st.markdown(f":material/warning: {name}{warned}")
    st.caption(
        f"{trust_sentences.MARK} In brackets 95% intervals over the X-rays. "
        f"{trust_sentences.judged_on(first.trust)} {trust_sentences.numbers(first.trust)} "
        f"{trust_sentences.took(first.trust)}"
    )


def joined(judged: list[Judged]) -> pd.DataFrame:
    """Return one table of all runs: a row a method, a column a figure."""
    parts = []
    for one in judged:
        names = [_head(name) for name in trust_table.columns(one.trust)]
        part = one.shown.set_axis(names, axis=1).reset_index(names="Map")
        part.insert(0, "Run", one.run.name)
        parts.append(part)
    whole = pd.concat(parts, ignore_index=True).fillna("\N{EN DASH}")
    return whole if len(judged) > 1 else whole.drop(columns="Run")


def _head(name: str) -> str:
    arrow = "\N{UPWARDS ARROW}" if FIGURES[name].better == HIGHER else "\N{DOWNWARDS ARROW}"
    return f"{FIGURES[name].label} {arrow}"


def _columns(judged: list[Judged]) -> dict[str, st.column_config.Column]:
    names = {name for one in judged for name in trust_table.columns(one.trust)}
    shown = {
        _head(name): st.column_config.Column(
            width=124 if name == "rank" else 104,
            help=f"{FIGURES[name].help} {FIGURES[name].better.capitalize()} is better. n "
            f"{trust_table.counts(judged[0].trust, name)}. {FIGURES[name].source}.",
        )
        for name in names
        if name in trust_table.columns(judged[0].trust)
    }
    return {**shown, "Map": st.column_config.Column(width=146)}
