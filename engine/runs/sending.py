"""Data is sent to the run store in a thread, so that a large source holds up no other job."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from engine.data import sources
from engine.runs import parcels
from engine.runs.jobs import Job, recipe_of
from engine.words.errors import CxrError, NotFound
from engine.words.settings import settings

AGAIN = 30.0  # seconds after an attempt that failed
WAITS = "Its images are on their way to the run store; then it goes to the cluster."
_pool = ThreadPoolExecutor(1, thread_name_prefix="cxr-parcels")
_sent: dict[tuple[str, str], Future[str]] = {}  # run store and content -> why it failed, if it did
_failed: dict[tuple[str, str], float] = {}
_lock = threading.Lock()


def why_not(job: Job) -> str:
    """Why a job's data is not in the run store yet; empty once it is. Begins to send it."""
    content = recipe_of(job).data
    key = settings().tracking_uri, content
    with _lock:
        if time.monotonic() - _failed.get(key, -AGAIN) > AGAIN and key in _failed:
            del _failed[key], _sent[key]
        if key not in _sent:
            _sent[key] = _pool.submit(_send, job.source, content, settings().cache / "parcels")
        if not _sent[key].done():
            return WAITS
        trouble = _sent[key].result()
        if trouble:
            _failed.setdefault(key, time.monotonic())
        return trouble


def _send(source: str, content: str, folder: Path) -> str:
    """Send what is not there yet; return why it could not be sent."""
    try:
        if parcels.find(content):
            return ""
        try:
            catalogue = sources.open_source(source)
        except NotFound:
            catalogue = sources.find_by_hash(content)
        if catalogue.hash != content:
            catalogue = sources.find_by_hash(content)
        parcels.send(catalogue, folder)
    except (CxrError, OSError) as error:
        return f"Its images could not be sent to the run store: {error}"
    return ""
