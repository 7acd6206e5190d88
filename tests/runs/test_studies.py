"""Studies with real processes and a fake training: joined, found again, paused, survived."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from engine.runs import drafts, groups, jobs, local, out_of_fold, queue, store, studies
from engine.runs import study_tables as tables
from engine.runs.groups import Study
from engine.words.errors import CxrError, NotFound
from engine.words.options import Choice
from tests.runs.conftest import IMAGES, make_recipe
from tests.runs.spares import wait_until
from tests.runs.test_queue import PROJECT, dispatch_until, ended, past_epoch

pytestmark = pytest.mark.usefixtures("models")
RATES = {"optimizer.learning_rate": ("0.01", "0.001")}


@pytest.fixture(autouse=True)
def fake_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that only pretend to train, on a machine without a GPU."""
    monkeypatch.setattr(local, "COMMAND", (sys.executable, "-m", "tests.runs.fake_worker"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")


def sweep(source: str, over: dict[str, tuple[str, ...]], **changes: object) -> Study:
    """Queue a fake sweep."""
    return studies.start(drafts.sweep(make_recipe(**changes), over), source, "a")


def statuses(study: Study) -> list[str]:
    """How the cells of a study stand."""
    return [one.status for one in tables.standing(studies.get(study.id))]


def over(study: Study) -> bool:
    """Whether nothing of a study waits or runs."""
    return all(queue.progress(cell.run).ended for cell in studies.get(study.id).cells)


def trained(study: Study) -> list[int]:
    """The epochs of those cells that a worker of their own trained."""
    cells = zip(studies.get(study.id).cells, study.recipes, strict=True)
    return sorted(
        recipe.epochs for cell, recipe in cells if "Taken from" not in store.log_text(cell.run)
    )


@pytest.mark.usefixtures("at_once")
def test_the_folds_of_a_study_are_joined_into_a_run_that_judges_each_image_once() -> None:
    recipe = make_recipe(epochs=1, optimizer=Choice("sgd"))  # with defaults to be filled in
    study = studies.start(drafts.folds(recipe, k=3), "quick", "a")
    assert out_of_fold.complete(study.id) == []  # nothing is finished
    dispatch_until(lambda: over(study) and bool(studies.get(study.id).joined))
    (run,) = out_of_fold.complete(study.id)
    assert (run.status, run.name, run.source) == ("finished", "C2, 3 folds", "quick")
    table = store.predictions(run.id)
    assert len(table) == table["file"].nunique() == IMAGES and set(table["split"]) == {"test"}
    members = [entry["run"] for entry in store.meta(run.id)["out_of_fold"]]
    assert members == [cell.run for cell in studies.get(study.id).cells]
    for _, row in table.iterrows():
        own = store.predictions(str(row["run"])).set_index("file")
        assert own.loc[row["file"], "split"] == "test"
        assert own.loc[row["file"], "score_PNEUMONIA"] == row["score_PNEUMONIA"]
        assert out_of_fold.network_of(run, str(row["file"])).id == row["run"]
    assert 0 <= run.metrics["test_auc"] <= 1 and run.metrics["test_accuracy"] == 0.5
    with pytest.raises(NotFound, match="3 networks, one for each fold"):
        store.model_file(run.id)
    again = studies.start(drafts.folds(recipe, k=3), "quick", "b")
    assert studies.get(again.id).joined == {"0": run.id}  # found, not made twice
    assert len(store.list_runs()) == 4


@pytest.mark.usefixtures("at_once")
def test_folds_that_do_not_judge_every_image_once_are_not_joined() -> None:
    one = make_recipe(epochs=1)
    study = studies.start(drafts.folds(one, k=2), "quick", "a")
    dispatch_until(lambda: over(study))
    first, second = (store.get_run(cell.run) for cell in studies.get(study.id).cells)
    pair = [store.predictions(first.id), store.predictions(second.id)]
    with pytest.raises(CxrError, match="judge each of 12 images once"):
        out_of_fold.join([pair[0], pair[0]], [first, second])
    with pytest.raises(CxrError, match="6 of them"):
        out_of_fold.join(pair[:1], [first])


@pytest.mark.usefixtures("at_once")
def test_what_a_longer_run_passes_is_taken_and_nothing_is_trained_twice() -> None:
    study = sweep("quick", {**RATES, "epochs": ("1", "2")})
    first = studies.get(study.id).cells[0].run
    assert "comes with the longer run" in queue.progress(first).reason
    assert queue.progress(first).place == 0
    dispatch_until(lambda: over(study))
    assert statuses(study) == ["finished"] * 4 and trained(study) == [2, 2]
    taken = store.meta(first)["taken_from"]
    assert taken == {"run": studies.get(study.id).cells[1].run, "epoch": 1}
    assert store.get_run(first).recipe.epochs == 1 and "Taken from" in store.log_text(first)
    runs = len(store.list_runs())
    again = sweep("quick", {**RATES, "epochs": ("1", "2", "3")})
    assert [cell.run for cell in studies.get(again.id).cells if cell.values["epochs"] != "3"] == [
        cell.run for cell in studies.get(study.id).cells
    ]
    assert len(store.list_runs()) == runs + 2  # the cells of three epochs
    single = queue.submit(make_recipe(epochs=2, preset="other"), "quick", "b")
    assert single.cached == (make_recipe(epochs=2).hash in {one.hash for one in study.recipes})


@pytest.mark.usefixtures("at_once")
def test_a_longer_run_that_brings_nothing_leaves_the_shorter_ones_to_themselves() -> None:
    study = sweep("forgetful", {"epochs": ("1", "2", "3")})
    dispatch_until(lambda: over(study))
    assert statuses(study) == ["finished"] * 3 and trained(study) == [1, 2, 3]
    failing = sweep("nan", {"epochs": ("1", "2", "3")}, seed=1)  # the second epoch fails
    dispatch_until(lambda: over(failing))
    assert statuses(failing) == ["finished", "failed", "failed"]


def test_a_paused_study_starts_nothing_for_any_dispatcher_and_goes_on_when_resumed() -> None:
    study = sweep("slow", RATES, epochs=1000)
    first, second = (cell.run for cell in studies.get(study.id).cells)
    dispatch_until(past_epoch(first, 1))
    studies.pause(study.id)
    other = queue.submit(make_recipe(seed=5, epochs=1), "quick", "b").run_id
    assert queue.progress(second).place == 0 and "paused" in queue.progress(second).reason
    assert queue.progress(other).place == 1
    queue.cancel(other)
    dispatch_until(past_epoch(first, len(store.history(first)) + 1))  # what ran goes on
    queue.cancel(first)
    dispatch_until(ended(first))
    queue.dispatch()  # the device is free, and the state is on disk: a new app would do the same
    assert queue.progress(second).status == "waiting" and jobs.read_process(second) is None
    studies.resume(study.id)
    assert queue.progress(second).place == 1
    studies.cancel(study.id)
    assert statuses(study) == ["cancelled", "cancelled"]
    with pytest.raises(CxrError, match="is cancelled"):
        studies.pause(study.id)


SCRIPT = """
import sys, time
from engine.runs import drafts, local, queue, studies
local.COMMAND = (sys.executable, "-m", "tests.runs.fake_worker")
from engine.words.options import Choice
from tests.runs.conftest import make_recipe
recipe = make_recipe(stopping=Choice("early"))  # so that none passes through another
draft = drafts.sweep(recipe, {"epochs": ("1", "1000", "900")})
study = studies.start(draft, "slow", "a")
second = study.cells[1].run
while queue.progress(second).status != "running":
    queue.dispatch()
    time.sleep(0.05)
print(study.id, flush=True)
time.sleep(600)
"""


def test_a_sweep_survives_a_restart_of_the_app_and_of_the_machine() -> None:
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        study = studies.get(app.stdout.readline().strip())
        app.kill()
    first, second, third = (cell.run for cell in study.cells)
    process = jobs.read_process(second)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)  # and the machine: nobody is left who knows of it
    wait_until(lambda: not process.alive)
    after = studies.resume(study.id)
    lost = store.get_run(second)
    assert lost.status == "failed" and "was killed" in lost.reason
    runs = [cell.run for cell in after.cells]
    assert (runs[0], runs[2]) == (first, third) and runs[1] != second  # only what is missing
    assert statuses(study) == ["finished", "waiting", "waiting"]
    assert len(store.list_runs()) == 4


def test_cancelling_a_study_spares_what_others_want() -> None:
    study = sweep("slow", {"optimizer.learning_rate": ("0.1", "0.01", "0.001")}, epochs=1000)
    first, second, third = (cell.run for cell in study.cells)
    dispatch_until(past_epoch(first, 1))
    asked = queue.submit(study.recipes[1], "slow", "b")
    assert asked.run_id == second
    with pytest.raises(CxrError, match="not over"):
        studies.delete(study.id)
    studies.cancel(study.id)
    dispatch_until(lambda: ended(first)() and ended(third)())
    assert statuses(study)[0] == statuses(study)[2] == "cancelled"
    assert queue.progress(second).status in ("waiting", "running")
    queue.cancel(second)
    dispatch_until(ended(second))
    studies.delete(study.id)
    with pytest.raises(NotFound, match="no study"):
        studies.get(study.id)
    assert len(store.list_runs()) == 3  # its runs stay


def test_studies_are_found_by_name_and_by_the_beginning_of_their_id() -> None:
    one, two = sweep("quick", RATES), sweep("quick", RATES, seed=3)
    assert one.name == "C2: learning rate" and two.name == "C2, seed 3: learning rate"
    assert studies.find(one.id[:6]).id == studies.find(one.name).id == one.id
    assert [study.id for study in studies.list_studies()] == [
        study.id for study in sorted((one, two), key=lambda s: (s.created, s.id), reverse=True)
    ]
    groups.write(replace(two, id="a" * 12, name=one.name))
    with pytest.raises(CxrError, match="2 studies are called"):
        studies.find(one.name)
    for name in ("nothing", "../x"):
        with pytest.raises(NotFound):
            studies.find(name)
    (groups.folder() / "broken.json").write_text("{")
    with pytest.raises(CxrError, match="cannot be read"):
        studies.get("broken")
    assert len(studies.list_studies()) == 3
