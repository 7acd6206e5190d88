"""Long work in a thread that all visitors share, so that turning the page stops nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import streamlit as st

from engine.words.errors import Cancelled, CxrError

log = logging.getLogger(__name__)

Report = Callable[[int, int, str], None]  # done, total, what
R = TypeVar("R")
MOMENT = 0.5  # seconds that a page waits before it draws progress instead of the result


class Work(Generic[R]):
    """One piece of work: what is done, how long it may take, the result or the error."""

    def __init__(self, make: Callable[[Report], R], name: str, what: str) -> None:
        self.done = 0
        self.total = 0
        self.what = what
        self._make = make
        self._started = time.monotonic()
        self._counted = (self._started, 0)  # when counting began, and at how many
        self._ended = threading.Event()
        self._stop = threading.Event()
        self._result: list[R] = []
        self._error: Exception | None = None
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most `seconds`; return whether it has come."""
        return self._ended.wait(seconds)

    def soon(self) -> bool:
        """Wait a moment; return whether the end has come. Short work draws no progress then."""
        return self.wait(MOMENT)

    def result(self) -> R:
        """Wait for the end; return what was made or raise what went wrong."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return self._result[0]

    @property
    def failed(self) -> bool:
        """Tell whether it ended with an error."""
        return self._ended.is_set() and self._error is not None

    @property
    def cancelled(self) -> bool:
        """Tell whether it was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask it to stop: it does when it next reports, and `result` raises Cancelled."""
        self._stop.set()

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    def line(self) -> str:
        """Return what is being done and about how long it will take."""
        if not self.total:
            return self.what
        text = f"{self.what}: {self.done:,} of {self.total:,}"
        began, first = self._counted
        passed = time.monotonic() - began
        if self.done > first and passed > 2:
            left = passed * (self.total - self.done) / (self.done - first)
            shown = f"{max(1, round(left))} s" if left < 100 else f"{round(left / 60):,} min"
            text += f", about {shown} left"
        return text

    def share(self) -> float:
        """Return how much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def _report(self, done: int, total: int, what: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        if total != self.total or done < self.done:  # another count: what came before says nothing
            self._counted = (time.monotonic(), done)
        self.done, self.total, self.what = done, total, what

    def _work(self) -> None:
        try:
            self._result.append(self._make(self._report))
        except (CxrError, Cancelled) as error:
            self._error = error
        except Exception as error:  # raised again by result()
            log.exception("%s failed", self.what)
            self._error = error
        finally:
            self._ended.set()


def finished(find: Callable[[], Work[R]], cancel: str = "") -> Work[R] | None:
    """Return the work where it has ended; else draw its progress until it has, and return None.

    `cancel` is the key of a button that stops it for all visitors; without one there is none.
    """
    work = find()
    if work.soon():
        return work
    _waiting(find, cancel)
    return None


@st.fragment(run_every=0.5)
def _waiting(find: Callable[[], Work[R]], cancel: str) -> None:
    work = find()
    if work.wait(0):
        st.rerun()
    st.progress(work.share(), work.line())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("You may go to another page meanwhile; this goes on.", width="content")
        if cancel:
            st.button("Stop", icon=":material/stop:", key=cancel, on_click=work.cancel)
