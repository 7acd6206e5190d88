"""The Data page's shortcuts: how far one gets without a look at the lungs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging.figures import written
from engine.words.recipe import Split
from pages.shared import cached, cached_honesty, charts, charts_audit, layout, state, working
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.learning.shortcut import Shortcut
    from engine.runs.run import Run

WEAK, NEAR = 0.6, 0.05  # an AUC that tells little; how near to the network's is worrying
NAMES = {"file": "file alone", "brightness": "brightness alone", "both": "file and brightness"}


def show(catalogue: Catalogue) -> None:
    """Draw what classifiers reach that see only how a file is stored, beside the network."""
    st.markdown(
        "X-rays of the sick and of the healthy often come from other wards, devices or programs. A "
        "logistic regression gets only what the file says (size, bytes, format) and how bright the "
        "picture is. What it can tell from that, a network can use too."
    )
    run = _choose(catalogue)
    split, seed = (run.recipe.split, run.recipe.split_seed) if run else (_usual(catalogue), 0)
    find = partial(cached_honesty.shortcut, catalogue.hash, split, seed, catalogue)
    work = working.finished(find)
    if work is None:
        return
    if work.failed:
        cached_honesty.shortcut.clear()
    found = work.result()
    areas = cached_honesty.areas(catalogue.hash, split, seed, found)
    images = int((found.predictions["both"]["split"] == "test").sum())
    known = {NAMES[name]: area for name, area in areas.items() if area is not None}
    network = _area(run) if run else None
    if run and network is not None:
        known[run.name] = network
    text = sentence(areas, run.name if run else "", network, images)
    figure = charts_audit.areas(known, run.name if run else "")
    st.plotly_chart(figure, config=charts.CONFIG, key=Key.DATA_SECTION.of("shortcut"), alt=text)
    st.markdown(f"**{text}**")
    st.caption(notes(found))
    with st.expander("The figures as a table"):
        rows = {name: written(area, images) for name, area in known.items()}
        st.table(pd.Series(rows, name=f"AUC on {images:,} test images").to_frame())
    if run is None:
        layout.empty(
            "A network's AUC would stand beside them. No finished run learned from these images.",
            "pages/train.py",
            "Train one",
            ":material/model_training:",
        )


def sentence(areas: dict[str, float | None], name: str, network: float | None, images: int) -> str:
    """Say what the classifier reaches and what follows for the network."""
    best = max((area for area in areas.values() if area is not None), default=None)
    if best is None:
        return "The test images are of one class: there is no AUC."
    text = (
        f"Without a look at the lungs the AUC on {images:,} test images is {written(best, images)}."
    )
    if best < WEAK:
        return f"{text} How the images are stored gives next to nothing away."
    if network is None:
        return f"{text} A network may do as well without having learned a disease."
    shown = f"{name} reaches {written(network, images)}"
    if network - best < NEAR:
        return (
            f"{text} {shown}: hardly more, so its figures do not show that it looks at the disease "
            "rather than at how the images were made."
        )
    return f"{text} {shown}: it sees more, but part of its figures may come from the scanner."


def notes(found: Shortcut) -> str:
    """Say what it was trained and judged on, and which facts can tell nothing here."""
    kind = {
        "official": "the folders as they came",
        "patient": "a split by patient",
        "patient_folds": f"fold {found.split.fold} of {found.split.k} by patient",
    }
    how = kind.get(found.split.kind, "a random split by image")
    text = f"Trained and judged on the training and test images of {how}, seed {found.seed}."
    constant = [name.replace("_", " ") for name in found.constant]
    if constant:
        text += (
            f" The same for all images, so of no use to it: {', '.join(constant)}. Images that "
            "were resized before they came here have lost what their size told."
        )
    return text


def _choose(catalogue: Catalogue) -> Run | None:
    """Let the visitor choose the network that stands beside them, of those on these images."""
    runs = {
        run.id: run
        for run in cached.runs()
        if run.status == "finished"
        and run.recipe.data == catalogue.hash
        and run.recipe.task == "labels"
        and not run.recipe.split.every_fold
    }
    if not runs:
        return None
    best = max(runs.values(), key=lambda run: run.metrics.get("test_auc", 0.0))
    current = runs.get(state.current_run_id() or "", best)
    chosen = st.selectbox(
        "Beside the network of",
        list(runs),
        index=list(runs).index(current.id),
        format_func=lambda run_id: runs[run_id].name,
        key=Key.DATA_SECTION.of("beside", catalogue.hash),
        persist_state="session",
        help="Its own split is used, so all are judged on the very same images.",
        width=320,
    )
    return runs[chosen]


def _area(run: Run) -> float | None:
    area = cached_honesty.summary(run.id)["auc"]
    return None if area is None else float(area)


def _usual(catalogue: Catalogue) -> Split:
    folders = {"train", "test"} <= set(catalogue.images["split"])
    return Split("official" if folders else "patient")
