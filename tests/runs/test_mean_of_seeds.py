"""The finished seeds of a study as one run whose scores are the members' means."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from engine.judging.scores import Scores
from engine.runs import drafts, groups, jobs, mean_of_seeds, store, studies
from engine.runs import study_tables as tables
from engine.runs.groups import Study
from engine.words.errors import CxrError, NotFound
from engine.words.options import Choice
from engine.words.recipe import Split
from tests.runs.conftest import make_recipe, write_training

pytestmark = pytest.mark.usefixtures("models")
RULE = Choice.of("recall", target=0.98)
FILES = [f"{number}.png" for number in range(8)]
PARTS = ["train", "train", "validation", "validation", "test", "test", "test", "test"]
SICK = {0: [0.1, 0.9, 0.2, 0.8, 0.4, 0.6, 0.3, 0.9], 1: [0.3, 0.7, 0.4, 0.6, 0.2, 0.8, 0.7, 0.5]}


def finish(study: Study, number: int, parts: list[str] = PARTS) -> str:
    """End a cell with the scores of its seed, rows in an order of their own."""
    cell, recipe = study.cells[number], study.recipes[number]
    sick = SICK[cell.seed % 2]
    table = pd.DataFrame(
        {
            "image_id": FILES,
            "file": FILES,
            "split": parts,
            "label": ["NORMAL", "PNEUMONIA"] * 4,
            "patient": FILES,
            "kind": "",
            "score_NORMAL": [1 - value for value in sick],
            "score_PNEUMONIA": sick,
        }
    )
    folder = write_training(store.folder_of(cell.run), recipe)
    table.sample(frac=1, random_state=cell.seed).to_parquet(folder / "predictions.parquet")
    store.attach(cell.run, folder)
    store.mark(cell.run, "finished")
    jobs.write_state(cell.run, jobs.State("finished"))
    return cell.run


def started(count: int = 2, one_split: bool = True) -> Study:
    draft = drafts.seeds(make_recipe(threshold=RULE, seed=4), count, one_split)
    return studies.start(draft, "lungs", "a")


def test_a_study_over_seeds_keeps_the_split_and_can_be_told_to_draw_one_each() -> None:
    study = started(3)
    assert (study.kind, study.seeds, study.name) == ("seeds", (4, 5, 6), "C2, 3 seeds")
    assert {recipe.split_seed for recipe in study.recipes} == {4} and tables.one_split(study)
    assert studies.label(study, study.cells[0]) == "seed 4"
    other = drafts.seeds(make_recipe(seed=4), 2, one_split=False)
    assert [recipe.split_seed for recipe in other.recipes] == [4, 5]
    with pytest.raises(CxrError, match="two or more"):
        drafts.seeds(make_recipe(), 1)


def test_the_mean_of_seeds_is_a_run_with_every_members_scores() -> None:
    study = started()
    with pytest.raises(CxrError, match="needs 2 finished seeds or more; 'C2, 2 seeds' has"):
        mean_of_seeds.complete(study.id)
    members = [finish(study, number) for number in range(2)]
    run = mean_of_seeds.complete(study.id)
    assert (run.status, run.name, run.source) == ("finished", "C2, mean of 2 seeds", "lungs")
    assert run.recipe.threshold == RULE and run.recipe.seeds == (4, 5)
    table = store.predictions(run.id).set_index("file")
    for number, file in enumerate(FILES):
        mean = (SICK[0][number] + SICK[1][number]) / 2
        assert table.loc[file, "score_PNEUMONIA"] == pytest.approx(mean)
        assert table.loc[file, "split"] == PARTS[number]
    own = mean_of_seeds.alone(table.reset_index(), 5, run.classes)
    assert Scores.of(own, "test", run.classes).scores.tolist() == SICK[1][4:]
    # .3, .7, .5, .7 of which the first and third are normal: nothing but one tie at .5 goes wrong
    assert run.metrics["test_auc"] == 1.0 and run.metrics["validation_auc"] == 1.0
    assert [entry["run"] for entry in store.meta(run.id)["mean_of"]] == members
    assert groups.read(study.id).joined == {"": run.id}
    assert mean_of_seeds.complete(study.id).id == run.id and len(store.list_runs()) == 3
    with pytest.raises(NotFound, match="network of a member was deleted"):
        store.model_file(run.id)


def test_seeds_with_splits_of_their_own_are_refused_and_nothing_is_made() -> None:
    study = started(one_split=False)
    finish(study, 0)
    finish(study, 1, [PARTS[2], *PARTS[1:2], PARTS[0], *PARTS[3:]])
    with pytest.raises(CxrError, match="Seeds 4 and 5 have other images"):
        mean_of_seeds.complete(study.id)
    assert len(store.list_runs()) == 2 and groups.read(study.id).joined == {}


def test_of_a_sweep_one_cell_is_named_and_folds_are_joined_otherwise() -> None:
    base = make_recipe(split=Split(seed=0))
    rates = {"optimizer.learning_rate": ("0.01", "0.001")}
    study = studies.start(drafts.sweep(base, rates, seeds=2), "lungs", "a")
    for number in (2, 3):
        finish(study, number)
    label = "optimizer.learning_rate=0.001"
    run = mean_of_seeds.complete(study.id, label)
    assert run.recipe.optimizer.kwargs["learning_rate"] == 0.001
    assert groups.read(study.id).joined == {label: run.id}
    with pytest.raises(CxrError, match=r"no combination ''\. It has: optimizer"):
        mean_of_seeds.complete(study.id)
    folds = studies.start(drafts.folds(replace(base, seed=9), k=2), "lungs", "a")
    with pytest.raises(CxrError, match="out-of-fold"):
        mean_of_seeds.complete(folds.id)


def test_a_mean_is_no_training(models: Path) -> None:
    mean = replace(make_recipe(), seeds=(0, 1))
    with pytest.raises(CxrError, match="mean of 2 networks is no training"):
        drafts.seeds(mean, 2)
