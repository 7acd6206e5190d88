"""Long work: it can be asked to stop, and does so where it next reports."""

import threading

import pytest

from engine.words.errors import Cancelled
from pages.shared import working
from pages.shared.working import Report, Work


def test_work_that_is_cancelled_stops_at_its_next_report() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def make(report: Report) -> str:
        for number in range(3):
            report(number, 3, "Counting")
            done.append(number)
            begun.set()
            go_on.wait(300)
        return "all"

    work = Work(make, "count", "Counting")
    assert begun.wait(300)
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


def test_what_is_left_is_told_at_the_pace_of_the_count_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(working.time, "monotonic", lambda: now[0])
    told: list[str] = []

    def make(report: Report) -> str:
        now[0] = 600.0  # ten minutes until there is anything to count
        for done, at in ((0, 600.0), (10, 605.0), (20, 610.0), (90, 645.0)):
            now[0] = at
            report(done, 1000 if done < 90 else 100, "Asking")
            told.append(work.line())
        return "all"

    ready = threading.Event()
    work = Work(lambda report: ready.wait(300) and make(report), "ask", "Asking")
    ready.set()
    work.result()
    assert told == [
        "Asking: 0 of 1,000",
        "Asking: 10 of 1,000, about 8 min left",
        "Asking: 20 of 1,000, about 8 min left",
        "Asking: 90 of 100",  # another count has begun
    ]
