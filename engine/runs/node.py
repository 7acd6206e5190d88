"""What a worker does first on a node of a cluster: find the folders, and its job."""

import json
import os
import socket
from pathlib import Path
from typing import Any

from engine.runs import jobs, sent
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


def arrive(run_id: str) -> None:
    """Find the app's folders, and send what is printed to the job's log. Raises CxrError."""
    told = json.loads(os.environ[ORDER])
    os.environ |= told["paths"]
    os.environ["CXR_CACHE_DIR"] = str(own_folder() / "cache")
    if not jobs.exists(run_id):
        raise CxrError(
            f"The machine {socket.gethostname()} finds no job {run_id} in {jobs.jobs_folder()}. "
            "It was deleted; or this folder is not shared with this machine, as CXR_RAY_SHARED=1 "
            "says. Share it under the same path, or unset CXR_RAY_SHARED."
        )
    with (jobs.folder_of(run_id) / "log.txt").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


def is_stale(run_id: str) -> bool:
    """Whether nobody waits for this worker any more: cancelled, taken back or sent anew."""
    note, told = sent.read(run_id), json.loads(os.environ[ORDER])
    mine = note is not None and note.submission(run_id) == told["submission"]
    return not mine or jobs.read_state(run_id).ended or jobs.cancel_requested(run_id) > 0


def own_folder() -> Path:
    """Where this node keeps what it fetched and computed; its CXR_NODE_DIR says otherwise."""
    given = os.environ.get("CXR_NODE_DIR")
    return Path(given) if given else Path.home() / ".cache" / "cxr-lab" / socket.gethostname()
