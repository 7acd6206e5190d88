"""Long work: it can be asked to stop, and does so where it next reports."""

import threading

import pytest

from engine.words.errors import Cancelled
from pages.shared.working import Report, Work


def test_work_that_is_cancelled_stops_at_its_next_report() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def make(report: Report) -> str:
        for number in range(3):
            report(number, 3, "Counting")
            done.append(number)
            begun.set()
            go_on.wait(10)
        return "all"

    work = Work(make, "count", "Counting")
    assert begun.wait(10)
    work.cancel()
    go_on.set()
    with pytest.raises(Cancelled):
        work.result()
    assert done == [0]
    assert work.cancelled and work.failed


def test_work_that_nobody_stops_ends_with_its_result() -> None:
    work = Work(lambda report: "all", "count", "Counting")
    assert work.result() == "all"
    assert not work.cancelled and not work.failed
