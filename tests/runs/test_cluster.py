"""The settings of a cluster: whole, or refused with what is missing and what to do."""

import pytest

from engine.cli import main
from engine.runs import cluster, jobs, queue, store
from engine.words.errors import CxrError
from tests.runs.conftest import make_recipe

pytestmark = pytest.mark.usefixtures("models")
HEAD, SERVER = "http://head:8265", "http://head:5000"


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if `ray` were installed: these tests never ask it anything."""
    monkeypatch.setattr(cluster, "find_spec", lambda name: object())


HALF = [
    (HEAD, "", "MLFLOW_TRACKING_URI is not"),
    (HEAD, "sqlite:////nfs/mlflow.db", "cannot reach the run store sqlite:////nfs/mlflow.db"),
    (HEAD, "file:///nfs/mlruns", "cannot reach the run store file:///nfs/mlruns"),
    (HEAD, "http://localhost:5000", "means the node itself"),
    ("head:8265", SERVER, "such as http://head:8265; got 'head:8265'"),
    ("ray://head:10001", SERVER, "such as http://head:8265; got 'ray://head:10001'"),
]


@pytest.mark.parametrize(("address", "tracking", "words"), HALF)
def test_half_a_configuration_is_refused_and_leaves_no_run(
    address: str, tracking: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_RAY_ADDRESS", address)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking)
    for refused in (
        lambda: queue.submit(make_recipe(), "phantom", "a"),
        queue.dispatch,
        cluster.is_wanted,
    ):
        with pytest.raises(CxrError) as error:
            refused()
        assert words in str(error.value) and "docs/cluster.md" in str(error.value)
    assert cluster.trouble() == str(error.value)
    assert jobs.open_jobs() == []
    monkeypatch.delenv("CXR_RAY_ADDRESS")
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert store.list_runs() == []


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CXR_RAY_ADDRESS", HEAD)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", SERVER)
    assert cluster.is_wanted() and cluster.trouble() == ""
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    assert "pip install -r requirements-cluster.txt" in cluster.trouble()


def test_a_run_store_alone_is_whole_and_trains_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", SERVER)
    assert not cluster.is_wanted() and cluster.trouble() == ""


def test_one_machine_may_be_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_RAY_ADDRESS", "http://127.0.0.1:8265/")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
    assert cluster.is_wanted()


def test_the_command_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CXR_RAY_ADDRESS", HEAD)
    code = main(["train", "Quick", "--data", "phantom"])
    said = capsys.readouterr().err
    assert code != 0 and "MLFLOW_TRACKING_URI is not" in said and "Traceback" not in said
