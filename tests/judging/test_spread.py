"""Runs that differ in one thing only: seeds, prices, strategies."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.judging import spread
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.thresholds import run_threshold
from engine.words.errors import CxrError
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.judging import made

RECIPE = Recipe(data="d", network=Choice("cnn_d"), optimizer=Choice("adam"))


def test_siblings_are_equal_but_for_the_seed_and_the_presets_label() -> None:
    recipes = {seed: replace(RECIPE, seed=seed) for seed in (1, 2, 3)}
    recipes |= {4: replace(RECIPE, preset="D1"), 5: replace(RECIPE, epochs=3)}
    assert spread.siblings(recipes) == [[1, 2, 3, 4]]


def test_siblings_but_for_the_strategy_share_the_seed() -> None:
    recipes = {
        "none": RECIPE,
        "weights": replace(RECIPE, imbalance=Choice("class_weight")),
        "other seed": replace(RECIPE, imbalance=Choice("focal"), seed=1),
    }
    assert spread.siblings(recipes, ("imbalance",)) == [["none", "weights"]]


def test_the_spread_is_numpys_mean_and_sample_deviation() -> None:
    values = [0.8, 0.85, 0.9]
    entries = [{**dict.fromkeys(spread.SPREAD), "f1": value, "auc": 0.9} for value in values]
    entries[0]["auc"] = None
    table = spread.spread(entries)
    assert list(table.index) == ["auc", "f1"]
    assert table.loc["f1"].tolist() == pytest.approx([3, 0.85, np.std(values, ddof=1), 0.8, 0.9])
    assert table.loc["auc", "runs"] == 2


def test_two_seeds_of_equal_networks_lie_within_the_luck_in_95_of_100_pairs() -> None:
    draws = np.random.default_rng(0).normal(0.8, 0.02, size=(20_000, 2))
    within = np.abs(draws[:, 0] - draws[:, 1]) < spread.by_luck(0.02)
    assert within.mean() == pytest.approx(0.95, abs=0.005)


def test_the_front_has_no_run_that_is_beaten_at_its_price() -> None:
    table = pd.DataFrame(
        {
            "name": ["slow", "dear", "cheap", "good", "unknown", "twin"],
            "seconds": [30.0, 99.0, 10.0, 20.0, 5.0, 20.0],
            "f1": [0.8, 0.95, 0.7, 0.9, np.nan, 0.9],
        }
    )
    found = spread.front(table, "seconds")
    assert list(found["name"]) == ["cheap", "good", "twin", "slow", "dear"]
    assert list(found.loc[found["best"], "name"]) == ["cheap", "good", "dear"]


def lab():
    """A network, and the same one that was pushed to call pneumonia: its scores are shifted."""
    runs = []
    for name, strategy, power in (("Plain", "none", 1.0), ("Pushed", "class_weight", 0.3)):
        table = made.predictions(seed=3, images=400, decimals=6)
        table["score_PNEUMONIA"] = (table["score_PNEUMONIA"] * 0.6) ** power
        table["score_NORMAL"] = 1 - table["score_PNEUMONIA"]
        own = run_threshold(table, made.TWO).value
        runs.append((name, strategy, Scores.of(table, "test", made.TWO), own))
    return runs


def test_a_strategy_that_only_shifts_the_scores_keeps_nothing_of_its_gain() -> None:
    plain, pushed = spread.strategies(lab())
    assert pushed.gain_at_half > 0.02
    assert pushed.gain_at_own == pytest.approx(0, abs=0.005)
    assert pushed.remains == pytest.approx(0, abs=0.1)
    assert plain.remains is None


def test_each_strategy_is_judged_at_half_and_at_its_own_threshold() -> None:
    runs = lab()
    found = spread.strategies(runs, "recall")[1]
    scores, own = runs[1][2], runs[1][3]
    assert found.at_half == judge(scores, 0.5).figures["recall"].value
    assert found.at_own == judge(scores, own).figures["recall"].value


def test_without_a_plain_run_there_is_nothing_to_gain_over() -> None:
    assert spread.strategies(lab()[1:])[0].gain_at_half is None


def test_three_classes_have_no_threshold_to_shift() -> None:
    scores = Scores.of(made.predictions(made.THREE), "test")
    with pytest.raises(CxrError, match="largest score decides"):
        spread.strategies([("D4", "none", scores, 0.5)])
