"""One file over HTTP into its part; a server that cuts or is busy is asked again for the rest."""

import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from engine.data.parts import Part
from engine.words.errors import CxrError

if TYPE_CHECKING:
    import requests

PATIENCE = 15.0  # seconds till the server's first word; the system's own limits are minutes
TIMEOUT = (5.0, 10.0)  # seconds to connect to one address, seconds between two pieces
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before each new try that brings nothing new
LONGEST = 120.0  # seconds; a server may ask for more patience, and does not get it
PIECE = 1 << 16  # bytes between two looks at the listener
SPARE = 64 * 2**20  # bytes of the disk that stay free
MEGABYTE = 1_000_000
BUSY = {408, 425, 429, 500, 502, 503, 504}  # answers that may be another one in a while
# Zenodo refuses what poses as a browser, and slows what names only a library.
AGENT = "cxr-lab (downloads its teaching data and weights)"


class Listener(Protocol):
    """Hears how far it is; raises Cancelled where the user asked to stop."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now; done and total in megabytes."""
        ...


class _Again(Exception):
    """This try broke off; the next one may not."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait  # seconds that the server asked for


class Transfer:
    """Fills a part from an address, in as many tries as it takes."""

    def __init__(self, url: str, part: Part, text: str, listener: Listener) -> None:
        self._url, self._part, self._text, self._listener = url, part, text, listener
        self._answered = False
        self._told = (-1, 0.0)  # megabytes, when

    def run(self) -> None:
        """Return when all of it lies in the part; raise CxrError where that cannot be had.

        Raises OSError where the part cannot be written, and what the listener raises.
        """
        furthest, vain = self._part.size, 0
        while not self._part.is_whole:
            try:
                self._try()
                return
            except _Again as again:
                vain = 0 if self._part.size > furthest else vain + 1
                furthest = max(furthest, self._part.size)
                if vain > len(PAUSES):
                    raise self._failed(str(again)) from again
                self._rest(str(again), max(again.wait, PAUSES[max(vain - 1, 0)]))

    def _try(self) -> None:
        import requests

        begin = self._part.size
        try:
            with closing(self._ask(begin)) as response:
                if self._accepts(response, begin):
                    self._receive(response, begin if response.status_code == 206 else 0)
        except requests.RequestException as error:
            if not self._answered:  # no internet, or no such server: say so at once
                raise self._failed(_reason(error)) from error
            raise _Again(_reason(error)) from error

    def _accepts(self, response: "requests.Response", begin: int) -> bool:
        """Say whether pieces follow; raise where the answer is of no use."""
        self._answered = True
        if response.status_code == 416 and begin and _whole(response) == begin:
            return False  # nothing is missing
        if response.status_code in BUSY:
            raise _Again(_status(response), _asked_to_wait(response))
        if response.status_code == 416 or (
            response.status_code == 206 and not self._part.fits(_start(response), _whole(response))
        ):
            self._part.clear()
            raise _Again("the server went on with another file")
        if response.status_code not in (200, 206):
            raise self._failed(_status(response))
        if response.headers.get("Content-Type", "").startswith("text/html"):  # keep the part
            raise self._failed("a web page came instead, perhaps the network's own login")
        return True

    def _receive(self, response: "requests.Response", begin: int) -> None:
        total = _whole(response) if begin else _length(response)
        self._require_room(total - begin)
        self._part.note(self._url, _validator(response), total)
        with self._part.open(begin) as out:
            for piece in self._pieces(response, begin, total):
                out.write(piece)
        if total and self._part.size != total:
            raise _Again("the connection broke off")

    def _pieces(self, response: "requests.Response", done: int, total: int) -> Iterator[bytes]:
        from urllib3.exceptions import HTTPError

        self._tell(done, total)
        try:
            while piece := response.raw.read1(PIECE):  # what came before a cut is kept, too
                yield piece
                done += len(piece)
                self._tell(done, total)
        except HTTPError as error:
            raise _Again("the connection broke off") from error

    def _tell(self, done: int, total: int) -> None:
        """Tell each new megabyte, and twice a second that it goes on; the last counts as whole."""
        megabytes, now = done // MEGABYTE, time.monotonic()
        if megabytes != self._told[0] or now - self._told[1] > 0.5:
            self._told = (megabytes, now)
            self._listener.phase(self._text, megabytes, -(-total // MEGABYTE))

    def _ask(self, begin: int) -> "requests.Response":
        """Ask in a thread of its own, so that neither cancelling nor giving up waits for it."""
        import requests

        answers: SimpleQueue[requests.Response | requests.RequestException] = SimpleQueue()
        headers = self._part.headers() | {"User-Agent": AGENT, "Accept-Encoding": "identity"}

        def run() -> None:
            try:
                answers.put(requests.get(self._url, headers=headers, stream=True, timeout=TIMEOUT))
            except requests.RequestException as error:
                answers.put(error)

        Thread(target=run, name=f"ask {self._url}", daemon=True).start()
        total = -(-self._part.total // MEGABYTE)
        for _ in range(int(PATIENCE * 5)):
            self._listener.phase(self._text, begin // MEGABYTE, total)
            try:
                answer = answers.get(timeout=0.2)
            except Empty:
                continue
            if isinstance(answer, requests.RequestException):
                raise answer
            return answer
        raise requests.ConnectTimeout

    def _rest(self, reason: str, seconds: float) -> None:
        end = time.monotonic() + min(seconds, LONGEST)
        text, total = f"{self._text}: {reason}, trying again", -(-self._part.total // MEGABYTE)
        while (left := end - time.monotonic()) > 0:
            self._listener.phase(text, self._part.size // MEGABYTE, total)
            time.sleep(min(0.2, left))

    def _require_room(self, size: int) -> None:
        free = self._part.free()
        if size + SPARE > free:
            raise CxrError(
                f"{size / 1e6:,.0f} MB are to come, and the disk of {self._part.path.parent} has "
                f"{free / 1e6:,.0f} MB left. Free some space there, or choose a folder on a larger "
                "disk."
            )

    def _failed(self, reason: str) -> CxrError:
        kept = self._part.size
        there = f" {kept / 1e6:,.1f} MB are kept: try again to go on from there." if kept else ""
        return CxrError(f"{self._url} could not be downloaded: {reason}.{there}")


def _reason(error: Exception) -> str:
    """A few words for people instead of the library's nested ones."""
    import requests

    reasons = {
        requests.Timeout: "the server did not answer in time, or there is no internet",
        requests.exceptions.SSLError: "the server's certificate is not accepted",
        requests.exceptions.ProxyError: "the proxy did not connect",
    }
    known = next((text for kind, text in reasons.items() if isinstance(error, kind)), "")
    if not known and isinstance(error, requests.ConnectionError):
        known = "no connection to the server"
    return known or str(error)


def _status(response: "requests.Response") -> str:
    return f"the server answered {response.status_code} {response.reason}"


def _length(response: "requests.Response") -> int:
    given = response.headers.get("Content-Length", "")
    return int(given) if given.isdigit() else 0


def _start(response: "requests.Response") -> int:
    """The first byte that a partial answer holds, -1 where it does not say."""
    given = response.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
    return int(given) if given.isdigit() else -1


def _whole(response: "requests.Response") -> int:
    """The size of the whole file, as a partial answer has it; 0 where it does not say."""
    given = response.headers.get("Content-Range", "").rpartition("/")[2]
    return int(given) if given.isdigit() else 0


def _validator(response: "requests.Response") -> str:
    """What tells that the file is still the same: a strong ETag, else the time of its change."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _asked_to_wait(response: "requests.Response") -> float:
    given = response.headers.get("Retry-After", "")
    if given.isdigit():
        return float(given)
    try:
        return parsedate_to_datetime(given).timestamp() - time.time()
    except ValueError:
        return 0.0
