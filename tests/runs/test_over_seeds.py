"""Seeds of one recipe on one split are grouped, judged together and shown beside others."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.cli import main
from engine.judging.comparison import summary
from engine.judging.over_seeds import over_seeds, said
from engine.learning.presets import PRESETS
from engine.learning.reported import table
from engine.learning.rules import check
from engine.runs import drafts, mean_of_seeds, store, studies
from engine.runs import over_seeds as seeds
from engine.words.errors import NotFound
from engine.words.recipe import Recipe, Split
from tests.judging import made
from tests.runs.conftest import make_recipe, write_training

pytestmark = pytest.mark.usefixtures("models")
DATA = "0123456789abcdef"


def tables(seed: int) -> pd.DataFrame:
    """The same images as for every seed, with scores of its own."""
    images = made.predictions(made.TWO, images=120, seed=1, decimals=4)
    own = made.predictions(made.TWO, images=120, seed=seed + 2, decimals=4)
    mixed = (images["score_PNEUMONIA"] + own["score_PNEUMONIA"].to_numpy()) / 2
    return images.assign(score_PNEUMONIA=mixed, score_NORMAL=1 - mixed)


def finish(recipe: Recipe, source: str = "lungs") -> str:
    run = store.create_run(recipe, source, "a", "running")
    folder = write_training(store.folder_of(run.id), recipe)
    tables(recipe.seed).to_parquet(folder / "predictions.parquet")
    store.attach(run.id, folder)
    store.mark(run.id, "finished")
    return run.id


def best(seed: int) -> Recipe:
    return check(PRESETS["Best"].recipe(DATA).with_seed(seed))


def test_runs_with_one_split_are_grouped_and_others_are_not() -> None:
    own = make_recipe(split=Split("patient"))
    ids = [finish(replace(own, seed=seed, split=Split("patient", seed=0))) for seed in (1, 2)]
    ids.append(finish(own))  # seed 0 draws the same split without being told
    finish(replace(own, seed=7))  # a split of its own
    finish(replace(own, seed=1, epochs=4))
    (group,) = seeds.groups(store.list_runs())
    assert (group.seeds, group.mean) == ((0, 1, 2), None)
    assert {run.id for run in group.runs} == set(ids)


def test_mean_and_spread_are_those_of_the_single_runs() -> None:
    rule = PRESETS["Best"].recipe("").threshold
    found = over_seeds({seed: tables(seed) for seed in range(3)}, made.TWO, rule)
    single = [summary(tables(seed), made.TWO, "test", rule) for seed in range(3)]
    for name in ("auc", "threshold", "accuracy", "accuracy_at_half", "recall", "precision_at_half"):
        values = np.array([float(one[name] or 0) for one in single])
        assert found.loc[name, "mean"] == pytest.approx(values.mean())
        assert found.loc[name, "deviation"] == pytest.approx(values.std(ddof=1))
        assert said(found, name) == f"{values.mean():.3f} ± {values.std(ddof=1):.3f}"
    assert said(found, "loss") == ""


def test_the_mean_alone_keeps_what_each_seed_reached() -> None:
    study = studies.start(drafts.seeds(best(0), 2), "lungs", "a")
    for cell, recipe in zip(study.cells, study.recipes, strict=True):
        store.delete_run(cell.run)
        finish(check(recipe))
    run = mean_of_seeds.complete(study.id)
    (group,) = seeds.groups(store.list_runs())
    before = over_seeds(seeds.predictions(group), made.TWO)
    for member in group.runs:
        store.delete_run(member.id)
    (left,) = seeds.groups(store.list_runs())
    assert (left.seeds, left.runs, left.first.id) == ((0, 1), (), run.id)
    pd.testing.assert_frame_equal(over_seeds(seeds.predictions(left), made.TWO), before)


def test_a_mean_can_ship_without_its_network_and_keeps_its_seeds(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = studies.start(drafts.seeds(best(0), 2), "lungs", "a")
    for cell, recipe in zip(study.cells, study.recipes, strict=True):
        store.delete_run(cell.run)
        finish(check(recipe))
    run = mean_of_seeds.complete(study.id)
    assert main(["ship", run.id]) == 1  # its members here have no network
    assert main(["ship", run.id, "--without-network"]) == 0
    capsys.readouterr()
    shipped = store.get_run("showcase-Best-mean")
    with pytest.raises(NotFound, match="ship without it"):
        store.model_file(shipped.id)
    for one in (*seeds.groups(store.list_runs())[0].runs, run):
        store.delete_run(one.id)
    (left,) = seeds.groups(store.list_runs())
    assert left.mean and (left.mean.id, left.seeds) == (shipped.id, (0, 1))


def test_results_show_seeds_beside_their_mean_and_our_best_beside_others(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["results", "--beyond"]) == 0
    empty = capsys.readouterr().out
    assert "not trained here yet" in empty and table().beyond.counted() in empty
    assert empty.count("official test") >= sum(entry.official for entry in table().published)
    finish(best(0))
    assert main(["results", "--beyond", "--json"]) == 0
    (half, own) = json.loads(capsys.readouterr().out)["ours"]
    assert half["model"] == "Best, one seed, at 0.5" and "target recall of 0.98" in own["model"]
    finish(best(1))
    assert main(["results"]) == 0
    shown = capsys.readouterr().out
    found = over_seeds({seed: tables(seed) for seed in (0, 1)}, made.TWO, best(0).threshold)
    assert "| Best, 2 seeds | ours at 0.5, mean ± sd | official test, 120 images |" in shown
    assert said(found, "accuracy_at_half") in shown and said(found, "auc") in shown
    assert f"ours at {said(found, 'threshold')} (validation's target recall of 0.98)" in shown
    study = studies.start(drafts.seeds(best(0), 2), "lungs", "a")
    run = mean_of_seeds.complete(study.id)
    assert main(["results", "--beyond", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["ours"]
    assert [row["model"].split(",")[1] for row in rows] == [
        " mean ± sd of 2 seeds",
        " mean ± sd of 2 seeds",
        " mean of 2 networks",
        " mean of 2 networks",
    ]
    figures = summary(store.predictions(run.id), made.TWO, "test", run.recipe.threshold)
    assert rows[2]["accuracy"] == f"{figures['accuracy_at_half']:.3f}"
    assert rows[3]["recall"] == f"{figures['recall']:.3f}"
