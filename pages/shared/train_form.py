"""Every knob of a training in groups, folded away until it is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning.imbalance import STRATEGIES
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.vision import augmentation, preprocessing
from engine.words.cutoffs import RULES
from engine.words.errors import CxrError
from engine.words.options import Choice
from engine.words.recipe import LIMITS, PRECISIONS, SPLITS, TASKS, Recipe, Split
from pages.shared import chain, handover, knobs, layout, network_form
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
ICON = ":material/shuffle:"
COMPOSED = "It was composed on its own page: change or drop it above."
ONE_STRATEGY = (
    "One remedy at a time: oversampling already makes the classes equal, and class weights on top "
    "of it would count the rarer class twice."
)


@dataclass(frozen=True)
class Place:
    """Whose knobs are drawn: each preset remembers its own."""

    preset: str
    version: int

    def key(self, *parts: object) -> tuple[object, ...]:
        """Return the key's parts for one widget."""
        return (self.preset, self.version, *parts)


def customise(recipe: Recipe, catalogue: Catalogue | None, place: Place) -> Recipe:
    """Draw every knob in groups; return the recipe they make. `recipe` is what they begin with."""
    images, augment, network, layers, learning, stop = st.tabs(
        [
            "Images and split",
            "Augment",
            "Network",
            "Layers",
            "Learning",
            "Epochs and balance",
        ]
    )
    with network:
        net = network_form.network(recipe.network, place)
        head = network_form.head(recipe, net, place)
    with layers:
        regime = network_form.regime(recipe, net, place)
    with images:
        recipe = _images(recipe, catalogue, network_form.size_hint(net), place)
    with augment:
        st.caption(
            "Random changes of the training images only, drawn anew in every epoch; under a "
            "frozen base a few versions of each image are kept (Layers)."
        )
        drawn = _augmentation(recipe, place)
    recipe = replace(recipe, network=net, head=head, regime=regime, augmentation=drawn)
    with learning:
        recipe = _learning(recipe, place)
    with stop:
        return _balance(recipe, place)


def _learning(recipe: Recipe, place: Place) -> Recipe:
    optimizer = knobs.option("Optimizer", OPTIMIZERS, recipe.optimizer, place.key("optimizer"))
    if recipe.regime.name == "two_phases":
        st.caption("Of the first phase; the second has its own under Layers.")
    return replace(
        recipe,
        optimizer=optimizer,
        schedule=knobs.option(
            "Learning-rate schedule", SCHEDULES, recipe.schedule, place.key("schedule")
        ),
        batch=_field("batch", recipe.batch, place),
        precision=_precision(recipe.precision, place),
    )


def _balance(recipe: Recipe, place: Place) -> Recipe:
    epochs = _field("epochs", recipe.epochs, place)
    stopping = knobs.option("Stopping", STOPPING, recipe.stopping, place.key("stopping"))
    imbalance = knobs.option(
        "Unequal classes", STRATEGIES, recipe.imbalance, place.key("imbalance")
    )
    st.caption(ONE_STRATEGY)
    rule = knobs.option(
        "Threshold, chosen on validation", RULES, recipe.threshold, place.key("threshold")
    )
    seed = _field("seed", recipe.seed, place)
    return replace(
        recipe, epochs=epochs, stopping=stopping, imbalance=imbalance, threshold=rule, seed=seed
    )


def _precision(begin: str, place: Place) -> str:
    with st.container(gap="xxsmall"):
        name = st.selectbox(
            "Precision of the arithmetic",
            list(PRECISIONS),
            index=list(PRECISIONS).index(begin),
            key=Key.TRAIN.of(*place.key("precision")),
            persist_state="session",
        )
        st.caption(PRECISIONS[name])
    return name


def _images(recipe: Recipe, catalogue: Catalogue | None, hint: str, place: Place) -> Recipe:
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
    size = _field("size", recipe.size, place, hint)
    steps = _preprocessing(recipe, place)
    return replace(recipe, task=task or recipe.task, split=split, size=size, preprocessing=steps)


def _preprocessing(recipe: Recipe, place: Place) -> tuple[Choice, ...]:
    if handover.offered("preprocessing") is not None:
        st.caption(COMPOSED)
        return recipe.preprocessing
    st.caption("From the file to the square, step by step; one of them makes the square.")
    steps = chain.edit(preprocessing.STEPS, recipe.preprocessing, place.key("preprocessing"))
    try:
        return preprocessing.check_steps(steps)
    except CxrError as error:
        st.warning(f"{error} Until then the training keeps the preset's own steps.")
        return recipe.preprocessing


def _augmentation(recipe: Recipe, place: Place) -> tuple[Choice, ...]:
    if handover.offered("augmentation") is not None:
        st.caption(COMPOSED)
        return recipe.augmentation
    own = {step.name for step in recipe.augmentation}
    usual = {
        name: row
        for name, row in augmentation.STEPS.items()
        if name in augmentation.FORMER or name in own
    }
    layout.link("pages/augment.py", "More steps, in any order, and what they do", ICON)
    return knobs.steps(usual, recipe.augmentation, place.key("augmentation"))


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


def _field(name: str, value: int, place: Place, hint: str = "") -> int:
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
        st.caption(FIELDS[name] + hint)
    return int(number)
