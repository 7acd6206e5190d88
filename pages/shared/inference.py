"""Asking a run's network: one question at a time, with a message while it loads.

Probabilities and maps of uploads are computed here and kept nowhere; maps of a run's own images
are kept on disk by engine.explaining.cached.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shared import background, cached

if TYPE_CHECKING:
    import numpy as np

    from engine.explaining.cam import CamLayer, CamResult
    from engine.runs.run import Run
    from engine.words.options import Choice
    from pages.shared.working import Report

TURN = threading.Lock()  # the sessions of the app's process share its networks


def layers(run: Run) -> list[CamLayer]:
    """Return the layers that a map can be drawn for."""
    from engine.explaining import cached as views

    with _network(run) as load:
        return views.layers(cached.model_key(run.id), load)


def kept_map(
    run: Run,
    image: np.ndarray,
    class_index: int,
    layer: int | None,
    method: str | Choice = "gradcam",
) -> tuple[CamResult, bool]:
    """Return the heat map of an image of the run's data, and whether it came from the cache."""
    from engine.explaining import cached as views

    with _network(run) as load:
        return views.view(cached.model_key(run.id), load, image, class_index, method, layer)


def kept_maps(
    run: Run,
    images: np.ndarray,
    class_indices: Sequence[int] | np.ndarray,
    layer: int | None,
    method: str | Choice = "gradcam",
    tell: Report | None = None,
) -> list[CamResult]:
    """Return the heat maps of images (n, s, s) of the run's data, each for its own class (n,).

    What is missing is computed in batches, with a bar above what comes next; a thread hands over
    `tell`, which may raise Cancelled, and draws nothing.
    """
    from engine.explaining import cached as views

    key = cached.model_key(run.id)
    with _bar(run, tell) as (load, progress):
        return views.views(key, load, images, class_indices, method, layer, progress, TURN)


def fresh_map(run: Run, image: np.ndarray, class_index: int) -> CamResult:
    """Return the heat map of an upload; nothing is kept."""
    with _network(run) as load:
        model = load()
        from engine.explaining.cam import cam

        return cam(model, image, class_index)


def probabilities(run: Run, image: np.ndarray) -> np.ndarray:
    """Return a probability per class, (classes,), for what the network sees of an upload."""
    return several(run, image[None])[0]


def several(run: Run, images: np.ndarray) -> np.ndarray:
    """Return probabilities (n, classes) for what the network sees of n pictures (n, s, s)."""
    with _network(run) as load:
        model = load()
        from engine.learning.prediction import predict

        return predict(model, images)


def network(run: Run) -> Any:
    """Return the run's network for long work in a thread, which takes TURN for each use of it."""
    with TURN:
        return cached.model(run.id)


@contextmanager
def _bar(
    run: Run, tell: Report | None
) -> Iterator[tuple[Callable[[], Any], Callable[[int, int], None]]]:
    """Yield what loads the network and what tells how far its maps are."""
    what = f"Asking {run.name} where it looked"
    if tell is not None:
        yield lambda: cached.model(run.id), lambda done, total: tell(done, total, what)
        return
    place = st.empty()

    def load() -> Any:
        if not background.ready("tensorflow"):
            place.progress(0.0, _loading(run))
        return cached.model(run.id)

    try:
        yield (
            load,
            lambda done, total: place.progress(done / total, f"{what}: {done:,} of {total:,}"),
        )
    finally:
        place.empty()


def _loading(run: Run) -> str:
    return f"Loading TensorFlow and {run.name}: 10 to 20 s, once after the server's start"


@contextmanager
def _network(run: Run) -> Iterator[Any]:
    """Hold the lock; yield a function that loads the network and says so while it does."""

    def load() -> Any:
        if background.ready("tensorflow"):
            return cached.model(run.id)
        with st.spinner(_loading(run), show_time=True):
            return cached.model(run.id)

    mine = TURN.acquire(timeout=1)
    try:
        if not mine:
            with st.spinner("Another visitor's question comes first", show_time=True):
                mine = TURN.acquire()
        yield load
    finally:
        if mine:
            TURN.release()
