"""Progress through files: written seldom, read cheaply."""

import json
import sys
from pathlib import Path

import pytest

from engine.runs import jobs, live, queue, store
from engine.words.errors import Cancelled
from tests.runs.conftest import make_recipe

ROW = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.4, "val_accuracy": 0.7, "seconds": 0.1}


@pytest.fixture
def run_id(models: Path) -> str:
    """A job that nobody works on."""
    return queue.submit(make_recipe(), "phantom", "a").run_id


def test_progress_is_written_at_most_four_times_a_second(
    run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])
    written: list[live.Snapshot] = []
    writer = live.ProgressWriter(run_id, 3, on_write=written.append)
    writer.phase("Training")
    for batch in range(1, 1001):
        now[0] += 1 / 512  # two seconds in all
        writer.batch(1, batch, 1000, {"loss": 0.1})
    assert len(written) == 1 + 7
    assert live.snapshot(run_id).phase == "Training"


def test_the_rest_is_estimated_from_the_second_batch_on(
    run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 0.0, 100.0, 100.0, 101.0, 101.0, 102.0, 102.0])
    monkeypatch.setattr(live.time, "monotonic", lambda: next(clock))
    writer = live.ProgressWriter(run_id, 1)
    writer.phase("Training")  # one look at the clock
    writer.batch(1, 1, 10, {})
    assert writer.now.eta_seconds is None  # it compiled
    monkeypatch.setattr(live.time, "monotonic", lambda: 102.0)
    writer.batch(1, 3, 10, {})
    assert writer.now.eta_seconds is not None
    seconds_per_batch = (102.0 - writer._start[0]) / 2  # type: ignore[index]
    assert writer.now.eta_seconds == pytest.approx(seconds_per_batch * 7)


def test_epochs_are_read_back_whole_lines_only(run_id: str) -> None:
    writer = live.ProgressWriter(run_id, 3)
    writer.epoch(1, {"epoch": 1, **ROW})
    writer.epoch(2, ROW)
    with (jobs.folder_of(run_id) / "epochs.jsonl").open("a") as handle:
        handle.write(json.dumps(ROW)[:20])
    history = live.progress(run_id).history
    assert list(history["epoch"]) == [1, 2] and list(history.columns[:2]) == ["epoch", "loss"]


def test_a_cancel_flag_stops_even_where_the_signal_was_lost(run_id: str) -> None:
    writer = live.ProgressWriter(run_id, 3)
    jobs.write_cancel(run_id)
    with pytest.raises(Cancelled):
        writer.phase("Reading")


def test_a_writer_of_a_deleted_run_stops_and_makes_nothing_anew(run_id: str) -> None:
    writer = live.ProgressWriter(run_id, 3)
    store.delete_run(run_id)
    with pytest.raises(Cancelled):
        writer.phase("Reading")
    assert not jobs.folder_of(run_id).exists()


def test_progress_of_a_job_needs_no_mlflow(run_id: str) -> None:
    import subprocess

    code = (
        "import sys; from engine.runs import queue; "
        f"assert queue.progress('{run_id}').status == 'waiting'; "
        "heavy = {'mlflow', 'tensorflow', 'keras', 'sklearn'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
