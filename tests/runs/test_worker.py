"""The worker with the real training, on a few tiny pictures."""

import os
import time
from pathlib import Path

import pytest

from engine import worker
from engine.data.sources import open_source
from engine.learning.presets import get_preset
from engine.runs import jobs, local, queue, store
from engine.words.recipe import Recipe
from tests.runs.test_queue import dispatch_until, ended

pytestmark = pytest.mark.usefixtures("models")
SLOW = 480.0  # seconds; TensorFlow's import alone takes up to 20 on a busy machine


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """One place: the CPU."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")


def tiny(folder: Path, *settings: str) -> Recipe:
    """A recipe that trains in a moment."""
    recipe = get_preset("C2").recipe(open_source(folder).hash)
    for setting in ("size=32", "epochs=2", "batch=8", *settings):
        key, _, value = setting.partition("=")
        recipe = recipe.with_setting(key, value)
    return recipe


def test_a_submitted_recipe_becomes_a_finished_run_with_predictions(tiny_folder: Path) -> None:
    sent = queue.submit(tiny(tiny_folder), str(tiny_folder), "a")
    dispatch_until(ended(sent.run_id), SLOW)
    run = store.get_run(sent.run_id)
    assert (run.status, run.reason) == ("finished", "")
    assert run.classes == ("NORMAL", "PNEUMONIA") and run.parameters > 0 and run.seconds > 0
    assert 0 <= run.metrics["test_accuracy"] <= 1
    assert len(store.predictions(run.id)) == len(open_source(tiny_folder).images)
    assert len(store.history(run.id)) == 2 and store.model_file(run.id).is_file()


def test_cancel_while_tensorflow_is_loading_stops_it(tiny_folder: Path) -> None:
    sent = queue.submit(tiny(tiny_folder, "epochs=500"), str(tiny_folder), "a")
    loading = lambda: queue.progress(sent.run_id).now.phase != ""  # noqa: E731
    dispatch_until(loading, SLOW)
    time.sleep(0.5)
    process = jobs.read_process(sent.run_id)
    assert process is not None
    queue.cancel(sent.run_id)
    dispatch_until(lambda: ended(sent.run_id)() and not process.alive)
    assert "Stopped on request" in store.get_run(sent.run_id).reason


def test_cancel_of_a_real_training_keeps_the_best_model(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "PATIENCE", 120.0)  # it stops by itself
    sent = queue.submit(tiny(tiny_folder, "epochs=1000"), str(tiny_folder), "a")
    dispatch_until(lambda: len(queue.progress(sent.run_id).history) >= 2, SLOW)
    queue.cancel(sent.run_id)
    dispatch_until(ended(sent.run_id))
    assert store.get_run(sent.run_id).status == "cancelled"
    assert store.model_file(sent.run_id).is_file() and len(store.history(sent.run_id)) >= 2


@pytest.mark.usefixtures("really_at_once")
def test_data_that_changed_since_fails_with_a_reason(tiny_folder: Path) -> None:
    recipe = Recipe.from_json({**tiny(tiny_folder).to_json(), "data": "0" * 16})
    sent = queue.submit(recipe, str(tiny_folder), "a")
    dispatch_until(ended(sent.run_id), SLOW)
    run = store.get_run(sent.run_id)
    assert run.status == "failed" and "not on this machine" in run.reason


def test_a_job_that_was_promised_a_gpu_says_so_where_keras_finds_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    jobs.write_process("cpu-job", jobs.process_of(os.getpid(), "cpu"))
    jobs.write_process("gpu-job", jobs.process_of(os.getpid(), "gpu-GPU-aaaa-1"))
    worker.load_quietly("cpu-job")
    assert capsys.readouterr().out == ""
    worker.load_quietly("gpu-job")
    assert "trains on the CPU" in capsys.readouterr().out
