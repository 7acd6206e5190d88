"""What a change of a knob does, shown before launch: counts, parameters, time, cache, picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import streamlit as st

from engine.learning import estimate
from engine.learning.imbalance import STRATEGIES
from engine.learning.regimes import kept, planned_epochs
from engine.runs import devices
from pages.shared import background, left_out, network_picture, state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.learning.forecast import Forecast
    from engine.learning.preparing import Outline, Planned
    from engine.words.recipe import Recipe

LEAK = (
    "This split leaks: images of one patient land in training and in test, so the test score "
    "flatters the model. Use it only to see how much, or to follow reports B and D."
)
LAST = Key.TRAIN.of("last_picture")
ROWS = {
    "train": "Training",
    "validation": "Validation",
    "test": "Test",
    "excluded": "Left out",
    "shown": "Each epoch shows",
    "repeats": "of them again",
    "copies": "of them new copies",
}


def duration(seconds: float) -> str:
    """Return a time in the digits that an estimate allows: 40 s, 12 min, 2 h 10 min."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 90:
        return f"{5 * round(seconds / 5)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def warnings(recipe: Recipe) -> Iterator[str]:
    """Yield what speaks against a recipe that makes sense all the same."""
    if recipe.split.kind == "random":
        yield LEAK
    if recipe.precision != "float32" and background.ready("devices"):
        gpus = [device for device in devices.list_devices() if device.name != "cpu"]
        if not gpus:
            yield f"There is no GPU here, and on a CPU {recipe.precision} is slower than float32."
    members = int(recipe.imbalance.kwargs.get("members", 1))
    if members > 1:
        yield (
            f"An ensemble trains {members} networks one after the other: about {members} times "
            "the epochs of one."
        )


def counts(here: Outline, recipe: Recipe) -> None:
    """Draw the images of each class, and what an epoch shows of them."""
    planned = here.planned()
    st.dataframe(table(planned), column_config={"_index": "Images"}, row_height=29)
    line = balance(planned, recipe)
    if recipe.imbalance.name == "class_weight":
        weights = zip(here.classes, here.plans[0].weights, strict=True)
        costs = ", ".join(f"{weight:.2f} on {name}" for name, weight in weights)
        line = f"A mistake costs {costs}."
    if line:
        st.caption(line)
    if recipe.exclude:
        st.caption(left_out.sentence(planned, recipe))


def table(planned: Planned) -> pd.DataFrame:
    """Return a row a part and a column a class; rows that say nothing new are left out."""
    counts = planned.table
    silent = {
        "excluded": not counts["excluded"].any(),
        "shown": bool((counts["shown"] == counts["train"]).all()),
        "repeats": not counts["repeats"].any() or bool(counts["copies"].any()),
        "copies": not counts["copies"].any(),
    }
    told = counts.drop(columns=[name for name, nothing in silent.items() if nothing])
    return told.rename(columns=ROWS).rename_axis(index=None, columns=None).T


def balance(planned: Planned, recipe: Recipe) -> str:
    """Say what the strategy does with these images; empty where it changes none."""
    shown, given = planned.per_epoch, int(planned.table["train"].sum())
    copies, repeats = (int(planned.table[name].sum()) for name in ("copies", "repeats"))
    if planned.members > 1:
        return f"Each member learns from {shown:,} images; together they see all {given:,}."
    if copies:
        return f"{copies:,} of the {shown:,} images of an epoch are augmented copies."
    if repeats:
        return f"{repeats:,} of the {shown:,} images of an epoch are shown again."
    if shown < given:
        return f"{given - shown:,} of {given:,} training images are never seen."
    return STRATEGIES["focal"].help if recipe.imbalance.name == "focal" else ""


@st.fragment(run_every=1)
def loading() -> None:
    """Draw the places of what TensorFlow must count, until it is there."""
    if background.ready("tensorflow"):
        st.rerun()
    left, right = st.columns(2)
    left.metric("Parameters", "...")
    right.metric("Estimated time", "...")
    trouble = background.trouble().get("tensorflow")
    st.caption(
        f"TensorFlow could not be loaded: {trouble}. Run make install, then start the app anew."
        if trouble
        else "TensorFlow is loading; both follow in some seconds. You can go on meanwhile."
    )


def facts(told: Forecast) -> None:
    """Draw parameters and time."""
    left, right = st.columns(2)
    left.metric("Parameters", f"{told.summary.total:,}", help=_layers(told))
    slot = right.empty()
    slot.metric("Estimated time", "...")
    st.caption(learning(told))
    missing = [step.missing for step in told.steps]
    counts = {**told.counts, "shown": told.planned.per_epoch}
    expected = estimate.estimate(told.recipe, counts, told.summary, missing)
    if expected is None:
        with st.spinner("Timing some steps"):
            classes = len(told.planned.table)
            expected = estimate.time_steps(told.recipe, counts, classes, missing)
    slot.metric(
        "Estimated time",
        duration(expected.seconds),
        help=f"{expected.basis} With start, reading and predicting.",
    )
    at_most = "At most " if told.recipe.stopping.name != "none" else ""
    epochs = wording.count(planned_epochs(told.recipe), "epoch")
    st.caption(f"{at_most}{epochs} of about {duration(expected.per_epoch)}. {expected.basis}")


def learning(told: Forecast) -> str:
    """Say how many parameters learn, phase by phase."""
    if len(told.steps) == 1:
        count = told.steps[0].trainable
        return "All of them learn." if count == told.summary.total else f"{count:,} of them learn."
    parts = [f"{step.trainable:,} in phase {n}" for n, step in enumerate(told.steps, 1)]
    return f"Of them learn {' and '.join(parts)}."


def details(told: Forecast) -> None:
    """Say what comes before the epochs; why, and where weights come from, when asked."""
    numbers = range(1, len(told.steps) + 1)
    phases = [f"Phase {number}. " if len(told.steps) > 1 else "" for number in numbers]
    for phase, step in zip(phases, told.steps, strict=True):
        if step.start:
            st.caption(f":material/bolt: {phase}{step.start}")
    if not told.pretrained.here:
        st.caption(f":material/download: {told.pretrained.words}")
    notes = [
        *(f"{phase}{step.caching.words}" for phase, step in zip(phases, told.steps, strict=True)),
        augmented(told) if told.recipe.augmentation else "",
        told.pretrained.looked or told.pretrained.words,
    ]
    if any(notes):
        with st.expander("What the engine does", icon=":material/memory:"):
            st.caption("\n\n".join(filter(None, notes)))


def computed(files: Sequence[Mapping[str, float]]) -> str:
    """Say how many pictures went through the frozen part, and how many were known."""
    pictures, new = (int(sum(file[name] for file in files)) for name in ("pictures", "computed"))
    took = f"{sum(file['seconds'] for file in files):.1f} s"
    if not new:
        return f"The features of all {pictures:,} pictures were there already ({took})."
    known = f"; {pictures - new:,} were there already" if new < pictures else ""
    return f"{new:,} pictures went through the frozen part, once ({took}){known}."


def augmented(told: Forecast) -> str:
    """Say how many pictures the augmentation makes."""
    views = int(kept(told.recipe).get("views", 0))
    cached = all(step.caching.cut is not None for step in told.steps)
    epochs = planned_epochs(told.recipe) // told.planned.members
    made = told.planned.drawn(epochs, views if cached else 0)
    how = f"{views} of each, made once" if cached else "a new one each time an image is shown"
    return f"Augmentation makes {made:,} pictures: {how}."


def picture(told: Forecast) -> None:
    """Draw the network, and remember it for when a change is refused."""
    state.put(LAST, told)
    _picture(told)


def picture_before() -> None:
    """Draw the network as it was before a change that is refused, so that nothing jumps."""
    told = state.get(LAST)
    if told is not None:
        st.caption("As it was before the change that is refused:")
        _picture(cast("Forecast", told))


@st.fragment
def _picture(told: Forecast) -> None:
    step = told.steps[0]
    if len(told.steps) > 1:
        names = [f"Phase {n}: {one.phase.words.lower()}" for n, one in enumerate(told.steps, 1)]
        chosen = st.segmented_control(
            "What learns in",
            names,
            default=names[0],
            required=True,
            key=Key.TRAIN.of("phase", *names),
        )
        step = told.steps[names.index(chosen or names[0])]
    st.html(network_picture.markup(step.blocks))
    st.caption(network_picture.sentence(step.blocks))


def _layers(told: Forecast) -> str:
    rows = [
        f"| {block.name} | {block.params:,} | {block.trainable:,} |"
        for block in told.steps[0].blocks
        if block.params
    ]
    return "\n".join(["| Block | Parameters | Learn |", "|---|--:|--:|", *rows])
