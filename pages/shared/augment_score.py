"""What the chosen run's network says of draws: a strip of scores for each X-ray, and their mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from engine.explaining import under_draws
from engine.words.files import digest_json
from pages.shared import (
    augment_draws,
    augment_images,
    cached,
    cached_augment,
    cached_judging,
    charts,
    charts_augment,
    chosen,
    inference,
    inline,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run
    from engine.words.options import Choice
    from pages.shared.augment_images import Sample

SIDE, WIDE = 96, 140
XRAYS = 4


def show(steps: tuple[Choice, ...]) -> None:
    """Draw the controls, the chart and what it says."""
    run = chosen.run()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        draws = int(
            st.segmented_control(
                "Draws of each X-ray",
                [8, 16, 32],
                default=16,
                required=True,
                key=Key.AUGMENT.of("draws"),
                persist_state="session",
            )
            or 16
        )
        first = augment_draws.seed(draws)
        augment_images.other_button()
    samples = augment_images.choose(XRAYS)
    index = 1 if len(run.classes) == 2 else _class(run)
    given = _ask(run, samples, steps, draws, first)
    cut = cached_judging.threshold(run.id).value if len(run.classes) == 2 else None
    strips = [under_draws.strip(one, index, cut) for one in given]
    name = run.classes[index]
    said = under_draws.sentence(strips, name)
    st.markdown(said)
    figure = charts_augment.strips(strips, name, cut)
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.AUGMENT.of("strip"), alt=said)
    st.caption(
        f"Each dot is a draw scored by **{run.name}**; the diamond is the X-ray as it is, the bar "
        "the mean over its draws. A network that learned under this pipeline should hold still."
    )
    with st.container(horizontal=True, gap="small"):
        for number, (sample, one) in enumerate(zip(samples, strips, strict=True), 1):
            with st.container(width=WIDE, gap="xxsmall"):
                image = inline.address(augment_images.seen(sample))
                st.image(image, width=SIDE, alt=f"Chest X-ray {sample.key}")
                st.caption(f"{number}: {sample.caption}  \n{_told(one, run, index)}")


def _class(run: Run) -> int:
    name = st.segmented_control(
        "Score for", run.classes, default=run.classes[0], required=True, key=Key.AUGMENT.of("class")
    )
    return run.classes.index(str(name))


def _told(one: under_draws.Strip, run: Run, index: int) -> str:
    return (
        f"**{one.plain:.2f}** as it is ({run.classes[one.decision]})  \n"
        f"**{one.mean:.2f}** over the draws ({run.classes[one.averaged]})"
    )


def _ask(
    run: Run, samples: list[Sample], steps: tuple[Choice, ...], draws: int, first: int
) -> np.ndarray:
    """Return the answers (X-rays, 1 + draws, classes), asked for once."""
    keys = [sample.key for sample in samples]
    question = digest_json(
        [cached.model_key(run.id), keys, cached_augment.key(steps), draws, first]
    )
    shelf = cached_augment.answered(question)
    if not shelf:
        size, before = run.recipe.size, run.recipe.preprocessing
        pictures = np.stack([augment_images.seen(sample, size, before) for sample in samples])
        with st.spinner(f"Asking {run.name} about {len(samples) * (1 + draws)} pictures"):
            shelf.append(
                under_draws.answers(
                    lambda images: inference.several(run, images), pictures, steps, draws, first
                )
            )
    return shelf[0]
