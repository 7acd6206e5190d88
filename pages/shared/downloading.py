"""Downloading an original data set in a thread that all visitors share."""

from __future__ import annotations

import threading
import time

from engine.data import downloads
from engine.data.sources import Source
from engine.words.errors import CxrError
from pages.shared.working import Report, Work

SECONDS = 3.0  # before a rate means anything
MEGABYTES = " (MB)"  # how the engine marks what it counts in megabytes


class Downloading(Work[Source]):
    """One data set on its way: how far, how fast, the source or the error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._since = (time.monotonic(), 0)  # when the present part of the work began, and at what
        super().__init__(self._add, f"download {name}", "Asking the server")

    def line(self) -> str:
        """Return what is being done, how fast, and about how long it will take."""
        text = self.what.replace(MEGABYTES, "")
        text = text[:1].upper() + text[1:]
        if not self.total:
            return text
        unit = " MB" if MEGABYTES in self.what else ""
        text += f": {self.done:,} of {self.total:,}{unit}"
        seconds, done = time.monotonic() - self._since[0], self.done - self._since[1]
        if seconds < SECONDS or done <= 0:
            return text
        speed = f", {done / seconds:,.1f} MB a second" if unit else ""
        return f"{text}{speed}, {_left((self.total - self.done) * seconds / done)}"

    def _report(self, done: int, total: int, what: str) -> None:
        if what != self.what:  # an interrupted download goes on from what is there
            self._since = (time.monotonic(), done)
        super()._report(done, total, what)

    def _add(self, report: Report) -> Source:
        try:
            return downloads.add(self.name, True, report)
        except OSError as error:
            raise CxrError(
                f"{downloads.find(self.name).label} could not be written: {error}. Check that the "
                "disk has room and that the data folder may be written, then try again."
            ) from error


class Board:
    """The downloads of this server, by name: the last of each."""

    def __init__(self) -> None:
        self._entries: dict[str, Downloading] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> Downloading | None:
        """Return the last download of a data set, which may have ended."""
        return self._entries.get(name)

    def running(self) -> list[Downloading]:
        """Return those that have not ended."""
        return [entry for entry in list(self._entries.values()) if not entry.wait(0)]

    def begin(self, name: str) -> Downloading:
        """Return the download at work; begin one where there is none."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is None or entry.wait(0):
                entry = self._entries[name] = Downloading(name)
            return entry


def _left(seconds: float) -> str:
    if seconds > 90:
        return f"about {round(seconds / 60):,} min left"
    return f"about {max(1, round(seconds)):,} s left"
