"""The Data page's cost of a random split: one recipe trained under two splits, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from engine.judging.figures import written
from engine.learning.presets import PRESETS
from engine.runs import twins
from pages.shared import (
    cached,
    cached_honesty,
    charts,
    charts_audit,
    layout,
    presets_form,
    state,
    train_form,
    wording,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.runs.run import Run
    from engine.runs.twins import Twins

FIGURES = {"accuracy": "Accuracy", "auc": "AUC", "f1": "F1"}
FIRST = "Quick"  # what a visitor without a run trains first
WHY = (
    "Where a patient has several images, a random split by image puts some in training and some in "
    "the test. The model then knows test patients already. The same recipe trained twice, under an "
    "honest and under a random split, shows what that is worth."
)
FOLDERS = (
    "The folders' own test images may also come from elsewhere than the training images. Only a "
    "twin split by patient tells the leak from that."
)
SPLITS = {"official": "as it came", "patient": "by patient", "random": "by image"}


def show(catalogue: Catalogue) -> None:
    """Draw each pair of runs that differ in the split alone, or how to come by one."""
    st.markdown(WHY)
    runs = cached.runs()
    found = twins.find(runs, catalogue.hash)
    for pair in found:
        _pair(pair)
    if not found:
        _set_up(catalogue, twins.missing(runs, catalogue.hash))


def sentence(pair: Twins, honest: dict[str, Any], leaky: dict[str, Any], known: int | None) -> str:
    """Say what the random split made of the figures, and how many it knew."""
    parts = []
    for name, label in FIGURES.items():
        before, after = honest[name], leaky[name]
        if before is None or after is None:
            continue
        of = min(honest["images"], leaky["images"])
        move = "higher" if after > before else "lower"
        change = written(abs(after - before), of)
        same = written(before, of) == written(after, of)
        parts.append(f"{label} the same" if same else f"{label} {change} {move}")
    text = f"Under the random split {', '.join(parts)}."
    if known is not None:
        seen = wording.share(known, leaky["images"])
        text += f" There {seen} of the test images are of patients that are in training too."
    return text if pair.same_shares else f"{text} {FOLDERS}"


def _pair(pair: Twins) -> None:
    honest, leaky = (cached_honesty.summary(run.id) for run in (pair.honest, pair.leaky))
    known = cached_honesty.provenance(pair.leaky.id, "test", None).known
    st.subheader(f"{pair.honest.name}: {_kind(pair.honest)}, and at random by image", anchor=False)
    rows = {
        label: (float(honest[name]), float(leaky[name]))
        for name, label in FIGURES.items()
        if honest[name] is not None and leaky[name] is not None
    }
    text = sentence(pair, honest, leaky, known)
    key = Key.DATA_SECTION.of("twins", pair.honest.id, pair.leaky.id)
    st.plotly_chart(charts_audit.both_splits(rows), config=charts.CONFIG, key=key, alt=text)
    st.markdown(f"**{text}**")
    st.caption(
        f"Filled circle: {_kind(pair.honest)}, {honest['images']:,} test images. Open diamond: at "
        f"random by image, {leaky['images']:,}. Each at its own threshold, chosen on validation."
    )
    with st.expander("The figures as a table"):
        sides = ((_kind(pair.honest), honest), ("at random by image", leaky))
        table = {
            name: {label: written(side[key], side["images"]) for key, label in FIGURES.items()}
            for name, side in sides
        }
        st.table(pd.DataFrame(table))


def _kind(run: Run) -> str:
    return "by patient" if run.recipe.split.kind == "patient" else "as the folders came"


def _set_up(catalogue: Catalogue, alone: list[tuple[Run, str]]) -> None:
    """Say which run is missing, with one button that sets it up."""
    current = state.current_run_id()
    alone.sort(key=lambda entry: entry[0].id != current)  # what the visitor looks at comes first
    known = [(run, kind) for run, kind in alone if _is_preset(run, catalogue)]
    if not alone:
        text = f"No finished run learned from these images. Train **{FIRST}** by image, then again "
        text += "by patient: the two stand here side by side."
        _button(catalogue, FIRST, "random", text)
    elif known:
        run, kind = known[0]
        text = (
            f"**{run.name}** was trained with the split {SPLITS[run.recipe.split.kind]}. Its twin"
        )
        text += f" with the split {SPLITS[kind]} is missing."
        _button(catalogue, run.preset, kind, text)
    else:
        run, kind = alone[0]
        layout.empty(
            f"**{run.name}** was trained with the split {SPLITS[run.recipe.split.kind]}. Train it "
            f"again with the same settings and seed {run.recipe.seed}, and under Images and split "
            f"choose '{train_form.SPLIT_NAMES[kind]}': the two stand here side by side.",
            "pages/train.py",
            "Open Train",
            ":material/model_training:",
        )


def _is_preset(run: Run, catalogue: Catalogue) -> bool:
    preset = PRESETS.get(run.preset)
    return preset is not None and twins.key(preset.recipe(catalogue.hash)) == twins.key(run.recipe)


def _button(catalogue: Catalogue, preset: str, kind: str, text: str) -> None:
    with st.container(border=True):
        st.markdown(text)
        label = f"Set up {preset}, split {SPLITS[kind]}"
        if st.button(label, icon=":material/model_training:", key=Key.DATA_SECTION.of("twin")):
            prefill(catalogue, preset, kind)
            layout.go("pages/train.py")


def prefill(catalogue: Catalogue, preset: str, kind: str) -> None:
    """Choose a preset and a kind of split on the Train page, on this source."""
    group = next(name for name, names in presets_form.by_report().items() if preset in names)
    state.put(Key.TRAIN.of("report"), group)
    state.put(Key.TRAIN.of("preset", group), preset)
    version = int(str(state.get(Key.TRAIN.of("version", preset), 0))) + 1  # its knobs begin anew
    state.put(Key.TRAIN.of("version", preset), version)
    begin = train_form.begin_split(PRESETS[preset].recipe(catalogue.hash), catalogue)
    place = train_form.Place(preset, version)
    state.put(Key.TRAIN.of(*place.key("split", begin)), kind)
    state.set_current_job_id(None)
    state.set_current_source(catalogue.name)
