"""The lab's work before a training: X-rays are drawn and listed, then the training is queued."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.words.errors import CxrError
from pages.shared import launch
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    from engine.runs.queue import Submitted


class Making(Work["Submitted"]):
    """One source on its way to a training; the end is the run that answers."""

    def __init__(self, shortcut: str, teaching: str, owner: str) -> None:
        self._asked = (shortcut, teaching, owner)
        super().__init__(self._begin, f"lab {shortcut} {teaching}", "Drawing phantoms")

    def _begin(self, report: Report) -> Submitted:
        from engine.data import lab, sources

        shortcut, teaching, owner = self._asked
        try:
            source = lab.make(shortcut, teaching, report)
            catalogue = sources.open_source(source.name, report)
        except OSError as error:
            raise CxrError(
                f"The lab's X-rays could not be written: {error}. Check that the disk has room and "
                "that the data folder may be written, then try again."
            ) from error
        report(0, 0, "Putting the training into the queue")
        recipe = lab.recipe(catalogue.hash, len(catalogue.images), shortcut, teaching)
        return launch.enqueue(recipe, source.name, owner)


class Desk:
    """What is being made on this server, by shortcut and teaching: one of each for all visitors."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Making] = {}
        self._lock = threading.Lock()

    def find(self, shortcut: str, teaching: str) -> Making | None:
        """Return the work that was begun and whose end nobody has taken yet."""
        return self._entries.get((shortcut, teaching))

    def begin(self, shortcut: str, teaching: str, owner: str) -> Making:
        """Return the work that goes on; begin one where none does."""
        with self._lock:
            entry = self._entries.get((shortcut, teaching))
            if entry is None or entry.wait(0):
                entry = self._entries[shortcut, teaching] = Making(shortcut, teaching, owner)
            return entry

    def forget(self, shortcut: str, teaching: str) -> None:
        """Drop work that has ended."""
        with self._lock:
            self._entries.pop((shortcut, teaching), None)
