"""The set-up of a training: preset, data, and every knob, folded away until it is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning.imbalance import STRATEGIES
from engine.learning.networks import NETWORKS
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.learning.presets import PRESETS, Preset
from engine.vision import augmentation, preprocessing
from engine.words.recipe import LIMITS, SPLITS, TASKS, Recipe, Split
from pages.shared import knobs
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue

FIELDS = {
    "size": "Pixels a side that every image is brought to: twice the side, four times the work.",
    "batch": "Images per step: small batches learn in more, noisier steps.",
    "epochs": "How often every training image is seen.",
    "seed": "Starts the random numbers: split, first weights, order. Same seed, same run.",
}
SHARES = {
    "validation": "Share of the training images kept aside to choose epoch and threshold.",
    "test": "Share of all images kept aside to judge.",
}
TASK_NAMES = {"labels": "As the folders name them", "kinds": "Normal, bacterial, viral"}
SPLIT_NAMES = {"official": "As it came", "patient": "By patient", "random": "By image"}
LEAK = (
    "This split leaks: images of one patient land in training and in test, so the test score "
    "flatters the model. Use it only to see how much, or to follow report D."
)
REPORTED = {
    "accuracy": "accuracy",
    "recall": "recall",
    "precision": "precision",
    "val_acc": "validation accuracy",
    "loss": "loss",
}


@dataclass(frozen=True)
class Place:
    """Whose knobs are drawn: each preset remembers its own."""

    preset: str
    version: int

    def key(self, *parts: object) -> tuple[object, ...]:
        """Return the key's parts for one widget."""
        return (self.preset, self.version, *parts)


def choose_preset() -> Preset:
    """Draw the presets; return the chosen one."""
    name = st.pills(
        "Start from",
        list(PRESETS),
        default=next(iter(PRESETS)),
        required=True,
        key=Key.TRAIN.of("preset"),
        persist_state="session",
        help="A preset fills in every setting. C and D follow two student reports.",
    )
    return PRESETS[name or next(iter(PRESETS))]


def story(preset: Preset) -> None:
    """Say what the preset is and what its report found."""
    st.subheader(preset.title, anchor=False)
    st.markdown(preset.story)
    line = reported(preset)
    if line:
        st.caption(f"{preset.cite}: {line}.")


def reported(preset: Preset) -> str:
    """Return the report's figures as one line; empty where there is no report."""
    figures = [
        f"{words} {preset.reported[name]:.2f}"
        for name, words in REPORTED.items()
        if name in preset.reported
    ]
    confusion = preset.reported.get("confusion")
    if confusion:
        (healthy, alarmed), (missed, found) = confusion
        figures.append(
            f"it missed {missed:,} of {missed + found:,} with pneumonia and alarmed "
            f"{alarmed:,} of {healthy + alarmed:,} without"
        )
    return ", ".join(figures)


def customise(recipe: Recipe, catalogue: Catalogue | None, place: Place) -> Recipe:
    """Draw every knob in groups; return the recipe they make. `recipe` is what they begin with."""
    images, augment, network, learning, stop = st.tabs(
        ["Images and split", "Augmentation", "Network", "Learning", "Epochs and balance"]
    )
    with images:
        recipe = _images(recipe, catalogue, place)
    with augment:
        st.caption("Random changes of the training images only, drawn anew in every epoch.")
        drawn = knobs.steps(augmentation.STEPS, recipe.augmentation, place.key("augmentation"))
    with network:
        net = knobs.option("Network", NETWORKS, recipe.network, place.key("network"))
    with learning:
        optimizer = knobs.option("Optimizer", OPTIMIZERS, recipe.optimizer, place.key("optimizer"))
        schedule = knobs.option(
            "Learning-rate schedule", SCHEDULES, recipe.schedule, place.key("schedule")
        )
        batch = _field("batch", recipe.batch, place)
    with stop:
        epochs = _field("epochs", recipe.epochs, place)
        stopping = knobs.option("Stopping", STOPPING, recipe.stopping, place.key("stopping"))
        imbalance = knobs.option(
            "Unequal classes", STRATEGIES, recipe.imbalance, place.key("imbalance")
        )
        seed = _field("seed", recipe.seed, place)
    return replace(
        recipe,
        augmentation=drawn,
        network=net,
        optimizer=optimizer,
        schedule=schedule,
        batch=batch,
        epochs=epochs,
        stopping=stopping,
        imbalance=imbalance,
        seed=seed,
    )


def _images(recipe: Recipe, catalogue: Catalogue | None, place: Place) -> Recipe:
    with st.container(gap="xxsmall"):
        task = st.segmented_control(
            "Classes",
            list(TASKS),
            default=recipe.task,
            required=True,
            format_func=lambda name: TASK_NAMES.get(name, name),
            key=Key.TRAIN.of(*place.key("task")),
            persist_state="session",
        )
        st.caption(TASKS[task or recipe.task])
    split = _split(recipe, catalogue, place)
    left, right = st.columns(2)
    with left:
        size = _field("size", recipe.size, place)
    with right:
        resize = knobs.option(
            "Fit to the square", preprocessing.RESIZES, recipe.preprocessing[0], place.key("fit")
        )
    filters = knobs.steps(preprocessing.FILTERS, recipe.preprocessing[1:], place.key("filters"))
    return replace(
        recipe,
        task=task or recipe.task,
        split=split,
        size=size,
        preprocessing=(resize, *filters),
    )


def _split(recipe: Recipe, catalogue: Catalogue | None, place: Place) -> Split:
    kinds = list(SPLITS)
    begin = begin_split(recipe, catalogue)
    with st.container(gap="xxsmall"):
        kind = st.segmented_control(
            "Split",
            kinds,
            default=begin,
            required=True,
            format_func=lambda name: SPLIT_NAMES.get(name, name),
            key=Key.TRAIN.of(*place.key("split", begin)),
            persist_state="session",
        )
        kind = kind or begin
        st.caption(SPLITS[kind])
    shares = {}
    asked = ["validation"] if kind == "official" else ["validation", "test"]
    for column, name in zip(st.columns(2), asked, strict=False):
        with column:
            shares[name] = st.slider(
                f"{name.capitalize()} share",
                0.02,
                0.6,
                getattr(recipe.split, name),
                step=0.01,
                key=Key.TRAIN.of(*place.key("share", name)),
                help=SHARES[name],
                persist_state="session",
            )
    return replace(recipe.split, kind=kind, **shares)


def begin_split(recipe: Recipe, catalogue: Catalogue | None) -> str:
    """Return the recipe's split; by patient where the data has no folders for train and test."""
    if recipe.split.kind != "official" or catalogue is None:
        return recipe.split.kind
    return "official" if {"train", "test"} <= set(catalogue.images["split"]) else "patient"


def _field(name: str, value: int, place: Place) -> int:
    low, high = next((low, high) for field, low, high in LIMITS if field == name)
    label = {"size": "Image size, pixels", "batch": "Batch size"}.get(name, name.capitalize())
    with st.container(gap="xxsmall"):
        number = st.number_input(
            label,
            min_value=low,
            max_value=high,
            value=value,
            step=1,
            key=Key.TRAIN.of(*place.key(name)),
            persist_state="session",
        )
        st.caption(FIELDS[name])
    return int(number)
