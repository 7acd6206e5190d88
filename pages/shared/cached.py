"""Thin caches over the engine. Only files named cached*.py have `st.cache_*`.

What is cached here is shared by all visitors: sixty viewers of one job cost what one does.
Engine imports stay inside the functions: the first paint comes before TensorFlow, MLflow, sklearn.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.words.errors import NotFound
from pages.shared import background
from pages.shared.opening import Opening, Shelf

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from engine.data.catalogue import Catalogue
    from engine.judging.scores import Scores
    from engine.runs.live import Progress
    from engine.runs.run import Run


@st.cache_resource(show_spinner=False)
def threads() -> background.Background:
    """Start the server's background threads once and return their state."""
    return background.start()


FOLLOWING: list[Any] = []  # caches of other files that forget_runs() drops too


# Runs -------------------------------------------------------------------------------------------


def runs() -> list[Run]:
    """Return all runs, newest first; before MLflow is warm only the showcase's, read from files."""
    return list(_all_runs()) if background.ready("mlflow") else showcase()


@st.cache_resource(ttl=2, show_spinner=False)  # a hundred runs are not copied for every rerun
def _all_runs() -> tuple[Run, ...]:
    from engine.runs import store

    return tuple(store.list_runs())


@st.cache_data(ttl=30, show_spinner=False)
def showcase() -> list[Run]:
    """Return the runs shipped with the product (files only, no MLflow)."""
    from engine.runs import showcase as shipped

    return shipped.list_showcase()


@st.cache_data(ttl=2, show_spinner="Looking up the run")
def run(run_id: str) -> Run:
    """Return one run; raise NotFound."""
    from engine.runs import store

    return store.get_run(run_id)


@st.cache_data(ttl=2, show_spinner=False)
def history(run_id: str) -> pd.DataFrame:
    """Return the epochs of a run."""
    from engine.runs import store

    return store.history(run_id)


@st.cache_data(max_entries=32, ttl=600, show_spinner="Reading the predictions")
def predictions(run_id: str) -> pd.DataFrame:
    """Return the stored predictions of a finished run; raise NotFound."""
    from engine.runs import store

    return store.predictions(run_id)


@st.cache_data(ttl=1, show_spinner=False)
def progress(run_id: str) -> Progress:
    """Return how far a job is; asked at most once a second whoever looks."""
    from engine.runs import live

    return live.progress(run_id)


def forget_runs() -> None:
    """Drop what is cached of runs, after one was started, cancelled or deleted."""
    for kept in (_all_runs, run, history, predictions, progress, scores, *FOLLOWING):
        kept.clear()


# Judging: resources, so that a rerun copies nothing ---------------------------------------------


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def scores(run_id: str, split: str) -> Scores:
    """Return a run's scores on one split; raise CxrError where it has none."""
    from engine.judging.scores import Scores

    return Scores.of(predictions(run_id), split, run(run_id).classes)


# Models -----------------------------------------------------------------------------------------


def model(run_id: str) -> Any:
    """Return the Keras model of a finished run (on the CPU of the app's process).

    Not safe to call from several sessions at once: inference.py holds the lock.
    """
    return _model(run_id, model_key(run_id))


def model_key(run_id: str) -> str:
    """Return the content hash of a run's model file; raise NotFound where it has none."""
    from engine.runs import store

    file = store.model_file(run_id)
    stat = file.stat()
    return _file_key(str(file), stat.st_mtime_ns, stat.st_size)


@st.cache_data(max_entries=256, show_spinner=False)
def _file_key(path: str, changed: int, size: int) -> str:
    from engine.explaining import cached as views

    return views.model_key(Path(path))


@st.cache_resource(max_entries=3, show_spinner=False)
def _model(run_id: str, key: str) -> Any:
    background.load_tensorflow()
    from engine.learning import prediction
    from engine.runs import store

    return prediction.load(store.model_file(run_id))


# Images -----------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()


def opening(name: str) -> Opening:
    """Return a source's opening, shared by all visitors; begin it where it is stale."""
    return _shelf().opening(name)


def catalogue(name: str) -> Catalogue:
    """Return a source's table of images, waiting for it; raise CxrError, NotFound."""
    entry = opening(name)
    if not entry.soon():
        with st.spinner(f"Reading the images of {name}"):
            entry.wait()
    if entry.failed:
        forget_catalogue(name)
    return entry.result()


def forget_catalogue(name: str) -> None:
    """Drop a source's table, so that it is read from disk again."""
    _shelf().forget(name)


@st.cache_data(max_entries=16, show_spinner=False)
def duplicates(data_hash: str, _images: pd.DataFrame) -> pd.DataFrame:
    """Return the images that occur more than once, kept by the data's content hash."""
    from engine.data import audit

    return audit.duplicates(_images)


@st.cache_data(max_entries=32, show_spinner=False)
def crossing(data_hash: str, kind: str, _catalogue: Catalogue) -> pd.DataFrame:
    """Return the patients in more than one part (see leaks.crossing), kept by content hash."""
    from pages.shared import leaks

    return leaks.crossing(_catalogue, kind)


@st.cache_data(ttl=60, show_spinner="Looking for the images")
def folder_of(run_id: str) -> tuple[Path | None, bool]:
    """Return where a run's images lie on this machine, or None; and whether by name only."""
    from engine.data import sources

    try:
        return sources.find_by_hash(run(run_id).recipe.data).root, False
    except NotFound:
        return sources.find_by_names(predictions(run_id)["file"].tolist()), True


@st.cache_data(max_entries=4000, show_spinner=False)
def picture(path: str, image_id: str, side: int | None = None) -> np.ndarray:
    """Return an image (H, W) uint8, shrunk to at most `side` pixels, kept by content (image_id).

    Raises CxrError where the file is gone or unreadable.
    """
    import cv2

    from engine.vision import decoding

    image = decoding.read(Path(path))
    longest = max(image.shape)
    if side is None or longest <= side:
        return image
    height, width = (max(1, round(length * side / longest)) for length in image.shape)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


@st.cache_data(max_entries=32, show_spinner=False)
def drawn(kind: str, seed: int, size: int = 224) -> np.ndarray:
    """Return one synthetic X-ray (size, size) uint8 of a kind, such as "viral"."""
    from engine.vision import phantom

    return phantom.draw(seed, kind, size).image
