"""The connection to MLflow, opened on first use."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from engine.runs.artefacts import first_line
from engine.words.errors import CxrError, NotFound
from engine.words.locks import locked
from engine.words.settings import settings

EXPERIMENT = "cxr-lab"
GONE = ("RESOURCE_DOES_NOT_EXIST", "must be in the 'active' state")
FULL = ("disk is full", "No space left")
SILENT = (
    "failed with exception",
    "failed with timeout",
    "HTTPConnectionPool",
    "Connection aborted",
)
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
# MLflow's own patience is four minutes for each question, and a page would wait all of it.
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
_opening = threading.Lock()


class Tracking(NamedTuple):
    """A client and the experiment that holds our runs."""

    client: Any
    experiment: str


def tracking_uri() -> str:
    """Where runs are tracked: MLFLOW_TRACKING_URI, or the SQLite file under models/."""
    here = settings()
    return here.tracking_uri or f"sqlite:///{here.models.resolve() / 'mlflow.db'}"


def runs_folder() -> Path:
    """Where runs' files lie on this machine."""
    return settings().models.resolve() / "runs"


def is_remote() -> bool:
    """Whether a tracking server keeps the files too."""
    return tracking_uri().startswith(("http:", "https:", "databricks"))


def tracking() -> Tracking:
    """Return the connection; the first call of a process takes seconds (MLflow is imported)."""
    with _opening:
        return _open(tracking_uri(), runs_folder())


@lru_cache(maxsize=4)
def _open(uri: str, folder: Path) -> Tracking:
    for name, value in {**QUIET, **PATIENCE}.items():
        os.environ.setdefault(name, value)
    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # it tells each new try
    from mlflow.tracking import MlflowClient

    with locked(folder.parent / ".mlflow.lock", wait=60), plain_errors():
        client = MlflowClient(uri)
        found = client.get_experiment_by_name(EXPERIMENT)
        if found is None:
            place = None if is_remote() else folder.as_uri()
            return Tracking(client, client.create_experiment(EXPERIMENT, artifact_location=place))
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
        return Tracking(client, found.experiment_id)


@contextmanager
def plain_errors(run_id: str = "") -> Iterator[None]:
    """Turn MLflow's errors into ours: NotFound for a run that is gone, else CxrError."""
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    try:
        yield
    except (MlflowException, RequestException) as error:  # the latter of files on a server
        text = f"{getattr(error, 'error_code', '')} {error}"
        if run_id and any(sign in text for sign in GONE):
            raise NotFound(
                f"There is no run '{run_id}' (any more). `python -m engine runs` lists them."
            ) from error
        if any(sign in text for sign in FULL):
            raise CxrError(f"The disk of {tracking_uri()} is full. Free some space.") from error
        if is_remote() and any(sign in text for sign in SILENT):
            raise CxrError(
                f"The run store {tracking_uri()} does not answer. What it holds is not lost: start "
                "the MLflow server again, or correct MLFLOW_TRACKING_URI."
            ) from error
        raise CxrError(
            f"The run store {tracking_uri()} did not take this: {first_line(error)}"
        ) from error
