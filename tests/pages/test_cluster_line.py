"""What the screens say of a cluster: what it has, that it is silent, that half of it is missing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.runs import cluster, cluster_state, jobs, sent
from tests.pages import trainings

Open = Callable[..., AppTest]
HEAD = "http://head:8265"


@pytest.fixture
def whole(warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that sends to a cluster; its runs are in SQLite all the same, for want of a server."""
    monkeypatch.setenv("CXR_RAY_ADDRESS", HEAD)
    monkeypatch.setattr(cluster, "_check", lambda address, tracking: None)


def texts(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.markdown, page.caption, page.error, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.mark.parametrize("file", ["pages/queue.py", "pages/train.py", "pages/studies.py"])
def test_half_a_configuration_is_named_where_it_matters(
    file: str, open_page: Open, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_RAY_ADDRESS", HEAD)
    page = open_page(file)
    said = texts(page)
    assert "Nothing can be trained" in said and "MLFLOW_TRACKING_URI is not" in said


def test_the_button_is_refused_with_the_same_words(
    open_page: Open, warm: Path, lungs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_RAY_ADDRESS", HEAD)
    page = open_page("pages/train.py", data=lungs)
    start = next(one for one in page.button if one.label == "Start training")
    start.click().run()
    errors = [error.value for error in page.error if "MLFLOW_TRACKING_URI is not" in error.value]
    assert len(errors) == 2 and jobs.open_jobs() == []


def test_what_the_cluster_has_and_what_waits_in_its_queue(
    open_page: Open, whole: None, lungs: str
) -> None:
    cluster_state.write(cluster_state.of(HEAD, [(0.0, 0.0), (4.0, 0.0), (8.0, 1.0)]))
    run_id = trainings.queued(lungs)
    sent.write(run_id, sent.Sent(HEAD, accepted=True))
    page = open_page("pages/queue.py")
    assert f"cluster at {HEAD}, which has 2 nodes, 12 CPUs, 1 GPU" in texts(page)
    (bar,) = page.get("progress")
    assert "In the queue of the cluster" in str(bar.proto)
    home = open_page()
    assert {"Cluster": "2 nodes, 12 CPUs, 1 GPU"}.items() <= {
        metric.label: metric.value for metric in home.metric
    }.items()


def test_a_silent_cluster_is_said_to_be_silent_and_the_app_goes_on(
    open_page: Open, whole: None
) -> None:
    silent = f"The cluster at {HEAD} does not answer (no connection)."
    cluster_state.write(cluster_state.Standing(HEAD, trouble=silent))
    assert silent in texts(open_page("pages/train.py"))
    home = open_page()
    assert ("Cluster", "no answer") in [(one.label, one.value) for one in home.metric]


def test_without_a_cluster_nothing_is_said_of_one(open_page: Open, warm: Path) -> None:
    assert "CXR_RAY_ADDRESS" not in os.environ
    assert "cluster" not in texts(open_page("pages/queue.py")).lower()
