"""A little web server that cuts, stalls, lies and changes its files, for tests without internet."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from engine.learning.listener import Silent
from engine.words.errors import Cancelled


@dataclass
class Served:
    """What the server holds, how it behaves, and what it was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)  # path -> content
    asked: list[str] = field(default_factory=list)  # paths of the requests
    ranges: list[str] = field(default_factory=list)  # their Range headers, "" for none
    sent: int = 0  # bytes of files
    cuts: list[int] = field(default_factory=list)  # bytes that the next answers send, then cut
    statuses: list[int] = field(default_factory=list)  # what the next answers are instead
    short_by: int = 0  # bytes that every answer promises and keeps back
    silent: int = 0  # how many of the next cut answers hang up only when the server ends
    drip: float = 0.0  # seconds between two pieces
    piece: int = 1 << 16  # bytes
    answers: threading.Event = field(default_factory=threading.Event)  # cleared: it keeps silent
    ranged: bool = True  # it can go on from the middle
    shift: int = 0  # bytes by which it goes on from a wrong place
    tag: str = '"one"'  # its ETag
    moved: dict[str, str] = field(default_factory=dict)  # path -> where it sends the asker
    kind: str = "application/octet-stream"
    url: str = ""

    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.answers.set()


@contextmanager
def serve() -> Iterator[Served]:
    """Serve on a free port of this machine until the block ends."""
    served = Served()

    class Handler(_Handler):
        state: ClassVar[Served] = served

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield served
        finally:
            served.answers.set()
            served.over.set()
            server.shutdown()
            thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    state: ClassVar[Served]

    def do_GET(self) -> None:
        state = self.state
        state.asked.append(self.path)
        state.ranges.append(self.headers.get("Range", ""))
        state.answers.wait(600)
        if self.path in state.moved:
            self.send_response(302)
            self.send_header("Location", state.moved[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = state.files.get(self.path.partition("?")[0])
        status = state.statuses.pop(0) if state.statuses else 200
        if content is None or status != 200:
            self.send_error(404 if content is None else status)
            return
        begin = self._begin(content)
        if begin is None:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.end_headers()
            return
        self._head(content, begin)
        self._write(content[begin:])

    def _begin(self, content: bytes) -> int | None:
        """Return where to go on from, 0 for all of it, None where there is no more."""
        wanted, known = self.headers.get("Range", ""), self.headers.get("If-Range")
        if not wanted or not self.state.ranged or known not in (None, self.state.tag):
            return 0
        begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        return begin - self.state.shift if begin < len(content) else None

    def _head(self, content: bytes, begin: int) -> None:
        self.send_response(206 if begin else 200)
        self.send_header("Content-Type", self.state.kind)
        self.send_header("Content-Length", str(len(content) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        if self.state.tag:
            self.send_header("ETag", self.state.tag)
        self.end_headers()

    def _write(self, content: bytes) -> None:
        keep = len(content) - self.state.short_by
        if self.state.cuts:
            keep = min(keep, self.state.cuts.pop(0))
        piece = self.state.piece
        for start in range(0, keep, piece):
            self.state.sent += min(piece, keep - start)  # first: the other side may be at once done
            try:
                self.wfile.write(content[start : min(start + piece, keep)])
            except OSError:  # the other side has hung up
                return
            self.state.over.wait(self.state.drip)
        if keep < len(content) and self.state.silent:
            self.state.silent -= 1
            self.state.over.wait(600)

    def log_message(self, *what: object) -> None:
        pass


def wait_until(condition: Callable[[], object], seconds: float = 300.0) -> None:
    """Wait till another thread or process has come so far."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.01)


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
