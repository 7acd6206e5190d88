"""The spare worker between apps that start and end, and with the real training."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.runs import local, queue, store
from tests.runs.fake_worker import let_go
from tests.runs.spares import gone, keep, wait_until, worker_of
from tests.runs.test_queue import PROJECT, dispatch_until, ended, past_epoch
from tests.runs.test_worker import SLOW, tiny

pytestmark = pytest.mark.usefixtures("models", "fake_workers")

APP = """
import sys, time
from engine.runs import local, queue
local.COMMAND = (sys.executable, "-m", "tests.runs.fake_worker")
local.PAUSE = 0.0
local.keep_spare()
print(local._keeper.pid or 0, flush=True)
if "work" in sys.argv:
    from tests.runs.conftest import make_recipe
    queue.submit(make_recipe(), "held", "a")
    queue.dispatch()
    local.keep_spare()
    print(local._keeper.pid, flush=True)
time.sleep(600)
"""


def app(*arguments: str) -> "subprocess.Popen[str]":
    """Another app on the same models folder."""
    return subprocess.Popen(
        [sys.executable, "-c", APP, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )


def pid_from(other: "subprocess.Popen[str]") -> int:
    """The process id that an app prints."""
    assert other.stdout is not None
    return int(other.stdout.readline())


def test_two_apps_keep_one_spare_and_the_second_takes_over() -> None:
    with app() as first:
        pid = pid_from(first)
        local.keep_spare()
        assert pid and local._keeper.pid is None
        first.kill()
    wait_until(gone(pid))  # a spare ends with its app
    assert keep() != pid


def test_a_job_that_the_spare_took_survives_the_app_and_the_next_spare_does_not() -> None:
    with app("work") as other:
        pid, following = pid_from(other), pid_from(other)
        (run,) = store.list_runs()
        dispatch_until(past_epoch(run.id, 1))
        other.kill()
    wait_until(gone(following))
    assert not gone(pid)()
    let_go().touch()
    dispatch_until(ended(run.id))
    assert store.get_run(run.id).status == "finished" and worker_of(run.id) == pid


LOOK = """
from engine import worker
worker.preload()
import keras
from tensorflow.python.eager import context
print(context._context is None or not context.context()._initialized)
"""


@pytest.mark.thorough
def test_preloading_asks_for_no_device() -> None:
    look = [sys.executable, "-c", LOOK]
    answer = subprocess.run(look, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True"]


def test_a_real_training_starts_in_the_spare(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "COMMAND", (sys.executable, "-m", "engine.worker"))
    pid = keep()
    sent = queue.submit(tiny(tiny_folder), str(tiny_folder), "a")
    dispatch_until(ended(sent.run_id), SLOW)
    run = store.get_run(sent.run_id)
    assert (run.status, run.reason) == ("finished", "") and worker_of(run.id) == pid
    lines = store.log_text(run.id).splitlines()
    assert lines[:2] == ["Loading TensorFlow", "Reading the list of images"]
    assert not [line for line in lines if "absl" in line or "cuda" in line]
