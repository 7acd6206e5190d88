"""Threads of the app's process: the warm-up, the job dispatcher and the garbage collector.

The dispatcher also keeps a spare worker, once the warm-up leaves the processors free.

Nothing heavy is imported before the first page is painted. GPUs are hidden from this process
through TensorFlow itself; the environment stays as it was, so workers see every GPU.
"""

import gc
import logging
import threading
import time
from dataclasses import dataclass, field

from engine.words.errors import CxrError

log = logging.getLogger(__name__)

WARM_UP_DELAY = 3.0  # seconds after the first script run: the first paint goes first
DISPATCH_SECONDS = 1.0
COLLECT_SECONDS = 10.0


@dataclass
class Background:
    """What the threads have reached."""

    started: bool = False
    warm: bool = False  # the warm-up is over
    loaded: set[str] = field(default_factory=set)
    trouble: dict[str, str] = field(default_factory=dict)
    tensorflow_lock: threading.Lock = field(default_factory=threading.Lock)


_STATE = Background()


def start() -> Background:
    """Start the threads, once per process."""
    if not _STATE.started:
        _STATE.started = True
        for job in (_warm_up, _dispatch, _collect):
            threading.Thread(target=job, name=f"cxr{job.__name__}", daemon=True).start()
    return _STATE


def ready(name: str) -> bool:
    """Tell whether "devices", "sklearn", "mlflow" or "tensorflow" is loaded."""
    return name in _STATE.loaded


def trouble() -> dict[str, str]:
    """Return what failed in the background, by what was tried."""
    return dict(_STATE.trouble)


def load_tensorflow() -> None:
    """Import TensorFlow with GPUs hidden from this process; wait where it is being imported."""
    with _STATE.tensorflow_lock:
        if ready("tensorflow"):
            return
        import tensorflow

        tensorflow.config.set_visible_devices([], "GPU")
        import keras  # noqa: F401  (warm for the pages)

        _STATE.loaded.add("tensorflow")


def _find_devices() -> None:
    from engine.runs import devices

    devices.list_devices()  # keeps its answer
    _STATE.loaded.add("devices")


def _load_sklearn() -> None:
    import sklearn.metrics  # noqa: F401

    _STATE.loaded.add("sklearn")


def _load_mlflow() -> None:
    from engine.runs import store

    store.list_runs()  # creates the database where there is none (seconds)
    _STATE.loaded.add("mlflow")


def _warm_up() -> None:
    time.sleep(WARM_UP_DELAY)
    steps = {
        "devices": _find_devices,
        "sklearn": _load_sklearn,
        "mlflow": _load_mlflow,
        "tensorflow": load_tensorflow,
    }
    for name, step in steps.items():
        _attempt(name, step)
    _STATE.warm = True
    # What is loaded now stays: keep it out of every later collection.
    gc.collect()
    gc.freeze()


def _dispatch() -> None:
    time.sleep(WARM_UP_DELAY)
    while not (ready("mlflow") or "mlflow" in _STATE.trouble):
        time.sleep(DISPATCH_SECONDS)
    while True:
        _look_after_jobs()
        time.sleep(DISPATCH_SECONDS)


def _look_after_jobs() -> None:
    from engine.runs import local, queue

    _attempt("queue", queue.dispatch)
    if _STATE.warm:
        _attempt("spare worker", local.keep_spare)


def _collect() -> None:
    while True:
        time.sleep(COLLECT_SECONDS)
        gc.collect()


def _attempt(name: str, step: object) -> None:
    """Run a step; a failure is logged once, kept for the screen, and ends no thread."""
    try:
        step()  # type: ignore[operator]
        _STATE.trouble.pop(name, None)
    except Exception as error:
        if _STATE.trouble.get(name) != str(error):
            bug = not isinstance(error, CxrError)  # else somebody can mend it: one line will do
            log.error("In the background, %s failed: %s", name, error, exc_info=bug)
        _STATE.trouble[name] = str(error) or type(error).__name__
