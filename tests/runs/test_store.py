"""The run store: MLflow's truth, the showcase merged in."""

import math
from pathlib import Path

import pytest

from engine.runs import store
from engine.words.errors import CxrError, NotFound
from tests.runs.conftest import make_recipe, write_training

pytestmark = pytest.mark.usefixtures("models")


def test_a_new_run_waits_and_is_read_back_as_it_was_asked_for() -> None:
    recipe = make_recipe()
    run = store.create_run(recipe, "phantom", "Zoë")
    assert (run.status, run.source, run.owner, run.name) == ("waiting", "phantom", "Zoë", "C2")
    assert run.recipe == recipe and run.recipe.hash == recipe.hash
    assert store.list_runs() == [run]


def test_a_finished_run_has_metrics_history_predictions_and_is_found_by_its_recipe(
    tmp_path: Path,
) -> None:
    recipe = make_recipe()
    run = store.create_run(recipe, "phantom", "a")
    assert store.find_finished(recipe.hash) is None
    store.mark(run.id, "running")
    store.log_epoch(run.id, 1, {"epoch": 1, "loss": 0.5, "val_loss": math.nan})
    store.attach(run.id, write_training(tmp_path / "out", recipe))
    store.mark(run.id, "finished")
    done = store.find_finished(recipe.hash)
    assert done is not None and done.id == run.id and done.status == "finished"
    assert done.metrics == {"test.accuracy": 0.75, "test.auc": 0.9}
    assert (done.parameters, done.device, done.seconds) == (1234, "CPU, 2 cores", 12.5)
    assert done.classes == ("NORMAL", "PNEUMONIA")
    assert list(store.history(run.id)["epoch"]) == [1, 2]
    assert list(store.predictions(run.id)["score_PNEUMONIA"]) == [0.2, 0.7]
    with pytest.raises(NotFound, match=r"no model\.keras"):
        store.model_file(run.id)


def test_a_deleted_run_is_gone_with_its_files_and_says_so(tmp_path: Path) -> None:
    recipe = make_recipe()
    run = store.create_run(recipe, "phantom", "a")
    store.attach(run.id, write_training(tmp_path / "out", recipe))
    store.delete_run(run.id)
    assert store.list_runs() == [] and not store.folder_of(run.id).exists()
    for action in (
        lambda: store.get_run(run.id),
        lambda: store.mark(run.id, "finished"),
        lambda: store.log_epoch(run.id, 1, {"loss": 1.0}),
        lambda: store.delete_run(run.id),
        lambda: store.get_run("never-was"),
    ):
        with pytest.raises(NotFound):
            action()


def test_showcase_runs_are_listed_found_and_never_deleted(tmp_path: Path) -> None:
    recipe = make_recipe()
    write_training(tmp_path / "showcase" / "C2", recipe)
    (tmp_path / "showcase" / "broken").mkdir()
    (tmp_path / "showcase" / "broken" / "recipe.json").write_text("{")
    (run,) = store.list_runs()
    assert run.id == "showcase-C2" and run.showcase and run.status == "finished"
    assert store.get_run("showcase-C2") == run == store.find_finished(recipe.hash)
    assert store.resolve_run("c2") == run
    assert len(store.predictions(run.id)) == 2 and len(store.history(run.id)) == 2
    with pytest.raises(CxrError, match="cannot be deleted"):
        store.delete_run(run.id)
    with pytest.raises(NotFound):
        store.get_run("showcase-../../etc")


def test_a_broken_file_is_named() -> None:
    run = store.create_run(make_recipe(), "phantom", "a")
    folder = store.folder_of(run.id)
    folder.mkdir(parents=True)
    (folder / "predictions.parquet").write_text("no parquet")
    with pytest.raises(CxrError, match=r"predictions\.parquet cannot be read"):
        store.predictions(run.id)


def test_an_id_is_found_by_its_beginning() -> None:
    run = store.create_run(make_recipe(), "phantom", "a")
    assert store.resolve_run(run.id[:8]).id == run.id
    with pytest.raises(NotFound):
        store.resolve_run(run.id[:2])


def test_a_hundred_runs_are_listed() -> None:
    for seed in range(100):
        store.create_run(make_recipe(seed=seed), "phantom", "a")
    assert len(store.list_runs()) == 100


def test_another_tracking_database_is_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'other.db'}")
    store.create_run(make_recipe(), "phantom", "a")
    assert (tmp_path / "other.db").is_file()
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert store.list_runs() == []
