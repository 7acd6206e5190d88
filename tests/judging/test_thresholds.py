import numpy as np
import pytest
from sklearn import metrics

from engine.judging.counts import Ranking
from engine.judging.scores import Scores
from engine.judging.thresholds import (
    RATIOS,
    RECALLS,
    RULES,
    SPECIFICITIES,
    choose,
    run_threshold,
    shortest,
    snaps,
)
from engine.words.errors import CxrError
from engine.words.options import Choice
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
    with pytest.raises(CxrError, match="f1, youden, recall, specificity, cost"):
        choose(scores, "luck")
    with pytest.raises(CxrError, match="up to 1"):
        choose(scores, "recall", 1.5)
    with pytest.raises(CxrError, match="target specificity lies above 0"):
        choose(scores, "specificity", 0.0)
    for ratio in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(CxrError, match="cost ratio is a number above 0"):
            choose(scores, "cost", ratio)


def tried(scores):
    """Every decision that a threshold can make, the lowest threshold first, by trying each."""
    cuts = [*sorted(set(scores.scores)), np.nextafter(max(scores.scores), 2)]
    for cut in cuts if cuts[-1] <= 1 else cuts[:-1]:
        said = scores.scores >= cut
        sick = scores.truth == 1
        yield said, int((sick & ~said).sum()), int((~sick & said).sum()), np.mean(~said[~sick])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("decimals", [1, 6])
def test_specificity_takes_the_lowest_threshold_that_reaches_it(seed, decimals):
    scores = Scores.of(predictions(seed=seed, decimals=decimals, images=60), "validation")
    for target in (*SPECIFICITIES, 1.0):
        chosen = choose(scores, "specificity", target)
        said, _, _, reached = next(row for row in tried(scores) if row[3] >= target)
        assert np.array_equal(scores.predicted(chosen.value), said)
        assert (chosen.reached, chosen.target) == (pytest.approx(reached), target)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("decimals", [1, 6])
def test_cost_takes_the_lowest_of_the_cheapest_thresholds(seed, decimals):
    scores = Scores.of(predictions(seed=seed, decimals=decimals, images=60), "validation")
    for ratio in (0.01, 0.5, *RATIOS):
        chosen = choose(scores, "cost", ratio)
        said, missed, alarmed, _ = min(tried(scores), key=lambda row: ratio * row[1] + row[2])
        assert np.array_equal(scores.predicted(chosen.value), said)
        assert chosen.reached == pytest.approx(100 * (ratio * missed + alarmed) / 60)


def test_calling_nothing_positive_can_be_cheapest_and_is_said():
    rare = Scores.of(of([0] * 9 + [1], [0.6] * 9 + [0.3], "validation"), "validation")
    chosen = choose(rare, "cost", 1.0)
    assert chosen.value > 0.6
    assert "No X-ray is called PNEUMONIA" in chosen.note


def test_a_specificity_that_no_threshold_reaches_is_refused_and_left_out():
    full = Scores.of(of([0, 0, 1], [1.0, 0.2, 0.9], "validation"), "validation")
    with pytest.raises(CxrError, match=r"No threshold reaches a specificity of 0\.9 .*NORMAL"):
        choose(full, "specificity", 0.9)
    assert "specificity" not in {threshold.rule for threshold in snaps(full)}
    assert (
        run_threshold(of([0, 1], [1.0, 0.9], "validation"), TWO, Choice("specificity")).value == 0.5
    )


def test_youden_of_equal_thresholds_takes_the_lowest():
    # Recall + specificity - 1 is 1/3 at .2 and at .4; in floating point the two differ.
    scores = Scores.of(of([0, 1, 1, 0, 0, 1], [0.1, 0.2, 0.3, 0.35, 0.25, 0.4], "test"), "test")
    assert choose(scores, "youden").value == 0.15


@pytest.mark.parametrize("seed", range(3))
def test_snaps_are_what_choosing_each_gives(seed):
    scores = Scores.of(predictions(seed=seed), "validation")
    found = snaps(scores)
    asked = {(threshold.rule, threshold.target) for threshold in found}
    assert {rule for rule, _ in asked} == set(RULES)
    assert len(found) == 2 + len(RECALLS) + len(SPECIFICITIES) + len(RATIOS)
    for threshold in found:
        assert threshold == choose(scores, threshold.rule, threshold.target)


def test_a_recipes_own_rule_decides_and_is_one_of_the_snaps():
    table = predictions(seed=4)
    own = Choice.of("recall", target=0.98)
    chosen = run_threshold(table, TWO, own)
    assert (chosen.rule, chosen.target, chosen.split) == ("recall", 0.98, "validation")
    scores = Scores.of(table, "validation")
    assert chosen == choose(scores, "recall", 0.98) and chosen in snaps(scores, own)
    assert len(snaps(scores, own)) == len(snaps(scores)) + 1
    assert snaps(scores, Choice.of("recall", target=0.95)) == snaps(scores)
    assert run_threshold(table, TWO, Choice("cost")).target == 10.0


def test_one_class_has_nothing_to_snap_to():
    with pytest.raises(CxrError, match="one class"):
        snaps(Scores.of(of([1, 1], [0.4, 0.6]), "test"))


def test_another_split_and_class_can_choose_a_runs_threshold():
    table = predictions(THREE)
    chosen = run_threshold(table, THREE, Choice.of("cost", target=5.0), "test", 2)
    assert (chosen.split, chosen.target) == ("test", 5.0)
    assert chosen == choose(Scores.of(table, "test").against(2), "cost", 5.0)
