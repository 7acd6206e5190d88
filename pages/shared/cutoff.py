"""The threshold in force: set by hand or by a rule, kept in the address, shown by its badge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging.sentences import chosen, cut
from engine.judging.thresholds import RATIOS, RULES, Threshold
from pages.shared import cached_judging, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGETS = {"recall": (0.01, 1.0, 0.95), "specificity": (0.01, 1.0, 0.95), "cost": (0.01, 1e4, 10.0)}
WEIGHTS: dict[Key, tuple[float, ...]] = {Key.BETA: (0.5, 1, 2), Key.RATIO: RATIOS}
BADGES = {
    "fair": ("Chosen on validation", ":material/verified:", "green"),
    "flattered": ("Optimistic: chosen on these very images", ":material/warning:", "orange"),
    "hand": ("Set by hand", ":material/back_hand:", "orange"),
    "default": ("Chosen on no images", ":material/info:", "gray"),
}


def current(run_id: str, index: int | None = None) -> Threshold:
    """Return the threshold set by hand, else the one that the chosen rule gives this run.

    `index` is the class that is looked for, where there are more than two.
    """
    by_hand = _number(state.choice(Key.THRESHOLD), 0.0, 1.0)
    if by_hand is not None:
        return Threshold(by_hand, "hand")
    rule = current_rule()
    return cached_judging.threshold(run_id, rule, current_target(rule), current_on(), index)


def current_rule() -> str:
    """Return the rule that the visitor chose; empty where none: the run's own recipe has one."""
    rule = state.choice(Key.THRESHOLD_RULE)
    return rule if rule in RULES else ""


def current_target(rule: str) -> float | None:
    """Return the rule's parameter (a recall, a specificity, a cost ratio), None without one."""
    if rule not in TARGETS:
        return None
    low, high, usual = TARGETS[rule]
    return _number(state.choice(Key.TARGET), low, high) or usual


def current_on() -> str:
    """Return the split that a rule looks at: validation unless the test itself was asked for."""
    return "test" if state.choice(Key.THRESHOLD_ON) == "test" else "validation"


def take(made: Mapping[str, object]) -> None:
    """Keep a choice of the explorer: value, rule, target and the split that the rule looked at."""
    value = _number(str(made.get("value")), 0.0, 1.0)
    if value is None:
        return  # no threshold: nothing that the explorer sends
    rule = str(made.get("rule"))
    ruled = rule in RULES
    low, high, _ = TARGETS.get(rule, (1.0, 0.0, 0.0))
    target = _number(str(made.get("target")), low, high)
    state.choose(Key.THRESHOLD, None if ruled else cut(value))
    state.choose(Key.THRESHOLD_RULE, rule if ruled else None)
    state.choose(Key.TARGET, None if target is None else f"{target:g}")
    state.choose(Key.THRESHOLD_ON, "test" if ruled and made.get("on") == "test" else None)


def weights() -> dict[str, float]:
    """Return beta of F-beta and the cost ratio, where the visitor or the address names others."""
    return {
        key.value: value
        for key, known in WEIGHTS.items()
        if (value := _number(state.choice(key), min(known), max(known))) in known
    }


def weigh(name: str, value: float) -> None:
    """Keep beta ("beta") or the cost ratio ("ratio") that was chosen in the explorer."""
    key = Key(name)
    if value in WEIGHTS[key]:
        state.choose(key, f"{value:g}")


def forget() -> None:
    """Return to the threshold that validation chooses, as for another class."""
    state.choose(Key.THRESHOLD, None)


def badge(threshold: Threshold, split: str) -> None:
    """Say where the threshold was chosen, and whether that is fair to what is judged."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label, icon, colour = BADGES[_fairness(threshold, split)]
        st.badge(label, icon=icon, color=colour)
        st.caption(chosen(threshold, split), width="content")


def _fairness(threshold: Threshold, split: str) -> str:
    if threshold.rule == "hand":
        return "hand"
    if not threshold.split:
        return "default"
    return "flattered" if threshold.split == split else "fair"


def _number(text: str | None, low: float, high: float) -> float | None:
    """Read a number from an address that anyone may have typed; None where it is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if low <= value <= high else None
