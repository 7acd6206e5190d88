"""Ray's own client against a small HTTP server that answers as a head does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engine.runs import ray_client
from engine.runs.ray_client import Answer, Client, NoAnswer
from engine.words.errors import CxrError

pytest.importorskip("ray")
JOB = {
    "type": "SUBMISSION",
    "submission_id": "a-1",
    "status": "FAILED",
    "entrypoint": "x",
    "message": "Job entrypoint command failed with exit code -9",
    "error_type": "JOB_ENTRYPOINT_COMMAND_ERROR",
    "driver_exit_code": -9,
}
NODES = [
    {"state": "ALIVE", "resources_total": {"CPU": 4.0, "GPU": 1.0, "memory": 1.0}},
    {"state": "ALIVE", "resources_total": {"memory": 1.0}},
    {"state": "DEAD", "resources_total": {"CPU": 8.0}},
]
LOG = "Runtime env is setting up.\nRunning entrypoint for job a-1: x\nTraining\n"
GET = {
    "/api/version": {"version": "4", "ray_version": "2.60.0"},
    "/api/jobs/a-1": JOB,
    "/api/jobs/": [JOB],
    "/api/jobs/a-1/logs": {"logs": LOG},
    "/api/v0/nodes?limit=1000": {"data": {"result": {"result": NODES}}},
}


class _Head(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = GET.get(self.path)
        self.send_response(200 if found is not None else 404)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def do_POST(self) -> None:
        self.send_response(500)
        self.end_headers()
        self.wfile.write(b"No available agent to submit job, please try again later.")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A head on a free port of this machine."""
    for name in ray_client.OVERRULES:
        monkeypatch.delenv(name, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Head) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_states_nodes_and_logs_are_read(address: str) -> None:
    client = Client(address)
    failed = Answer("FAILED", JOB["error_type"], JOB["message"], -9)
    assert client.answers(["a-1", "unknown-1"]) == {"a-1": failed}
    assert client.answers([f"{number}-1" for number in range(9)]) == {"a-1": failed}  # the list
    assert client.nodes() == [(4.0, 1.0), (0.0, 0.0)]
    assert client.log("a-1") == "Training\n"


def test_a_refusal_says_what_ray_said(address: str) -> None:
    with pytest.raises(CxrError, match=r"refused.*No available agent") as error:
        Client(address).stop("a-1")
    assert not isinstance(error.value, NoAnswer)


def test_nobody_there_is_no_answer(address: str) -> None:
    with pytest.raises(NoAnswer, match="no connection"):
        Client("http://127.0.0.1:9")


def test_a_head_that_accepts_and_says_nothing_is_given_up(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(address)
    monkeypatch.setattr(ray_client, "READ", 0.2)
    held = threading.Event()
    monkeypatch.setattr(_Head, "do_GET", lambda self: held.wait(30))
    with pytest.raises(NoAnswer, match="not in time"):
        client.nodes()
    held.set()


def test_a_variable_of_rays_that_would_overrule_the_address_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "http://elsewhere:8265")
    with pytest.raises(CxrError, match="RAY_ADDRESS is set to http://elsewhere:8265"):
        Client(address)
