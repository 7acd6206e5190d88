"""One file over HTTP: with progress, and an early no where there is no internet."""

from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from engine.learning.listener import Listener
from engine.words.errors import CxrError

PATIENCE = 10.0  # seconds till the server's first word; the system's own limits are minutes
TIMEOUT = (5.0, 10.0)  # seconds to connect to one address, seconds between two pieces
PIECE = 1 << 18  # bytes between two looks at the listener
MEGABYTE = 1_000_000


def download(url: str, path: Path, text: str, listener: Listener) -> None:
    """Write what `url` holds to `path`; tell megabytes. Raise CxrError where that fails.

    The caller owns `path`: after an error or Cancelled a part of the file may lie there.
    """
    import requests
    from pooch import HTTPDownloader

    progress: Any = _Progress(text, listener)  # pooch asks for a tqdm, and uses this much of it
    fetch = HTTPDownloader(progressbar=progress, chunk_size=PIECE, timeout=TIMEOUT)
    try:
        _await_server(lambda: fetch(url, None, None, check_only=True), text, listener)
        fetch(url, str(path), None)
    except requests.RequestException as error:
        raise CxrError(f"{url} could not be downloaded: {_reason(error)}.") from error


def _await_server(ask: Callable[[], object], text: str, listener: Listener) -> None:
    """Ask in a thread of its own, so that neither cancelling nor giving up waits for the system."""
    import requests

    answers: SimpleQueue[requests.RequestException | None] = SimpleQueue()

    def run() -> None:
        try:
            ask()
            answers.put(None)
        except requests.RequestException as error:
            answers.put(error)

    Thread(target=run, daemon=True).start()
    for _ in range(int(PATIENCE * 5)):
        listener.phase(text)
        try:
            error = answers.get(timeout=0.2)
        except Empty:
            continue
        if error:
            raise error
        return
    raise requests.ConnectTimeout


def _reason(error: Exception) -> str:
    """A few words for people instead of the library's nested ones."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    reasons = {
        requests.Timeout: "the server did not answer in time, or there is no internet",
        requests.exceptions.SSLError: "the server's certificate is not accepted",
        requests.exceptions.ChunkedEncodingError: "the connection broke off",
        requests.exceptions.ProxyError: "the proxy did not connect",
    }
    known = next((text for kind, text in reasons.items() if isinstance(error, kind)), "")
    if not known and isinstance(error, requests.ConnectionError):
        stalled = "Read timed out" in str(error)  # what requests makes of it in mid-file
        known = "the connection broke off" if stalled else "no connection to the server"
    return known or str(error)


class _Progress:
    """What pooch reports to: bytes in, megabytes to the listener."""

    total = 0  # bytes; pooch sets it, 0 where the server does not say

    def __init__(self, text: str, listener: Listener) -> None:
        self._text, self._listener, self._done = text, listener, 0

    def update(self, size: int) -> None:
        """Note another piece; the last one counts as a whole one."""
        self._done += size
        done = min(self._done, self.total) if self.total else self._done
        self._listener.phase(self._text, done // MEGABYTE, -(-self.total // MEGABYTE))

    def reset(self) -> None:
        """Count anew: pooch does so once, before it tells the whole size."""
        self._done = 0

    def close(self) -> None:
        """Nothing is left to do."""
