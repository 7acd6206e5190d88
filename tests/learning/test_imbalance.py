"""Each strategy plans what it says, the same for a seed, from the training labels alone."""

import math

import numpy as np
import pytest

from engine.learning.imbalance import STRATEGIES, loss_of, make_plans
from engine.words.errors import CxrError
from engine.words.options import Choice

TWO = np.array([0] * 10 + [1] * 27)
THREE = np.array([0] * 10 + [1] * 40 + [2] * 13)


def counts(labels, plan, classes=2):
    return np.bincount(labels[plan.rows], minlength=classes).tolist()


def only(name, labels=TWO, classes=2, seed=0):
    (plan,) = make_plans(Choice(name), labels, classes, seed)
    return plan


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("labels", [TWO, THREE], ids=["two", "three"])
def test_a_plan_is_the_same_for_the_same_seed_and_stays_within_the_training_part(name, labels):
    classes = int(labels.max()) + 1
    first, again = (make_plans(Choice(name), labels, classes, 5) for _ in range(2))
    for plan, other in zip(first, again, strict=True):
        assert (plan.rows == other.rows).all()
        assert (plan.draws == other.draws).all()
        assert plan.rows.min() >= 0
        assert plan.rows.max() < len(labels)
        assert plan.rows.shape == plan.draws.shape
        assert plan.weights.shape == (classes,)
        assert plan.draws.any() == (name == "oversample_augmented")


@pytest.mark.parametrize("name", ["undersample", "oversample", "oversample_augmented", "ensemble"])
def test_another_seed_draws_another_plan(name):
    one, other = (make_plans(Choice(name), TWO, 2, seed)[0] for seed in (1, 2))
    assert one.rows.tolist() != other.rows.tolist()


@pytest.mark.parametrize("name", ["none", "focal"])
def test_without_resampling_every_row_counts_once(name):
    plan = only(name)
    assert plan.rows.tolist() == list(range(len(TWO)))
    assert plan.weights.tolist() == [1, 1]


def test_class_weights_follow_the_reports_formula():
    plan = only("class_weight", np.array([0] * 10 + [1] * 30))
    assert plan.weights == pytest.approx([40 / 10 / 2, 40 / 30 / 2])
    assert plan.rows.tolist() == list(range(40))


def test_undersampling_keeps_the_minority_and_draws_as_many_others_without_repeats():
    plan = only("undersample")
    assert counts(TWO, plan) == [10, 10]
    assert len(set(plan.rows.tolist())) == 20
    assert counts(THREE, only("undersample", THREE, 3), 3) == [10, 10, 10]


@pytest.mark.parametrize("name", ["oversample", "oversample_augmented"])
def test_oversampling_repeats_whole_rounds_and_a_rest_until_the_classes_match(name):
    plan = only(name)
    assert counts(TWO, plan) == [27, 27]
    shown = np.bincount(plan.rows)
    assert set(shown[:10].tolist()) == {2, 3}  # 27 = 2 * 10 + 7
    assert (shown[:10] == 3).sum() == 7
    assert (shown[10:] == 1).all()
    assert counts(THREE, only(name, THREE, 3), 3) == [40, 40, 40]


def test_repeats_are_copies_that_are_numbered_by_row_and_originals_stay():
    plan = only("oversample_augmented")
    for row in range(len(TWO)):
        draws = sorted(plan.draws[plan.rows == row].tolist())
        assert draws == list(range(len(draws)))
    assert not plan.draws[TWO[plan.rows] == 1].any()


def test_members_share_the_minority_and_divide_the_majority():
    plans = make_plans(Choice.of("ensemble", members=3), TWO, 2, 0)
    assert [counts(TWO, plan) for plan in plans] == [[10, 9]] * 3
    parts = [set(plan.rows[TWO[plan.rows] == 1].tolist()) for plan in plans]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 27
    assert all(set(range(10)) <= set(plan.rows.tolist()) for plan in plans)


def test_a_majority_of_more_than_the_members_times_the_minority_is_still_dealt_out_whole():
    labels = np.array([0] * 5 + [1] * 41)
    plans = make_plans(Choice.of("ensemble", members=4), labels, 2, 0)
    assert sorted(counts(labels, plan) for plan in plans) == [[5, 10]] * 3 + [[5, 11]]


def test_with_three_classes_a_class_near_the_smallest_is_shown_whole():
    plans = make_plans(Choice("ensemble"), THREE, 3, 0)
    assert [counts(THREE, plan, 3) for plan in plans] == [[10, 14, 13], [10, 13, 13], [10, 13, 13]]
    wide = np.array([0] * 10 + [1] * 40 + [2] * 30)
    plans = make_plans(Choice("ensemble"), wide, 3, 0)
    assert counts(wide, plans[0], 3) == [10, 14, 10]


def test_equal_classes_leave_nothing_to_cut():
    labels = np.array([0, 1] * 6)
    assert [counts(labels, plan) for plan in make_plans(Choice("ensemble"), labels, 2, 0)] == [
        [6, 6]
    ] * 3


def test_too_few_images_for_the_members_are_refused():
    with pytest.raises(CxrError, match="at least 9"):
        make_plans(Choice.of("ensemble", members=9), np.array([0] * 2 + [1] * 6), 2, 0)
    with pytest.raises(CxrError, match="members"):
        make_plans(Choice.of("ensemble", members=1), TWO, 2, 0)


def test_a_class_that_training_lacks_changes_nothing():
    assert counts(TWO, only("oversample", TWO, 3), 3) == [27, 27, 0]
    assert counts(TWO, only("undersample", TWO, 3), 3) == [10, 10, 0]


@pytest.mark.parametrize("name", sorted(set(STRATEGIES) - {"focal"}))
def test_all_strategies_but_focal_loss_keep_the_outputs_own_loss(name):
    assert loss_of(Choice(name), "sigmoid") == "binary_crossentropy"
    assert loss_of(Choice(name), "softmax") == "categorical_crossentropy"


@pytest.mark.parametrize(("gamma", "alpha"), [(2.0, 0.25), (0.0, 0.5), (1.0, 0.6)])
def test_focal_loss_of_one_sigmoid_unit(gamma, alpha):
    loss = loss_of(Choice.of("focal", gamma=gamma, alpha=alpha), "sigmoid")
    positive = float(loss(np.array([[1.0]]), np.array([[0.8]])))
    negative = float(loss(np.array([[0.0]]), np.array([[0.8]])))
    assert positive == pytest.approx(-alpha * 0.2**gamma * math.log(0.8), rel=1e-4)
    assert negative == pytest.approx(-(1 - alpha) * 0.8**gamma * math.log(0.2), rel=1e-4)


def test_focal_loss_of_a_softmax_counts_the_easy_less():
    loss = loss_of(Choice("focal"), "softmax")
    truth = np.array([[0.0, 1.0, 0.0]])
    for p in (0.5, 0.9):
        rest = (1 - p) / 2
        found = float(loss(truth, np.array([[rest, p, rest]])))
        assert found == pytest.approx(-0.25 * (1 - p) ** 2 * math.log(p), rel=1e-4)
