"""The server's threads: what fails is kept for the screen and stops nothing."""

import sys
import threading
from pathlib import Path

import pytest

from engine.runs import local, spare
from pages.shared import background


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_STATE", background.Background(started=True))


def fail() -> None:
    raise OSError("disk full")


def test_a_failure_is_kept_for_the_screen() -> None:
    background._attempt("queue", fail)
    assert background.trouble() == {"queue": "disk full"}


def test_a_success_clears_the_failure() -> None:
    background._attempt("queue", fail)
    background._attempt("queue", lambda: None)
    assert background.trouble() == {}


def test_the_warm_up_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WARM_UP_DELAY", 0)
    monkeypatch.setattr(background.gc, "freeze", lambda: None)
    monkeypatch.setattr(background, "_load_mlflow", fail)
    monkeypatch.setattr(background, "load_tensorflow", lambda: None)
    background._warm_up()
    assert background.trouble() == {"mlflow": "disk full"} and background._STATE.warm
    assert background.ready("sklearn")


def test_a_spare_worker_is_kept_after_the_warm_up(
    cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = spare.Keeper()
    monkeypatch.setattr(local, "_keeper", keeper)
    monkeypatch.setattr(local, "COMMAND", (sys.executable, "-m", "tests.runs.fake_worker"))
    background._look_after_jobs()
    assert keeper.pid is None
    background._STATE.warm = True
    background._look_after_jobs()
    assert keeper.pid and background.trouble() == {}
    keeper.close()


def test_the_threads_start_once(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(background, "_STATE", background.Background())
    for name in ("_warm_up", "_dispatch", "_collect"):
        monkeypatch.setattr(background, name, _noted(name, begun))
    background.start()
    background.start()
    for thread in threading.enumerate():
        if thread.name.startswith("cxr_"):
            thread.join(300)
    assert sorted(begun) == ["_collect", "_dispatch", "_warm_up"]


def _noted(name: str, begun: list[str]) -> object:
    def job() -> None:
        begun.append(name)

    job.__name__ = name
    return job
