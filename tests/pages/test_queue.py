"""The Queue page: what runs, waits and has ended, and what can be done about each."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine.runs import jobs, store
from tests.pages import trainings

Open = Callable[..., AppTest]
PAGE = "pages/queue.py"


def texts(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.error, page.info, page.success)
    return "\n".join(element.value for kind in kinds for element in kind)


def button(page: AppTest, label: str):
    return next(entry for entry in page.button if entry.label == label)


def test_an_empty_queue_teaches(open_page: Open, warm: Path) -> None:
    assert "None was started yet" in texts(open_page(PAGE))


def test_before_the_store_is_open_nothing_waits_for_it(open_page: Open) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "Opening the run store" in str(page.get("progress")[0].proto)


def test_running_and_waiting_jobs_show_progress_place_and_owner(
    open_page: Open, warm: Path, lungs: str
) -> None:
    trainings.running(trainings.queued(lungs, owner="Ada"))
    trainings.queued(lungs, "D1", owner="Grace")
    page = open_page(PAGE)
    assert not page.exception
    bars = [str(bar.proto) for bar in page.get("progress")]
    assert "Epoch 4 of" in bars[0]
    assert "place 1 in the queue, it is next" in bars[1]
    assert "for Ada" in texts(page)
    assert "for Grace" in texts(page)


def test_a_waiting_job_is_cancelled(open_page: Open, warm: Path, lungs: str) -> None:
    run_id = trainings.queued(lungs)
    button(open_page(PAGE), "Yes, stop it").click().run()
    assert jobs.read_state(run_id).status == "cancelled"


def test_ended_runs_are_listed_with_their_reasons(open_page: Open, warm: Path, lungs: str) -> None:
    trainings.ended(trainings.queued(lungs), "finished")
    trainings.ended(trainings.queued(lungs, seed=1), "failed", "The memory ran out.")
    table = open_page(PAGE).dataframe[0].value
    assert set(table["Ended"]) == {"Finished", "Failed"}
    assert "The memory ran out." in set(table["Reason"])


def choose(page: AppTest) -> AppTest:
    page.session_state["queue_job"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    return page.run()


def test_a_failed_run_is_retried(open_page: Open, warm: Path, lungs: str) -> None:
    run_id = trainings.ended(trainings.running(trainings.queued(lungs)), "failed", "Killed.")
    page = choose(open_page(PAGE))
    assert "Killed." in texts(page)
    assert "Epoch 1 of 8: loss 0.6" in page.code[0].value
    page = button(page, "Retry").click().run()
    assert not page.exception
    assert page.session_state["job"] != run_id
    assert jobs.read_state(page.session_state["job"]).status == "waiting"


def test_a_run_is_deleted_after_a_question(open_page: Open, warm: Path, lungs: str) -> None:
    trainings.ended(trainings.queued(lungs), "cancelled", "Stopped on request.")
    page = button(choose(open_page(PAGE)), "Yes, delete it").click().run()
    assert not page.exception
    assert store.list_runs() == []
    assert "was deleted" in texts(page)
