"""Draws of a pipeline side by side: several of one X-ray, or the same ones of several X-rays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.vision.augmentation import STEPS
from pages.shared import augment_images, cached_augment, inline, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.vision.augmentation import Told
    from engine.words.options import Choice
    from pages.shared.augment_images import Sample

SEED = Key.AUGMENT.of("seed")
COUNT = Key.AUGMENT.of("count")
ALONE, TOGETHER = 11, 5  # draws of one X-ray, and of each of several
SIDE, SMALL = 126, 126  # pixels on the page
LARGEST = 2**31 - 1


def show(steps: tuple[Choice, ...]) -> None:
    """Draw the controls and the grid."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        count = int(
            st.segmented_control(
                "X-rays side by side",
                [1, 2, 3, 4],
                default=3,
                required=True,
                key=COUNT,
                persist_state="session",
            )
            or 3
        )
        first = seed(ALONE if count == 1 else TOGETHER)
        augment_images.other_button()
    samples = augment_images.choose(count)
    if count == 1:
        _alone(samples[0], steps, first)
    else:
        _together(samples, steps, first)


def seed(draws: int) -> int:
    """Draw the seed and the button that goes on to the next draws; return the first seed."""
    number = int(
        st.number_input(
            "First seed",
            0,
            LARGEST,
            0,
            key=SEED,
            persist_state="session",
            width=120,
            help="The same seed gives the same draws, today and on another computer.",
        )
    )

    def others() -> None:
        state.put(SEED, (number + draws) % LARGEST)

    st.button("Draw others", icon=":material/casino:", key=Key.AUGMENT.of("again"), on_click=others)
    return number


def _alone(sample: Sample, steps: tuple[Choice, ...], first: int) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        _tile(_plain(sample), SIDE, f"As it is: {sample.caption}", sample)
        for number in range(first, first + ALONE):
            address, told = _draw(sample, steps, number)
            _tile(address, SIDE, f"**Seed {number}**  \n{lines(told)}", sample)
    st.caption(
        f"One X-ray as it is, then {ALONE} draws: what an epoch may show of it. Every epoch draws "
        "anew, and the label stays the same."
    )


def _together(samples: list[Sample], steps: tuple[Choice, ...], first: int) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for sample in samples:
            _tile(_plain(sample), SMALL, sample.caption, sample)
    for number in range(first, first + TOGETHER):
        made = [_draw(sample, steps, number) for sample in samples]
        with st.container(gap="xxsmall"):
            st.caption(f"**Seed {number}**: {lines(made[0][1], '; ') or 'nothing is varied'}")
            with st.container(horizontal=True, gap="xsmall"):
                for sample, (address, _) in zip(samples, made, strict=True):
                    _tile(address, SMALL, "", sample)
    st.caption(
        "Each row is one draw, replayed: the same turn, move and change of greys on every X-ray. "
        "In training every picture gets a draw of its own."
    )


def lines(told: tuple[Told, ...], between: str = "  \n") -> str:
    """Return what each step of a draw did."""
    said = (f"{STEPS[one.step].label}: {one.text or 'not this time'}" for one in told)
    return between.join(said)


def _draw(sample: Sample, steps: tuple[Choice, ...], number: int) -> tuple[str, tuple[Told, ...]]:
    prepared = augment_images.prepared()
    return cached_augment.drawn(sample, augment_images.SIZE, prepared, steps, number)


def _plain(sample: Sample) -> str:
    return inline.address(augment_images.seen(sample))


def _tile(address: str, side: int, caption: str, sample: Sample) -> None:
    with st.container(width=side, gap="xxsmall"):
        st.image(address, width=side, alt=f"Chest X-ray {sample.key}")
        if caption:
            st.caption(caption)
