"""The threshold control: move it by hand, or let the validation images choose it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging.sentences import chosen, cut, word
from engine.judging.thresholds import DEFAULT, RULES, Threshold
from pages.shared import cached_judging, state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

HALF = "half"
NAMES = {"f1": "Best F1", "youden": "Youden's J", "recall": "Target recall", HALF: "0.5"}
SLIDER = Key.EVALUATE.of("slider")
RULE = Key.EVALUATE.of("rule")
TARGET = Key.EVALUATE.of("target")
SHOWN = Key.EVALUATE.of("shown")  # slider and rule as last drawn
SENT = Key.EVALUATE.of("sent")  # the rule as last received
BADGES = {
    "fair": ("Chosen on validation", ":material/verified:", "green"),
    "flattered": ("Chosen on these very images", ":material/warning:", "orange"),
    "hand": ("Set by hand", ":material/back_hand:", "orange"),
    "default": ("Chosen on no images", ":material/info:", "gray"),
}


def badge(threshold: Threshold, split: str) -> None:
    """Say where the threshold was chosen, and whether that is fair to what is judged."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label, icon, colour = BADGES[_fairness(threshold, split)]
        st.badge(label, icon=icon, color=colour)
        st.caption(chosen(threshold, split), width="content")


def current(run_id: str) -> Threshold:
    """Return the threshold set by hand, else the one that the chosen rule gives this run."""
    by_hand = _number(state.choice(Key.THRESHOLD), 0.0)
    if by_hand is not None:
        return Threshold(by_hand, "hand")
    return cached_judging.threshold(run_id, current_rule(), current_target())


def current_rule() -> str:
    """Return the rule that chooses where nobody moved the slider."""
    rule = state.choice(Key.THRESHOLD_RULE)
    return rule if rule in RULES else "f1"


def current_target() -> float:
    """Return the recall that the rule "recall" must reach."""
    return _number(state.choice(Key.TARGET_RECALL), 0.01) or 0.95


def slider(run: Run) -> Threshold:
    """Draw the slider; return the threshold to judge at."""
    threshold = current(run.id)
    state.put(SLIDER, threshold.value)
    st.slider(
        f"Threshold: {word(run.classes[1])} from this score on",
        0.0,
        1.0,
        step=0.01,
        format="%.4g",
        key=SLIDER,
        on_change=_changed,
        help=wording.TERMS["threshold"],
    )
    return threshold


def rules(threshold: Threshold) -> None:
    """Draw the rules that choose on the validation images."""
    half = threshold.rule == "hand" and threshold.value == DEFAULT
    shown = HALF if half else threshold.rule if threshold.rule in RULES else None
    state.put(RULE, shown)
    state.put(SHOWN, (threshold.value, shown))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Let the validation images choose",
            list(NAMES),
            format_func=NAMES.__getitem__,
            key=RULE,
            on_change=_changed,
            help="  \n".join(f"{NAMES[rule]}: {text}" for rule, text in RULES.items()),
        )
        if threshold.rule == "recall":
            state.put(TARGET, current_target())
            st.number_input(
                "Recall",
                0.01,
                1.0,
                step=0.01,
                key=TARGET,
                on_change=lambda: state.choose(Key.TARGET_RECALL, f"{state.get(TARGET):.2f}"),
                width=110,
            )


def _changed() -> None:
    """Take over what the visitor changed: the slider, or the rule.

    A browser that has not drawn the last answer yet sends its other widgets as they were, so both
    can differ from what was shown. Then the rule counts only if it is not the one sent before.
    """
    value, rule = state.get(SLIDER), state.get(RULE)
    shown_value, shown_rule = state.get(SHOWN) or (None, None)
    moved, ruled = value != shown_value, rule != shown_rule
    if moved and ruled:
        ruled = rule != state.get(SENT)
    state.put(SENT, rule)
    state.put(SHOWN, (value, rule))  # the other widget's callback of this message does nothing
    if ruled and rule is not None:
        _choose_rule(str(rule))
    elif moved and not ruled:
        state.choose(Key.THRESHOLD, cut(float(str(value))))


def _choose_rule(rule: str) -> None:
    if rule == HALF:
        state.choose(Key.THRESHOLD, cut(DEFAULT))
        return
    state.choose(Key.THRESHOLD, None)
    state.choose(Key.THRESHOLD_RULE, rule)


def _fairness(threshold: Threshold, split: str) -> str:
    if threshold.rule == "hand":
        return "hand"
    if not threshold.split:
        return "default"
    return "flattered" if threshold.split == split else "fair"


def _number(text: str | None, low: float) -> float | None:
    """Read a share from an address that anyone may have typed; None where it is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if low <= value <= 1 else None
