"""What is said of a run store on a server that does not answer."""

import pytest

from benchmarks.server import free_port
from engine.runs import store
from engine.words.errors import CxrError


def test_a_silent_server_is_named_and_not_waited_for(
    models: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")  # the admin's word counts
    with pytest.raises(CxrError, match=f"run store {url} does not answer.*MLFLOW_TRACKING_URI"):
        store.list_runs()
