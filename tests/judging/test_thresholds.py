import numpy as np
import pytest
from sklearn import metrics

from engine.judging.counts import Ranking
from engine.judging.scores import Scores
from engine.judging.thresholds import choose, run_threshold, shortest
from engine.words.errors import CxrError
from tests.judging.made import THREE, TWO, of, predictions


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("decimals", [1, 2, 6])
def test_f1_is_the_highest_of_scikit_learns_curve(seed, decimals):
    scores = Scores.of(predictions(seed=seed, decimals=decimals), "validation")
    precision, recall, _ = metrics.precision_recall_curve(scores.truth, scores.scores)
    best = np.nanmax(2 * precision * recall / np.maximum(precision + recall, 1e-12))
    chosen = choose(scores, "f1")
    assert chosen.reached == pytest.approx(best)
    assert metrics.f1_score(scores.truth, scores.predicted(chosen.value)) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(10))
def test_youden_is_the_highest_of_scikit_learns_roc(seed):
    scores = Scores.of(predictions(seed=seed), "validation")
    alarms, recall, _ = metrics.roc_curve(scores.truth, scores.scores)
    assert choose(scores, "youden").reached == pytest.approx((recall - alarms).max())


@pytest.mark.parametrize("target", [0.5, 0.9, 0.99, 1.0])
def test_a_target_recall_is_reached_at_the_highest_threshold_that_does(target):
    scores = Scores.of(predictions(), "validation")
    chosen = choose(scores, "recall", target)
    ranking = Ranking.of(scores)
    assert ranking.counts(chosen.value).recall >= target
    above = ranking.distinct[ranking.distinct > chosen.value + 1e-9]
    nexts = [value for value in above if ranking.counts(value).recall >= target]
    assert all(
        np.array_equal(scores.predicted(value), scores.predicted(chosen.value)) for value in nexts
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_short_decimal_decides_as_the_score_itself_does(seed):
    values = np.unique(np.random.default_rng(seed).random(300).astype(np.float32)).astype(float)
    for index, value in enumerate(values):
        short = shortest(values, index)
        assert np.array_equal(values >= short, values >= value)


def test_scores_that_crowd_at_one_get_the_digits_they_need():
    values = np.array([0.1, 0.999991, 0.999995, 1.0])
    assert 0.999991 < shortest(values, 2) <= 0.999995
    assert shortest(np.array([0.2, 0.7]), 1) == 0.45
    assert shortest(np.array([0.0, 0.7]), 0) == 0.0


def test_a_runs_threshold_is_chosen_on_validation_alone():
    table = predictions()
    chosen = run_threshold(table, TWO)
    assert (chosen.split, chosen.rule, chosen.of) == ("validation", "f1", 200)
    changed = table.copy()
    changed.loc[changed["split"] == "test", "label"] = "NORMAL"
    assert run_threshold(changed, TWO) == chosen


def test_without_usable_validation_images_it_is_a_half_and_says_why():
    assert run_threshold(predictions(splits=("test",)), TWO).value == 0.5
    alone = run_threshold(of([1, 1], [0.4, 0.6], "validation"), TWO)
    assert (alone.value, alone.split) == (0.5, "")
    assert "one class" in alone.note
    assert "largest score" in run_threshold(predictions(THREE), THREE).note


def test_unknown_rules_and_impossible_targets_are_refused():
    scores = Scores.of(predictions(), "validation")
    with pytest.raises(CxrError, match="f1, youden, recall"):
        choose(scores, "luck")
    with pytest.raises(CxrError, match="up to 1"):
        choose(scores, "recall", 1.5)
