"""What a worker does first on a node of a cluster: find the folders, and its job."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.data.catalogue import Catalogue
from engine.runs import apart, following, jobs, parcels, sent
from engine.words.errors import CxrError
from engine.words.settings import settings

ORDER = "CXR_ORDER"  # the variable that tells a worker that it is on a node, and what of the app's
PATHS = (
    "CXR_MODELS_DIR",
    "CXR_DATA_DIR",
    "CXR_SHOWCASE_DIR",
    "CXR_WEIGHTS_DIR",
    "CXR_CACHE_DIR",
)


def order(submission: str) -> dict[str, Any]:
    """What a worker is told: its submission, and the folders where they are shared."""
    here = settings()
    paths = {
        "CXR_MODELS_DIR": here.models,
        "CXR_DATA_DIR": here.data,
        "CXR_SHOWCASE_DIR": here.showcase,
        **({"CXR_WEIGHTS_DIR": here.weights} if here.weights else {}),
    }
    shown = {name: str(path.resolve()) for name, path in paths.items()}
    return {"submission": submission, "shared": here.ray_shared, "paths": shown}


def is_here() -> bool:
    """Whether this process works on a node of a cluster."""
    return ORDER in os.environ


def is_apart() -> bool:
    """Whether this process works on a node that shares no folder with the app."""
    return is_here() and not _told()["shared"]


def arrive(run_id: str) -> bool:
    """Find the folders and the job; False where nobody waits for it. Raises CxrError."""
    told, own = _told(), own_folder()
    os.environ["CXR_CACHE_DIR"] = os.environ.get("CXR_CACHE_DIR") or str(own / "cache")
    if not told["shared"]:
        for name in ("models", "data", "showcase"):
            os.environ[f"CXR_{name.upper()}_DIR"] = str(own / name)
        return apart.take(run_id, told["submission"])
    os.environ |= told["paths"]
    if not jobs.exists(run_id):
        raise CxrError(
            f"The machine {socket.gethostname()} finds no job {run_id} in {jobs.jobs_folder()}. "
            "It was deleted; or this folder is not shared with this machine, as CXR_RAY_SHARED=1 "
            "says. Share it under the same path, or unset CXR_RAY_SHARED."
        )
    with (jobs.folder_of(run_id) / "log.txt").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    note = sent.read(run_id)
    mine = note is not None and note.submission(run_id) == told["submission"]
    return mine and not jobs.read_state(run_id).ended and not jobs.cancel_requested(run_id)


def passing(run_id: str) -> dict[int, Path]:
    """Where a worker shall leave shorter trainings, by their epochs."""
    return apart.places(run_id) if is_apart() else following.places(run_id)


def send_passed(run_id: str) -> None:
    """Send what was left for shorter trainings, where the app does not see this node's files."""
    if is_apart():
        apart.send_passed(run_id)


@contextmanager
def reporting(run_id: str) -> Iterator[None]:
    """Let the app see how far the job is, where it does not see this node's files."""
    if not is_apart():
        yield
        return
    with apart.reporting(run_id):
        yield
    apart.leave(run_id)


def open_data(content: str, tell: Callable[[str], object]) -> Catalogue:
    """Return the data with this hash on a node apart from the app, fetched where need be."""
    return parcels.receive(content, own_folder() / "parcels", tell)


def own_folder() -> Path:
    """Where this node keeps what it fetched and computed; its CXR_NODE_DIR says otherwise."""
    given = os.environ.get("CXR_NODE_DIR")
    return Path(given) if given else Path.home() / ".cache" / "cxr-lab" / socket.gethostname()


def _told() -> Any:
    return json.loads(os.environ[ORDER])
