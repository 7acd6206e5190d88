"""A training under another threshold rule is taken over from the run that has it."""

from dataclasses import replace

import pytest

from engine.runs import queue, store
from engine.words.options import Choice
from tests.runs.conftest import make_recipe, write_training

pytestmark = pytest.mark.usefixtures("models")
RULE = Choice.of("recall", target=0.98)


def trained(**changes: object) -> str:
    """A finished run with a network."""
    recipe = make_recipe(**changes)
    run = store.create_run(recipe, "lungs", "a", "running")
    folder = write_training(store.folder_of(run.id), recipe)
    (folder / "model.keras").write_bytes(b"weights")
    store.attach(run.id, folder)
    store.mark(run.id, "finished")
    return run.id


def test_another_rule_is_a_run_of_its_own_without_a_training() -> None:
    first = trained()
    sent = queue.submit(make_recipe(threshold=RULE), "lungs", "b")
    assert sent.cached and sent.status == "finished" and sent.run_id != first
    run = store.get_run(sent.run_id)
    assert run.recipe.threshold == RULE and store.get_run(first).recipe.threshold == Choice("f1")
    assert store.model_file(run.id).read_bytes() == b"weights"
    assert store.predictions(run.id).equals(store.predictions(first))
    assert store.meta(run.id)["taken_from"] == {"run": first, "rule": {"name": "f1"}}
    assert queue.submit(make_recipe(threshold=RULE), "lungs", "b").run_id == run.id
    back = queue.submit(make_recipe(threshold=Choice("youden")), "lungs", "b")  # from either
    assert back.cached and len(store.list_runs()) == 3


def test_other_trainings_and_runs_without_their_network_are_not_taken() -> None:
    first = trained()
    other = queue.submit(make_recipe(threshold=RULE, seed=1), "lungs", "b")
    assert not other.cached
    (store.folder_of(first) / "model.keras").unlink()
    assert not queue.submit(make_recipe(threshold=RULE), "lungs", "b").cached
    retrained = replace(make_recipe(), seed=0)
    assert not queue.submit(retrained, "lungs", "b", retrain=True).cached
