"""The queue with real processes and a fake training; every wait is bounded."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.runs import jobs, local, queue, store
from engine.words.errors import NotFound
from tests.runs import fake_worker
from tests.runs.conftest import make_recipe

pytestmark = pytest.mark.usefixtures("models")
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def only_pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that only pretend to train, on a machine without a GPU."""
    monkeypatch.setattr(local, "COMMAND", (sys.executable, "-m", "tests.runs.fake_worker"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")


def dispatch_until(condition: Callable[[], bool], seconds: float = 300.0) -> None:
    """Dispatch as the app does, till the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this took too long"
        queue.dispatch()
        time.sleep(0.1)


def submit(source: str, seed: int = 0, **changes: object) -> str:
    """Queue a fake job."""
    return queue.submit(make_recipe(seed=seed, **changes), source, "a").run_id


def ended(run_id: str) -> Callable[[], bool]:
    """A condition: the run is over."""
    return lambda: queue.progress(run_id).ended


def deaf(run_id: str) -> Callable[[], bool]:
    """A condition: the "stuck" training hears nothing any more."""
    return lambda: "Deaf now" in jobs.log_tail(run_id)


def past_epoch(run_id: str, epoch: int) -> Callable[[], bool]:
    """A condition: the run has done so many epochs."""
    return lambda: len(queue.progress(run_id).history) >= epoch


def test_a_job_trains_to_its_end_and_the_same_recipe_is_found_again() -> None:
    run_id = submit("quick")
    dispatch_until(ended(run_id))
    run = store.get_run(run_id)
    assert (run.status, run.reason, run.metrics["test.auc"]) == ("finished", "", 0.9)
    now = queue.progress(run_id)
    assert now.status == "finished" and list(now.history["epoch"]) == [1, 2, 3]
    assert "Epoch 3 of 3" in store.log_text(run_id)
    again = queue.submit(make_recipe(preset="other"), "quick", "b")
    assert again == queue.Submitted(run_id, cached=True, status="finished")
    anew = queue.submit(make_recipe(), "quick", "b", retrain=True)
    assert not anew.cached and store.get_run(anew.run_id).recipe.seed == 1


def test_one_job_at_a_time_on_a_cpu_and_the_others_show_their_place() -> None:
    first, second, third = (submit("held", seed) for seed in range(3))
    assert [queue.progress(run).place for run in (first, second, third)] == [1, 2, 3]
    queue.dispatch()
    states = [queue.progress(run) for run in (first, second, third)]
    assert [state.status for state in states] == ["running", "waiting", "waiting"]
    assert [state.place for state in states] == [0, 1, 2]
    assert queue.submit(make_recipe(seed=1), "held", "b").run_id == second  # asked for already
    queue.cancel(second)  # waiting: at once
    assert queue.progress(second).status == store.get_run(second).status == "cancelled"
    assert queue.progress(third).place == 1
    queue.cancel(third)
    queue.cancel(first)
    dispatch_until(ended(first))


def test_cancel_stops_it_and_keeps_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PATIENCE", 120.0)  # it stops by itself
    run_id = submit("held")
    dispatch_until(past_epoch(run_id, 1))
    process = jobs.read_process(run_id)
    assert process is not None and process.alive
    queue.cancel(run_id)
    dispatch_until(lambda: ended(run_id)() and not process.alive)
    run = store.get_run(run_id)
    assert run.status == "cancelled" and run.reason.startswith("Stopped on request")
    assert store.model_file(run_id).is_file() and len(store.history(run_id)) >= 1


def test_cancel_kills_a_worker_that_does_not_hear() -> None:
    run_id = submit("stuck")
    dispatch_until(deaf(run_id))
    process = jobs.read_process(run_id)
    assert process is not None
    queue.cancel(run_id)
    dispatch_until(lambda: ended(run_id)() and not process.alive)
    run = store.get_run(run_id)
    assert run.status == "cancelled" and "after epoch 1 of 3" in run.reason
    assert len(store.history(run_id)) == 1


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("killed", ["signal 9 (SIGKILL) after epoch 1 of 3", "memory", "Last lines of its log"]),
        ("exit", ["exit code 3", "Train it again"]),
    ],
)
def test_a_worker_that_ends_leaves_a_run_that_says_why(source: str, words: list[str]) -> None:
    it_says_why(source, words)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nan", ["The loss became nan", "smaller learning rate"]),
        ("memory", ["memory", "Lower the batch"]),
        ("full", ["The disk is full", "Free some space"]),
        ("bug", ["ValueError: shapes do not match", "log"]),
    ],
)
def test_a_training_that_fails_leaves_a_run_that_says_why(source: str, words: list[str]) -> None:
    it_says_why(source, words)


def it_says_why(source: str, words: list[str]) -> None:
    """Train, and look for what is said of the end."""
    run_id = submit(source)
    dispatch_until(ended(run_id))
    run = store.get_run(run_id)
    assert run.status == "failed"
    for word in words:
        assert word in run.reason
    assert queue.progress(run_id).reason == run.reason
    assert len(store.history(run_id)) == 1  # the epoch that was done


def test_a_worker_killed_from_outside_is_noticed_and_the_queue_goes_on() -> None:
    run_id, after = submit("held"), submit("quick", seed=1)
    dispatch_until(past_epoch(run_id, 1))
    process = jobs.read_process(run_id)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    dispatch_until(ended(run_id))
    assert "SIGKILL" in store.get_run(run_id).reason
    dispatch_until(ended(after))  # the queue goes on
    assert store.get_run(after).status == "finished"


SCRIPT = """
import sys, time
from engine.runs import local, queue
local.COMMAND = (sys.executable, "-m", "tests.runs.fake_worker")
from tests.runs.conftest import make_recipe
run = queue.submit(make_recipe(), "held", "a").run_id
queue.submit(make_recipe(seed=1), "quick", "a")
while len(queue.progress(run).history) < 1:
    queue.dispatch()
    time.sleep(0.1)
print(run, flush=True)
time.sleep(600)
"""


def test_jobs_survive_the_app_and_a_new_one_finds_them() -> None:
    app = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert app.stdout is not None
    run_id = app.stdout.readline().strip()
    app.kill()
    app.wait()
    process = jobs.read_process(run_id)
    assert process is not None and process.alive
    queue.dispatch()  # a new app: it neither buries the worker nor starts a second one
    assert queue.progress(run_id).status == "running"
    (waiting,) = [run.id for run in store.list_runs() if run.status == "waiting"]
    fake_worker.let_go().touch()
    dispatch_until(ended(waiting))
    assert store.get_run(run_id).status == store.get_run(waiting).status == "finished"


def test_a_run_deleted_under_its_worker_leaves_nothing() -> None:
    run_id = submit("held")
    dispatch_until(past_epoch(run_id, 1))
    process = jobs.read_process(run_id)
    assert process is not None
    store.delete_run(run_id)
    with pytest.raises(NotFound):
        queue.progress(run_id)
    dispatch_until(lambda: not process.alive and not jobs.folder_of(run_id).exists())
    assert store.list_runs() == [] and not store.folder_of(run_id).exists()


def test_two_dispatchers_start_a_job_once() -> None:
    run_id = submit("slow", epochs=2)
    others = [
        subprocess.Popen(
            [sys.executable, "-c", "from engine.runs import queue; queue.dispatch()"], cwd=PROJECT
        )
        for _ in range(2)
    ]
    queue.dispatch()
    for other in others:
        other.wait(300)
    dispatch_until(ended(run_id))
    assert (jobs.folder_of(run_id) / "log.txt").read_text().count("Epoch 1 of 2") == 1


def test_a_recipe_that_is_no_sense_leaves_no_run() -> None:
    with pytest.raises(NotFound, match="no optimizer"):
        queue.submit(make_recipe().with_setting("optimizer", "magic"), "quick", "a")
    assert store.list_runs() == [] and jobs.open_jobs() == []
