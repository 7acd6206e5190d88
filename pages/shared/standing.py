"""How things stand, for Home: the machine, the data, the queue, the showcase.

Even pandas is imported inside functions: the heading is painted before it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning.presets import PRESETS
from engine.words.errors import CxrError
from pages.shared import background, cached, chosen, cluster_line, inline, layout, state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.runs.run import Run

PICTURES = {"normal": 21, "bacterial": 4, "viral": 11}  # kind -> patient that is drawn well


def pictures() -> None:
    """Three synthetic X-rays side by side: what all this is about, before any data is there."""
    import numpy as np

    shown = [cached.drawn(kind, seed, 272) for kind, seed in PICTURES.items()]
    gap = np.zeros((shown[0].shape[0], 6), dtype=np.uint8)
    st.image(
        inline.address(np.hstack([shown[0], gap, shown[1], gap, shown[2]])),
        caption="Normal, bacterial (a dense patch), viral (a fine net). Drawn by this program.",
        alt="Three drawn chest X-rays: normal, bacterial, viral",
    )


def step(number: int, title: str, text: str, file: str, label: str) -> None:
    """Draw one of the first steps as a card with one button."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{number}. {title}**")
        st.markdown(text)
        if (layout.PROJECT / file).exists() and st.button(label, key=Key.HOME_STEP.of(number)):
            layout.go(file)


def show_state() -> None:
    """Draw the state of things; it looks again by itself, often while the server warms up."""
    warm = background.ready("mlflow") or "mlflow" in background.trouble()
    st.fragment(_state, run_every=15 if warm else 2)()


def _state() -> None:
    from engine.data import sources

    runs = cached.runs()
    busy = sum(run.status == "running" for run in runs)
    waiting = sum(run.status == "waiting" for run in runs)
    own = sum(not run.showcase for run in runs)
    warm = background.ready("mlflow")
    own_device = ("Device", device(), "Training runs in processes of its own, one a device.")
    where, what, why = cluster_line.tile() or own_device
    tiles = {
        where: (what, why),
        "Data sources": (f"{len(sources.list_sources())}", "Folders, uploads and the phantom."),
        "Queue": (
            f"{busy} running, {waiting} waiting" if warm else "starting",
            "Jobs go on when the browser or the app is closed.",
        ),
        "Your runs": (f"{own}" if warm else "starting", "Beside the showcase below."),
    }
    with st.container(horizontal=True, gap="large"):
        for label, (value, help_text) in tiles.items():
            st.metric(label, value, help=help_text, width="content")
    for name, reason in background.trouble().items():
        st.warning(f"In the background, {name} failed: {reason}", icon=":material/warning:")


def device() -> str:
    """Name what trains here, without asking TensorFlow; asking for GPUs may take seconds."""
    if not background.ready("devices"):
        return wording.count(os.cpu_count() or 1, "CPU core")
    from engine.runs import devices

    return devices.describe()


def show_showcase() -> None:
    """List the runs that came with the product; a click opens one."""
    with layout.errors_as_message():
        runs = cached.showcase()
    if not runs:
        layout.empty(
            "Trained runs that ship with the product would be listed here, ready to be "
            "questioned; none are installed (models/showcase/ is empty). Train one in a minute.",
            "pages/train.py",
            "Train a model",
            ":material/model_training:",
        )
        return
    event = st.dataframe(
        _table(runs),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=Key.HOME_RUNS,
        column_config={
            "test accuracy": st.column_config.NumberColumn(format="%.2f"),
            "test AUC": st.column_config.NumberColumn(format="%.2f"),
            "parameters": st.column_config.NumberColumn(format="localized"),
        },
    )
    if event.selection.rows:
        state.set_current_run_id(runs[event.selection.rows[0]].id)
        state.drop(Key.HOME_RUNS)
        layout.go("pages/evaluate.py")
    data = " and ".join(dict.fromkeys(run.source for run in runs))
    st.caption(f"Trained on {data}. Select a row to see where that model goes wrong.")


def _table(runs: list[Run]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "run": run.name,
            "test accuracy": run.metrics.get("test_accuracy"),
            "test AUC": run.metrics.get("test_auc"),
            "parameters": run.parameters,
            "what it asks": _asks(run),
        }
        for run in runs
    ]
    return pd.DataFrame(rows)


def _asks(run: Run) -> str:
    if run.recipe.seeds:
        return f"{run.preset} under {len(run.recipe.seeds)} seeds: the mean of their scores."
    return PRESETS[run.preset].story if run.preset in PRESETS else ""


def first_run() -> None:
    """Choose a showcase run where none is chosen yet, so that the first click shows something."""
    try:
        runs = cached.showcase()
    except CxrError:
        return  # show_showcase says why
    if runs and state.current_run_id() is None:
        state.set_current_run_id(chosen.first_to_show(runs).id)
