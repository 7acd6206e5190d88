"""Bayes, natural frequencies and net benefit against published worked examples."""

import numpy as np
import pytest
from sklearn import metrics

from engine.judging.prevalence import GRID, decision_curve, moved, people, predictive
from engine.judging.scores import Scores
from engine.words.errors import CxrError
from tests.judging import made


def scores_of(truth, values, split="test"):
    return Scores.of(made.of(list(truth), list(values), split), split, made.TWO)


def test_eddys_mammography_problem():
    # Eddy 1982: 1% have cancer, 80% of them and 9.6% of the others are called ill: 7.8% are.
    found = predictive(0.8, 1 - 0.096, 0.01)
    assert found.ppv == pytest.approx(0.078, abs=0.0005)
    # Gigerenzer & Hoffrage 1995: of 1,000 women 10 have it, 8 are found, 95 of 990 alarmed.
    assert (found.people.ill, found.people.found, found.people.alarmed) == (10, 8, 95)


def test_a_cohort_of_a_thousand_men():
    # BMJ Open, TRUS biopsy against MRI, table 2: prevalence .5, sensitivity .5, specificity .9.
    found = people(0.5, 0.9, 0.5)
    assert (found.found, found.missed, found.left, found.alarmed) == (250, 250, 450, 50)


@pytest.mark.parametrize("seed", range(3))
def test_at_the_images_own_prevalence_it_is_their_precision(seed):
    scores = Scores.of(made.predictions(seed=seed), "test", made.TWO)
    said = scores.predicted(0.4)
    recall = metrics.recall_score(scores.truth, said)
    specificity = metrics.recall_score(scores.truth, said, pos_label=0)
    found = predictive(recall, specificity, scores.truth.mean())
    assert found.ppv == pytest.approx(metrics.precision_score(scores.truth, said))
    assert found.npv == pytest.approx(metrics.precision_score(scores.truth, said, pos_label=0))


def test_a_value_without_anyone_is_none():
    nobody = predictive(0.0, 1.0, 0.1)
    assert nobody.ppv is None
    assert nobody.npv == pytest.approx(0.9)
    assert predictive(1.0, 0.0, 0.1).npv is None
    assert predictive(0.0, 1.0, 0.1, (0.0, 0.1), (0.9, 1.0)).ppv_band is not None
    assert predictive(0.5, 1.0, 0.1, (0.0, 0.9), (1.0, 1.0)).ppv_band is None


def test_bands_hold_the_value_and_widen_with_their_parts():
    found = predictive(0.9, 0.8, 0.05, (0.85, 0.94), (0.74, 0.85))
    wider = predictive(0.9, 0.8, 0.05, (0.8, 0.96), (0.7, 0.88))
    for near, far, value in (
        (found.ppv_band, wider.ppv_band, found.ppv),
        (found.npv_band, wider.npv_band, found.npv),
    ):
        assert far[0] < near[0] < value < near[1] < far[1]
    assert found.ppv_band[0] == pytest.approx(0.85 * 0.05 / (0.85 * 0.05 + 0.26 * 0.95))


def test_people_are_whole_and_together_a_thousand():
    random = np.random.default_rng(0)
    for recall, specificity, prevalence in random.random((300, 3)):
        found = people(recall, specificity, prevalence)
        parts = (found.found, found.missed, found.alarmed, found.left)
        assert sum(parts) == 1000
        assert min(parts) >= 0
        exact = recall * prevalence * 1000, specificity * (1 - prevalence) * 1000
        assert abs(found.found - exact[0]) <= 1
        assert abs(found.left - exact[1]) <= 1
        assert abs(found.ill - 1000 * prevalence) <= 0.5


def test_numbers_outside_are_refused():
    with pytest.raises(CxrError, match=r"prevalence from 0 to 1, got 5"):
        predictive(0.9, 0.9, 5)
    with pytest.raises(CxrError, match="all of one class"):
        decision_curve(scores_of([1, 1], [0.2, 0.9]))
    with pytest.raises(CxrError, match="both excluded"):
        decision_curve(scores_of([0, 1], [0.2, 0.9]), thresholds=[0.0, 0.5])


def test_net_benefit_by_hand():
    # 4 ill, 6 healthy. From .2 on: 4 found, 3 alarmed: 4/10 - 3/10 * .2/.8 = .325.
    # From .5 on: 3 found, 1 alarmed: 3/10 - 1/10 * 1 = .2. From .8 on: 1, 0: .1.
    truth = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    values = [0.9, 0.7, 0.5, 0.3, 0.6, 0.4, 0.2, 0.1, 0.1, 0.05]
    table = decision_curve(scores_of(truth, values), thresholds=[0.2, 0.5, 0.8])
    np.testing.assert_allclose(table["model"], [0.325, 0.2, 0.1])
    np.testing.assert_allclose(table["all"], [0.4 - 0.6 / 4, 0.4 - 0.6, 0.4 - 0.6 * 4])
    assert (table["none"] == 0).all()


def test_treating_all_equals_a_published_table():
    # Hepatocellular carcinoma in cirrhosis, PMC6993280 table 4: prevalence .3, treating all.
    published = {
        0.03: 0.278,
        0.05: 0.263,
        0.08: 0.239,
        0.1: 0.222,
        0.2: 0.125,
        0.3: 0.0,
        0.4: -0.167,
        0.5: -0.4,
        0.6: -0.75,
        0.7: -1.333,
        0.8: -2.5,
        0.9: -6.0,
    }
    scores = scores_of([1] * 3 + [0] * 7, np.linspace(0.1, 0.9, 10))
    table = decision_curve(scores, thresholds=list(published))
    np.testing.assert_allclose(table["all"], list(published.values()), atol=0.0006)


@pytest.mark.parametrize("seed", range(3))
def test_the_curve_touches_what_the_formula_demands(seed):
    scores = Scores.of(made.predictions(seed=seed), "test", made.TWO)
    table = decision_curve(scores)
    share = scores.truth.mean()
    assert tuple(table["threshold"]) == GRID
    assert (table["model"] <= share + 1e-12).all()
    crossing = np.interp(share, table["threshold"], table["all"])
    assert crossing == pytest.approx(0, abs=0.003)  # treating all is worth nothing there
    for cut in (0.2, 0.5):
        said = scores.predicted(cut)
        _, fp, _, tp = metrics.confusion_matrix(scores.truth, said).ravel()
        mine = table.loc[table["threshold"] == cut, "model"].item()
        assert mine == pytest.approx((tp - fp * cut / (1 - cut)) / len(scores))


def test_another_prevalence_weighs_the_classes_anew():
    scores = Scores.of(made.predictions(images=2000), "test", made.TWO)
    own = decision_curve(scores)
    same = decision_curve(scores, float(scores.truth.mean()))
    np.testing.assert_allclose(own["model"], same["model"], atol=1e-12)
    rare = decision_curve(scores, 0.05)
    # Counted on images where each healthy one stands for as many as make 5% ill.
    weights = np.where(
        scores.truth == 1, 0.05 / scores.truth.mean(), 0.95 / (~scores.truth.astype(bool)).mean()
    )
    said = scores.predicted(0.3)
    tp, fp = (np.mean(weights * said * (scores.truth == label)) for label in (1, 0))
    assert rare.loc[29, "model"] == pytest.approx(tp - fp * 0.3 / 0.7)


def test_moved_scores_are_calibrated_where_the_disease_is_rarer():
    random = np.random.default_rng(0)
    odds = random.normal(0, 2, 200_000)
    score = 1 / (1 + np.exp(-odds))
    ill = random.random(len(odds)) < score
    keep = np.where(ill, random.random(len(odds)) < 0.1, True)  # a tenth of the ill come
    after = moved(score, ill.mean(), ill[keep].mean())[keep]
    for low in (0.05, 0.2, 0.5):
        near = (after > low) & (after < low + 0.1)
        assert ill[keep][near].mean() == pytest.approx(after[near].mean(), abs=0.02)
    np.testing.assert_allclose(moved(np.array([0.2, 0.5]), 0.3, 0.3), [0.2, 0.5])
