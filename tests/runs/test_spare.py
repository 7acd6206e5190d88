"""The spare worker with real processes: it takes the next job and is never in the way."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from engine.runs import devices, local, queue, spare, store
from tests.choosing import few
from tests.runs.fake_worker import let_go
from tests.runs.spares import FAKE, gone, keep, wait_until, worker_of
from tests.runs.test_devices import TWO
from tests.runs.test_queue import deaf, dispatch_until, ended, past_epoch, submit

pytestmark = pytest.mark.usefixtures("models", "fake_workers")


def test_the_spare_takes_the_next_job_and_another_one_follows() -> None:
    pid = keep()
    assert keep() == pid  # one, however often it is asked for
    run_id = submit("quick")
    dispatch_until(ended(run_id))
    run = store.get_run(run_id)
    assert (run.status, run.reason, run.metrics["test.auc"]) == ("finished", "", 0.9)
    assert worker_of(run_id) == pid == os.getpgid(pid) == os.getsid(pid)
    assert "Epoch 3 of 3" in store.log_text(run_id)
    after = submit("quick", seed=1)
    following = keep()
    assert following != pid
    dispatch_until(ended(after))
    assert worker_of(after) == following and "Epoch 3 of 3" in store.log_text(after)


def test_without_a_keeper_a_job_gets_a_process_of_its_own_and_leaves_no_spare() -> None:
    run_id = submit("quick")
    dispatch_until(ended(run_id))
    assert store.get_run(run_id).status == "finished" and local._keeper.pid is None


def test_the_job_that_starts_has_the_machine_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PAUSE", 60.0)
    run_id = submit("quick")
    queue.dispatch()
    local.keep_spare()
    assert local._keeper.pid is None
    dispatch_until(ended(run_id))


def test_a_spare_that_still_loads_takes_the_job_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_LOADING", "held")
    pid, run_id = keep(), submit("quick")
    dispatch_until(lambda: queue.progress(run_id).now.phase == "Loading")
    let_go().touch()
    dispatch_until(ended(run_id))
    assert worker_of(run_id) == pid and store.get_run(run_id).status == "finished"


def test_cancel_while_the_spare_loads_stops_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAKE_LOADING", "held")
    pid, run_id = keep(), submit("quick")
    dispatch_until(lambda: queue.progress(run_id).now.phase == "Loading")
    queue.cancel(run_id)
    dispatch_until(lambda: ended(run_id)() and gone(pid)())
    assert store.get_run(run_id).status == "cancelled"


@pytest.mark.parametrize(
    ("source", "until"), [("held", partial(past_epoch, epoch=1)), ("stuck", deaf)]
)
def test_cancel_stops_it(source: str, until: Callable[[str], Callable[[], bool]]) -> None:
    pid, run_id = keep(), submit(source)
    dispatch_until(until(run_id))
    queue.cancel(run_id)
    dispatch_until(lambda: ended(run_id)() and gone(pid)())
    assert store.get_run(run_id).status == "cancelled"
    assert worker_of(run_id) == pid


@pytest.mark.parametrize(
    ("source", "words"), [("killed", "signal 9 (SIGKILL)"), ("exit", "exit code 3")]
)
def test_how_it_ended_is_known(source: str, words: str) -> None:
    pid, run_id = keep(), submit(source)
    dispatch_until(ended(run_id))
    assert worker_of(run_id) == pid and words in store.get_run(run_id).reason


def test_a_dead_spare_is_replaced_by_a_process_and_later_by_a_spare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pid = keep()
    os.kill(pid, signal.SIGKILL)
    wait_until(gone(pid))
    run_id = submit("quick")
    dispatch_until(ended(run_id))
    assert worker_of(run_id) != pid and store.get_run(run_id).status == "finished"
    local.keep_spare()
    assert local._keeper.pid is None  # whatever killed it may kill the next one
    monkeypatch.setattr(local._keeper, "_not_before", 0.0)
    assert keep() != pid


@pytest.mark.parametrize("what", few(["environment", "code", "command"], {"code"}))
def test_a_spare_that_loaded_something_else_is_not_used(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "engine" / "file.py"
    code.parent.mkdir()
    code.touch()
    monkeypatch.setattr(spare, "PROJECT", tmp_path)
    pid = keep()
    if what == "environment":
        monkeypatch.setenv("KERAS_BACKEND", "jax")
    elif what == "code":
        os.utime(code, (1, 1))
    else:
        monkeypatch.setattr(local, "COMMAND", (sys.executable, "-B", *FAKE[1:]))
    run_id = submit("quick")
    dispatch_until(ended(run_id))
    assert worker_of(run_id) != pid and gone(pid)()
    assert store.get_run(run_id).status == "finished"


def test_a_job_of_the_spare_sees_its_own_gpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_ask_nvidia", lambda: TWO)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    devices._find.cache_clear()
    first, second = submit("held"), submit("quick", seed=1)
    queue.dispatch()  # the first and the second at once, each on its GPU
    third, pid = submit("quick", seed=2), keep()
    dispatch_until(lambda: ended(second)() and ended(third)())
    queue.cancel(first)  # it held its GPU all along
    dispatch_until(ended(first))
    devices._find.cache_clear()
    seen = [store.log_text(run).split("Sees ")[1].split()[0] for run in (first, second, third)]
    assert seen == ["GPU-aaaa-1", "GPU-bbbb-2", "GPU-bbbb-2"]
    assert worker_of(third) == pid


def test_the_setting_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    pid = keep()
    monkeypatch.setenv("CXR_SPARE_WORKER", "0")
    local.keep_spare()
    assert local._keeper.pid is None and gone(pid)()
