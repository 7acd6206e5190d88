"""Whether jobs go to a Ray cluster: two settings, refused where one of them is missing."""

from importlib.util import find_spec
from urllib.parse import urlsplit

from engine.runs.tracking import is_remote
from engine.words.errors import CxrError
from engine.words.settings import settings

INSTALL = "pip install -r requirements-cluster.txt"
ALONE = "or unset CXR_RAY_ADDRESS to train on this machine. See docs/cluster.md."
EXAMPLE = "such as http://head:8265"
LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


def is_wanted() -> bool:
    """Whether jobs go to a cluster; raise CxrError where the settings are half of what it takes.

    MLFLOW_TRACKING_URI alone is whole: runs are kept on that server, and jobs work here.
    """
    here = settings()
    if not here.ray_address:
        return False
    _check(here.ray_address, here.tracking_uri)
    return True


def trouble() -> str:
    """What is missing, for a screen; empty where nothing is."""
    try:
        is_wanted()
    except CxrError as error:
        return str(error)
    return ""


def _check(address: str, tracking: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CxrError(
            f"CXR_RAY_ADDRESS must be the address of the cluster's dashboard, {EXAMPLE}; got "
            f"'{address}'. Correct it, {ALONE}"
        )
    if not tracking:
        raise CxrError(
            f"CXR_RAY_ADDRESS is set ({address}), but MLFLOW_TRACKING_URI is not: the cluster's "
            "nodes have no run store to write to. Set it to an MLflow server that all nodes "
            f"reach, such as http://head:5000, {ALONE}"
        )
    if not is_remote():
        raise CxrError(
            f"Other machines cannot reach the run store {tracking}. With CXR_RAY_ADDRESS set, "
            "MLFLOW_TRACKING_URI must be an MLflow server that all nodes reach, such as "
            f"http://head:5000. Correct it, {ALONE}"
        )
    if urlsplit(tracking).hostname in LOOPBACK and parts.hostname not in LOOPBACK:
        raise CxrError(
            f"MLFLOW_TRACKING_URI is {tracking}, which on each node of the cluster at {address} "
            "means the node itself. Give the name under which all nodes reach the server, "
            f"{ALONE}"
        )
    if not is_installed():
        raise CxrError(
            f"CXR_RAY_ADDRESS is set ({address}), but the package `ray` is not installed here. "
            f"Install it with `{INSTALL}`, {ALONE}"
        )


def is_installed() -> bool:
    """Whether the package `ray` with its job client is installed."""
    return all(find_spec(name) is not None for name in ("ray", "aiohttp"))
