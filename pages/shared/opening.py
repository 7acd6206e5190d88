"""Opening a data source in a thread that all visitors share.

Reading 5,840 files or drawing the phantom takes longer than a click should block, and it must
neither start twice nor stop because somebody turned to another page.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from engine.words.errors import CxrError

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue


log = logging.getLogger(__name__)

FRESH_SECONDS = 60.0  # files that change on disk are seen after this


class Opening:
    """One source being opened: what is done, how long it may take, the result or the error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = 0
        self.total = 0
        self.what = "Looking for images"
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._catalogue: Catalogue | None = None
        self._error: Exception | None = None
        threading.Thread(target=self._open, name=f"open {name}", daemon=True).start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most `seconds`; return whether it has come."""
        return self._ended.wait(seconds)

    def result(self) -> Catalogue:
        """Wait for the end; return the catalogue or raise what went wrong."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        assert self._catalogue is not None
        return self._catalogue

    @property
    def failed(self) -> bool:
        """Tell whether it ended with an error."""
        return self._ended.is_set() and self._error is not None

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    def line(self) -> str:
        """Return what is being done and about how long it will take."""
        if not self.total:
            return self.what
        text = f"{self.what}: {self.done:,} of {self.total:,}"
        if self.done and self.age > 2:
            left = self.age * (self.total - self.done) / self.done
            text += f", about {max(1, round(left)):,} s left"
        return text

    def share(self) -> float:
        """Return how much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def _report(self, done: int, total: int, what: str) -> None:
        self.done, self.total, self.what = done, total, what

    def _open(self) -> None:
        from engine.data import sources

        try:
            self._catalogue = sources.open_source(self.name, self._report)
        except CxrError as error:
            self._error = error
        except OSError as error:
            self._error = _explained(self.name, error)
        except Exception as error:  # raised again by result()
            log.exception("Opening %s failed", self.name)
            self._error = error
        finally:
            self._ended.set()


def _explained(name: str, error: OSError) -> CxrError:
    return CxrError(
        f"'{name}' could not be opened: {error}. "
        "Check that the disk has room and that the folder may be read, then try again."
    )


class Shelf:
    """The sources that were opened or are being opened, by name."""

    def __init__(self) -> None:
        self._entries: dict[str, Opening] = {}
        self._lock = threading.Lock()

    def opening(self, name: str) -> Opening:
        """Return the opening of a source; begin anew where there is none or it is stale."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is None or (entry.wait(0) and entry.age > FRESH_SECONDS):
                entry = self._entries[name] = Opening(name)
            return entry

    def forget(self, name: str) -> None:
        """Drop a source, so that it is read from disk again."""
        with self._lock:
            self._entries.pop(name, None)
