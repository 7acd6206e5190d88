"""A little web server with files of weights, for tests without internet."""

import hashlib
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import h5py
import numpy as np
import pytest

from engine.learning import weights
from engine.learning.listener import Silent
from engine.words.errors import Cancelled


@dataclass
class Served:
    """What the server holds and what it was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)  # path -> content
    asked: list[str] = field(default_factory=list)  # paths of GET requests
    short_by: int = 0  # bytes that it promises and keeps back
    stall: float = 0.0  # seconds till it closes the connection
    url: str = ""


@contextmanager
def serve() -> Iterator[Served]:
    """Serve on a free port of this machine until the block ends."""
    served = Served()

    class Handler(http.server.BaseHTTPRequestHandler):
        server_version: ClassVar[str] = "weights"

        def do_HEAD(self) -> None:
            self._head()

        def do_GET(self) -> None:
            served.asked.append(self.path)
            content = self._head()
            self.wfile.write(content[: len(content) - served.short_by])
            time.sleep(served.stall)

        def _head(self) -> bytes:
            content = served.files.get(self.path)
            if content is None:
                self.send_error(404)
                return b""
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            return content

        def log_message(self, *what: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_address[1]}/keras"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def write_weights(path: Path, seed: int = 0, megabytes: int = 3) -> bytes:
    """Write an HDF5 file of random numbers and return its content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file["kernel"] = np.random.default_rng(seed).integers(
            256, size=megabytes * 10**6, dtype="u1"
        )
    return path.read_bytes()


def let_be_keras_own(monkeypatch: pytest.MonkeyPatch, network: str, content: bytes) -> None:
    """Let the table take this content for the file that Keras has."""
    row = replace(weights.WEIGHTS[network], hash=hashlib.md5(content).hexdigest())
    monkeypatch.setattr(weights, "WEIGHTS", {**weights.WEIGHTS, network: row})


def put(path: Path, content: bytes) -> Path:
    """Write a file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


class Ear(Silent):
    """A listener that remembers; it cancels at so many megabytes, or when told so many times."""

    def __init__(self, megabytes: int = 10**9, times: int = 10**9) -> None:
        self.heard: list[tuple[str, int, int]] = []
        self._megabytes, self._times = megabytes, times

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Note it."""
        self.heard.append((text, done, total))
        if done >= self._megabytes or len(self.heard) >= self._times:
            raise Cancelled
