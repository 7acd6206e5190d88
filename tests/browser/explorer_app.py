"""A page around the explorer: two made-up runs, a way to leave it, a threshold from Python."""

import json

import streamlit as st

from engine.judging.scores import Scores
from engine.judging.thresholds import Threshold, choose, snaps
from pages.shared import state
from pages.shared.components.explorer import explorer, pack
from pages.shared.state import Key
from tests.judging import made

SEEDS = {"first": 1, "second": 2}
WIDGET = Key.EVALUATE.of("explorer")


def split_of(name: str, split: str) -> Scores:
    """Return made-up scores with ties."""
    return Scores.of(made.predictions(images=300, seed=SEEDS[name]), split)


def now(run: str) -> Threshold:
    """Return the threshold that the last report or the buttons left."""
    report = state.get("report")
    if not report:
        return choose(split_of(run, "validation"))
    rule = report["rule"]
    if rule in ("hand", "half"):
        return Threshold(report["value"], rule if rule == "hand" else "default")
    return choose(split_of(run, report["on"]), rule, report["target"])


def main() -> None:
    """Draw the page; what the explorer tells is written below it."""
    run = st.radio("Run", list(SEEDS), horizontal=True)
    if st.button("Set 0.25 from Python"):
        state.put("report", {"value": 0.25, "rule": "hand", "target": None, "on": ""})
    if not st.toggle("Away"):
        test = split_of(run, "test")
        packet = pack(test, None, snaps(split_of(run, "validation")), snaps(test), name=run)
        explorer(packet, WIDGET, now(run), heard, chosen("cell"), chosen("range"), print)
    st.code(json.dumps(state.get("log", []), separators=(",", ":")), language=None)


def heard(report: dict[str, object]) -> None:
    """Keep the threshold."""
    state.put("report", report)
    state.put("log", [*state.get("log", []), ("threshold", report)])


def chosen(name: str):
    """Return a callback that writes down what was chosen."""
    return lambda *values: state.put("log", [*state.get("log", []), (name, *values)])


main()
