"""Compare, the imbalance lab: how much of a strategy is only a shift of the threshold."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.judging import verdicts
from engine.judging.figures import LABELS, written
from engine.judging.sentences import cut
from engine.judging.spread import NO_STRATEGY, Strategy, siblings, strategies
from engine.learning.imbalance import STRATEGIES
from pages.shared import cached, cached_judging, charts_compare, compare_missing, layout
from pages.shared.compare_choice import Compared, draw
from pages.shared.state import Key

MEASURES = ("f1", "balanced_accuracy", "accuracy", "recall", "specificity")
GROUP = Key.COMPARE.of("balance")
MEASURE = Key.COMPARE.of("balance", "measure")


def show(compared: Compared) -> None:
    """Draw one network under each strategy, at 0.5 and at its own threshold."""
    two = {name: run for name, run in compared.every.items() if len(run.classes) == 2}
    groups = siblings({name: run.recipe for name, run in two.items()}, ("imbalance",))
    if not groups:
        _empty(compared)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = choose(groups, compared)
        measure = choose_measure()
    runs = [
        (
            name,
            two[name].recipe.imbalance.name,
            cached.scores(two[name].id, compared.split),
            cached_judging.threshold(two[name].id).value,
        )
        for name in group
    ]
    runs.sort(key=lambda run: list(STRATEGIES).index(run[1]))
    found = strategies(runs, measure)
    labels = _labels(found)
    title = f"{LABELS[measure]} at 0.5 and at each network's own threshold"
    lines = _sentences(found, labels, LABELS[measure])
    left, right = st.columns([6, 5], gap="medium")
    with left:
        figure = charts_compare.strategies(found, labels, LABELS[measure])
        draw(title, figure, _axis(found, labels))
        st.dataframe(_table(found, labels), hide_index=True)
    with right:
        st.markdown("**How much of a strategy is only a shift of the threshold?**")
        for said in lines:
            st.markdown(f"- {said}")
        st.caption(
            "A strategy pushes all scores towards the rarer class. A threshold can do the same "
            "after training, and costs nothing. Own thresholds are chosen on validation by F1."
        )
    compare_missing.offer(two[group[0]], {entry.strategy for entry in found})


def choose(groups: list[list[str]], compared: Compared) -> list[str]:
    """Let the visitor choose the network; first the one that holds a chosen run."""
    mine = next((place for place, group in enumerate(groups) if set(group) & set(compared.runs)), 0)
    place = st.selectbox(
        "Runs",
        range(len(groups)),
        index=mine,
        format_func=lambda number: verdicts.listed(groups[number]),
        key=GROUP,
        help="Runs that differ in the imbalance strategy alone.",
    )
    return groups[int(place or 0)]


def choose_measure() -> str:
    """Let the visitor choose the measure."""
    return str(
        st.selectbox(
            "Measure",
            MEASURES,
            format_func=LABELS.__getitem__,
            key=MEASURE,
            persist_state="session",
            width=220,
        )
    )


def _labels(found: list[Strategy]) -> dict[str, str]:
    """The strategy's label for each run; runs of one strategy get their names added."""
    often = [entry.strategy for entry in found]
    return {
        entry.run: compare_missing.named(entry.strategy)
        if often.count(entry.strategy) == 1
        else f"{compare_missing.named(entry.strategy)} ({entry.run})"
        for entry in found
    }


def _sentences(found: list[Strategy], labels: dict[str, str], measure: str) -> list[str]:
    base = next((entry for entry in found if entry.strategy == NO_STRATEGY), None)
    if base is None:
        return ["Train the same network without a strategy: it is what the others gain over."]
    rest = [entry for entry in found if entry is not base]
    said = [verdicts.strategy(entry, labels[entry.run], measure) for entry in rest]
    return [verdicts.threshold_alone(base, measure), *said]


def _axis(found: list[Strategy], labels: dict[str, str]) -> str:
    def best(name: str) -> str:
        known = [entry for entry in found if getattr(entry, name) is not None]
        if not known:
            return "none"
        return labels[max(known, key=lambda entry: float(getattr(entry, name))).run]

    return f"Best at 0.5: {best('at_half')}. Best at own thresholds: {best('at_own')}."


def _table(found: list[Strategy], labels: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "strategy": labels[entry.run],
                "run": entry.run,
                "at 0.5": written(entry.at_half, 999),
                "own threshold": cut(entry.threshold),
                "at own": written(entry.at_own, 999),
            }
            for entry in found
        ]
    )


def _empty(compared: Compared) -> None:
    everything = compared.runs or compared.every
    two = [run for run in everything.values() if len(run.classes) == 2]
    run = two[0] if two else next(iter(everything.values()))
    layout.empty(
        "**One network under every strategy against imbalance would stand here**, at 0.5 and at "
        "its own threshold, to see how much of a strategy is only a shift of the threshold. There "
        "are no two runs that differ in the strategy alone."
    )
    compare_missing.offer(run, {run.recipe.imbalance.name})
