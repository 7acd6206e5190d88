"""The chain of steps that is composed on Prepare, what each is for, and its way to a recipe."""

from __future__ import annotations

import streamlit as st

from engine.vision import preprocessing
from engine.vision.chains import CHAINS, REPORT_B
from engine.words.errors import CxrError
from engine.words.options import Choice
from pages.shared import chain, handover, layout, state
from pages.shared.state import Key

PLACE = ("prepare",)
VALID = Key.PREPARE.of("valid")
NONE = "No step yet. Add one below, or begin with a chain above."


def compose() -> tuple[Choice, ...]:
    """Draw the chain; return its steps, or the last ones that could run."""
    _begin()
    steps = chain.edit(preprocessing.STEPS, _first(), PLACE, NONE)
    try:
        full = preprocessing.check_steps(steps)
    except CxrError as error:
        full = _last()
        st.warning(f"{error} The pictures still show the last chain that could run.")
    else:
        state.put(VALID, full)
        _use(full)
    _explain(steps)
    return full


def order(steps: tuple[Choice, ...], size: int) -> str:
    """Say which steps act on the original and which on the square."""
    place = steps.index(preprocessing.resize_of(steps))
    label = preprocessing.STEPS[steps[place].name].label
    parts = [f"**{label}** makes the {size} x {size} square."]
    for some, where in ((steps[:place], "the original"), (steps[place + 1 :], "the square")):
        if some:
            names = ", ".join(preprocessing.STEPS[step.name].label for step in some)
            parts.append(f"On {where}: {names}.")
    return " ".join(parts)


def _begin() -> None:
    chain.pick(
        "Begin with a chain, such as report B's",
        CHAINS,
        Key.PREPARE.of("chain"),
        lambda name: chain.put(CHAINS[name].steps, PLACE),
        help="\n".join(f"- **{row.label}**: {row.help}" for row in CHAINS.values()),
    )


def _use(steps: tuple[Choice, ...]) -> None:
    if st.button(
        "Use in a recipe",
        icon=":material/arrow_forward:",
        type="primary",
        width="stretch",
        key=Key.PREPARE.of("use"),
        help="Train begins with exactly these steps.",
    ):
        handover.offer("preprocessing", steps)
        layout.go("pages/train.py")


def _explain(steps: tuple[Choice, ...]) -> None:
    here = {step.name for step in steps}
    names = [*dict.fromkeys(step.name for step in steps)]
    with st.expander("What each step is for, and when it harms", icon=":material/info:"):
        for name in [*names, *(name for name in preprocessing.STEPS if name not in here)]:
            row = preprocessing.STEPS[name]
            st.markdown(f"**{row.label}**. {row.help} *When it harms:* {row.harms}")


def _first() -> tuple[Choice, ...]:
    return handover.offered("preprocessing") or REPORT_B


def _last() -> tuple[Choice, ...]:
    kept = state.get(VALID)
    return kept if isinstance(kept, tuple) else preprocessing.check_steps(REPORT_B)
