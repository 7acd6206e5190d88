"""Real parts on this machine: PostgreSQL, MLflow, Ray with two nodes, the app, Chromium.

Where a part is missing these tests are skipped, and with CXR_REQUIRE_CLUSTER=1 they fail.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.parts import mlflow_server, postgres, postgres_programs, short_folder
from benchmarks.ray_nodes import Ray
from benchmarks.ray_nodes import ray as run_ray
from benchmarks.server import chromium, chromium_path
from engine.words.settings import NAMES
from tests.cluster.lab import IMAGES, Lab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here, and skip it where a part is missing and none is required."""
    missing = "" if os.environ.get("CXR_REQUIRE_CLUSTER") == "1" else _missing()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster)
            if missing:
                item.add_marker(pytest.mark.skip(missing))


def _missing() -> str:
    if not postgres_programs():
        return "needs PostgreSQL: apt-get install postgresql"
    if not (find_spec("ray") and find_spec("psycopg")):
        return "needs Ray and psycopg: pip install -r requirements-cluster.txt"
    return "" if chromium_path() else "needs Chromium: apt-get install chromium"


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """Where all parts keep what they write; who ends this process politely ends them too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with short_folder() as folder:
        yield folder
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def run_store(place: Path) -> Iterator[str]:
    """The address of an MLflow server on PostgreSQL."""
    with postgres(place) as database, mlflow_server(place, database) as url:
        yield url


@pytest.fixture(scope="session")
def ray(place: Path) -> Iterator[Ray]:
    """A head and two nodes of one processor, each with a folder of its own."""
    nodes = {name: {"CXR_NODE_DIR": str(place / name)} for name in ("one", "two")}
    with run_ray(place, nodes) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as running:
        yield running


def folders(home: Path) -> dict[str, str]:
    """Return the settings of an app that keeps everything under `home`."""
    names = ("MODELS", "DATA", "SHOWCASE")
    for name in names:
        (home / name.lower()).mkdir(parents=True)
    own = {f"CXR_{name}_DIR": str(home / name.lower()) for name in names}
    return {**dict.fromkeys(NAMES, ""), **own, "CXR_PHANTOM_IMAGES": f"{IMAGES}"}


@contextmanager
def lab_of(home: Path, ray: Ray, **more: str) -> Iterator[Lab]:
    """An app that sends to this cluster; this process has the same settings meanwhile."""
    env = folders(home) | {"CXR_RAY_ADDRESS": ray.url, **more}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        lab = Lab(home, env, ray)
        try:
            yield lab
        finally:
            lab.close()
