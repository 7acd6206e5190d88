"""Is the label still true? Measured on phantoms, whose opacities are known to the pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.vision import at_risk
from engine.vision.augmentation import STEPS
from pages.shared import augment_draws, cached_augment, palette

if TYPE_CHECKING:
    from engine.vision.at_risk import Risk
    from engine.words.options import Choice

SIZE = 320  # pixels of the worst draw
MUCH = 0.05  # of all draws and opacities: above it the page warns


def show(steps: tuple[Choice, ...]) -> None:
    """Draw the sentence with its figures, the worst draw, and when each step harms."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        first = augment_draws.seed(at_risk.DRAWS)
    risk = cached_augment.risk(steps, first)
    warns = risk.mirrored.any() or risk.lost.mean() > MUCH or risk.lost.max() >= at_risk.HALF
    said = at_risk.sentence(risk)
    if warns:
        st.warning(said, icon=":material/warning:")
    else:
        st.markdown(said)
    _worst(steps, risk, first)
    _harms(steps)


def _worst(steps: tuple[Choice, ...], risk: Risk, first: int) -> None:
    patient, number = risk.worst
    lost = risk.lost[patient, number]
    seed, name = first + number, at_risk.PATIENTS[patient]
    value = palette.BACTERIAL.removeprefix("#")
    colour = (int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16))
    before, after = cached_augment.worst(steps, name, seed, SIZE, colour)
    with st.container(horizontal=True, gap="small"):
        for picture, words in (
            (before, f"Phantom {name}, PNEUMONIA: the opacity outlined, what is lost tinted"),
            (after, f"The worst draw (seed {seed}): {lost:.0%} of the opacity is gone"),
        ):
            with st.container(width=250, gap="xxsmall"):
                st.image(picture, width=250, alt=words)
                st.caption(words)
    st.caption(
        "The phantoms are drawn by a program, with one or two dense patches each. Real pneumonias "
        "have no mask, but lie in the same places."
    )


def _harms(steps: tuple[Choice, ...]) -> None:
    st.markdown("**When a step harms**")
    if not steps:
        st.caption("There are no steps, so no label is at risk, and nothing is varied.")
    for name in dict.fromkeys(step.name for step in steps):
        row = STEPS[name]
        st.markdown(f"{row.label}: {row.harms}")
