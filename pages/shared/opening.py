"""Opening a data source in a thread that all visitors share.

Reading 5,840 files or drawing the phantom takes longer than a click should block, and it must
neither start twice nor stop because somebody turned to another page.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.words.errors import CxrError
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue

FRESH_SECONDS = 60.0  # files that change on disk are seen after this


class Opening(Work["Catalogue"]):
    """One source being opened: what is done, how long it may take, the result or the error."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(self._open, f"open {name}", "Looking for images")

    def _open(self, report: Report) -> Catalogue:
        from engine.data import sources

        try:
            return sources.open_source(self.name, report)
        except OSError as error:
            raise _explained(self.name, error) from error


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
