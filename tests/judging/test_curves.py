import numpy as np
import pytest
from sklearn import metrics

from engine.judging.counts import Ranking
from engine.judging.curves import auc, curves, thinned
from engine.judging.scores import Scores
from tests.judging.made import THREE, of, predictions


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("decimals", [1, 2, 6])
def test_curves_equal_scikit_learns_with_ties(seed, decimals):
    scores = Scores.of(predictions(seed=seed, decimals=decimals), "test")
    got = curves(scores)
    assert got.auc == pytest.approx(metrics.roc_auc_score(scores.truth, scores.scores))
    expected = metrics.average_precision_score(scores.truth, scores.scores)
    assert got.average_precision == pytest.approx(expected)
    alarms, recall, _ = metrics.roc_curve(scores.truth, scores.scores, drop_intermediate=False)
    assert got.roc["false_alarms"].to_numpy() == pytest.approx(alarms)
    assert got.roc["recall"].to_numpy() == pytest.approx(recall)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("decimals", [1, 6])
def test_counts_equal_scikit_learns_at_every_threshold(seed, decimals):
    scores = Scores.of(predictions(seed=seed, decimals=decimals), "test")
    result = metrics.confusion_matrix_at_thresholds(scores.truth, scores.scores)
    tns, fps, fns, tps, cuts = result
    counts = Ranking.of(scores).counts(cuts)
    for ours, theirs in ((counts.tn, tns), (counts.fp, fps), (counts.fn, fns), (counts.tp, tps)):
        assert np.array_equal(ours, theirs)


def test_counts_between_scores_equal_counting_one_by_one():
    scores = Scores.of(predictions(decimals=1), "test")
    for threshold in np.linspace(-0.1, 1.1, 49):
        counts = Ranking.of(scores).counts(threshold)
        said = scores.scores >= threshold
        assert counts.tp == (said & (scores.truth == 1)).sum()
        assert counts.fp == (said & (scores.truth == 0)).sum()


def test_three_class_auc_is_the_mean_of_one_against_the_rest():
    scores = Scores.of(predictions(THREE), "test")
    shares = scores.probabilities / scores.probabilities.sum(axis=1, keepdims=True)
    expected = metrics.roc_auc_score(scores.truth, shares, multi_class="ovr")
    assert auc(scores) == pytest.approx(expected)


@pytest.mark.parametrize(("label", "word"), [(0, "not PNEUMONIA"), (1, "all PNEUMONIA")])
def test_one_class_only_has_no_curve_and_says_why(label, word):
    got = curves(Scores.of(of([label] * 3, [0.1, 0.5, 0.9]), "test"))
    assert got.auc is None
    assert word in got.reason
    assert got.roc.empty and got.pr.empty


def test_a_thinned_path_keeps_its_ends():
    table = curves(Scores.of(predictions(images=2000, decimals=6), "test")).roc
    thin = thinned(table, 100)
    assert len(thin) <= 100
    assert thin.iloc[[0, -1]].equals(table.iloc[[0, -1]])


@pytest.mark.parametrize("decimals", [1, 6])
def test_the_area_alone_equals_that_of_the_curve_with_ties_and_without(decimals):
    scores = Scores.of(predictions(seed=2, decimals=decimals), "test")
    assert auc(scores) == pytest.approx(metrics.roc_auc_score(scores.truth, scores.scores))
    assert auc(Scores.of(of([1, 1], [0.2, 0.4]), "test")) is None
