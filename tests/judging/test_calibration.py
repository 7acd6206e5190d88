"""Reliability, Brier, ECE and recalibration equal scikit-learn's and keep what they promise."""

import warnings

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression

from engine.judging.calibration import calibration, log_loss, logit
from engine.judging.recalibration import METHODS, fit
from engine.judging.scores import Scores
from engine.words.errors import CxrError
from tests.judging import made


def scores_of(truth, values, split="validation"):
    return Scores.of(made.of(list(truth), list(values), split), split, made.TWO)


def sample(images=400, seed=0, sharpness=1.0, shift=0.0, split="validation"):
    """Images whose odds are told `sharpness` times too boldly and moved by `shift`."""
    random = np.random.default_rng(seed)
    odds = random.normal(0.4, 2, images)
    truth = (random.random(images) < expit(odds)).astype(int)
    return scores_of(truth, expit(sharpness * odds + shift), split)


@pytest.mark.parametrize(("binning", "strategy"), [("width", "uniform"), ("count", "quantile")])
@pytest.mark.parametrize("seed", range(4))
def test_the_reliability_table_equals_sklearn(binning, strategy, seed):
    scores = Scores.of(made.predictions(seed=seed, decimals=1), "test", made.TWO)  # many ties
    share, mean = calibration_curve(scores.truth, scores.scores, n_bins=7, strategy=strategy)
    found = calibration(scores, 7, binning)
    np.testing.assert_allclose(found.table["share"], share)
    np.testing.assert_allclose(found.table["score"], mean)
    assert found.table["images"].sum() == len(scores) == found.images
    inside = found.table["share"].between(found.table["share_low"], found.table["share_high"])
    assert inside.all()


@pytest.mark.parametrize("seed", range(3))
def test_brier_loss_and_skill_equal_sklearn(seed):
    scores = Scores.of(made.predictions(seed=seed), "test", made.TWO)
    found = calibration(scores)
    assert found.brier == pytest.approx(metrics.brier_score_loss(scores.truth, scores.scores))
    assert found.loss == pytest.approx(metrics.log_loss(scores.truth, scores.scores))
    assert found.skill == pytest.approx(metrics.d2_brier_score(scores.truth, scores.scores))


def test_ece_by_hand():
    # Two bins: scores .2 and .4 (mean .3, none ill), .8 (mean .8, half ill): (2*.3 + 2*.3) / 4.
    found = calibration(scores_of([0, 0, 0, 1], [0.2, 0.4, 0.8, 0.8]), bins=2)
    assert found.ece == pytest.approx(0.3)
    assert (found.bins, len(found.table)) == (2, 2)
    fine = calibration(scores_of([0, 0, 0, 1], [0.2, 0.4, 0.8, 0.8]), bins=50)
    assert (fine.bins, len(fine.table)) == (50, 3)


def test_scores_that_tell_the_truth_have_an_ece_near_zero():
    honest, bold = sample(40_000), sample(40_000, sharpness=3)
    assert calibration(honest).ece < 0.01
    assert calibration(bold).ece > 0.05
    table = calibration(honest).table
    assert table["score"].between(table["share_low"], table["share_high"]).mean() > 0.7


def test_one_class_has_a_brier_score_but_no_skill():
    found = calibration(scores_of([1, 1, 1], [0.9, 0.8, 0.7]))
    assert found.skill is None
    assert found.brier == pytest.approx((0.01 + 0.04 + 0.09) / 3)


def test_choices_that_are_not_there_are_refused():
    scores = sample()
    with pytest.raises(CxrError, match="2 to 50 bins, got 1"):
        calibration(scores, 1)
    with pytest.raises(CxrError, match="width, count"):
        calibration(scores, 10, "depth")
    with pytest.raises(CxrError, match="temperature, platt, isotonic"):
        fit(scores, "magic")


def test_temperature_equals_the_smallest_loss_found_by_search():
    scores = sample(sharpness=2.5)
    odds = logit(scores.scores)

    def loss(temperature):
        return metrics.log_loss(scores.truth, expit(odds / temperature[0]))

    best = minimize(loss, [1.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-14})
    found = fit(scores, "temperature")
    assert found.parameters["temperature"] == pytest.approx(best.x[0], rel=1e-4)
    assert found.parameters["temperature"] == pytest.approx(2.5, rel=0.25)


class Told(ClassifierMixin, BaseEstimator):
    """A classifier that tells the odds it is given."""

    classes_ = np.array([0, 1])

    def fit(self, inputs, truth):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def decision_function(self, inputs):
        return inputs[:, 0]

    def predict(self, inputs):
        return (inputs[:, 0] > 0).astype(int)


def test_platt_equals_sklearn_where_its_smoothing_fades():
    # CalibratedClassifierCV smooths the labels by 1 / (n + 2), which vanishes as n grows.
    scores = sample(20_000, sharpness=2, shift=1)
    odds = logit(scores.scores)[:, None]
    theirs = CalibratedClassifierCV(FrozenEstimator(Told()), method="sigmoid")
    theirs.fit(odds, scores.truth)
    ours = fit(scores, "platt").apply(scores.scores)
    np.testing.assert_allclose(ours, theirs.predict_proba(odds)[:, 1], atol=2e-3)


def test_platt_solves_the_score_equations():
    scores = sample(sharpness=0.5, shift=-1)
    found = fit(scores, "platt")
    after, odds = found.apply(scores.scores), logit(scores.scores)
    assert after.mean() == pytest.approx(scores.truth.mean(), abs=1e-8)
    assert (after * odds).mean() == pytest.approx((scores.truth * odds).mean(), abs=1e-7)
    assert found.parameters["slope"] == pytest.approx(2, rel=0.3)


def test_isotonic_equals_sklearn():
    scores, others = sample(seed=1), sample(seed=2, split="test")
    theirs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    theirs.fit(scores.scores, scores.truth)
    found = fit(scores, "isotonic")
    np.testing.assert_array_equal(found.apply(others.scores), theirs.predict(others.scores))
    assert found.parameters["levels"] == len(np.unique(theirs.predict(scores.scores)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("sharpness", "shift"), [(3, 0), (0.4, 0), (1, 1.5), (2, -1)])
def test_the_loss_on_the_fitted_images_never_rises(method, sharpness, shift):
    scores = sample(300, 5, sharpness, shift)
    after = fit(scores, method).scores(scores)
    assert log_loss(after) <= log_loss(scores) + 1e-12
    assert after.rows is scores.rows
    np.testing.assert_allclose(after.probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("method", METHODS)
def test_it_puts_other_images_right_too(method):
    before = sample(4000, 8, 3, 1, split="test")
    after = fit(sample(4000, 7, 3, 1), method).scores(before)
    assert calibration(after).ece < 0.4 * calibration(before).ece
    assert calibration(after).brier < calibration(before).brier


@pytest.mark.parametrize("method", ["temperature", "platt"])
def test_the_ranking_stays(method):
    scores = sample(sharpness=4)
    after = fit(scores, method).apply(scores.scores)
    assert metrics.roc_auc_score(scores.truth, after) == pytest.approx(
        metrics.roc_auc_score(scores.truth, scores.scores), abs=1e-12
    )


def test_temperature_keeps_what_one_half_decides():
    scores = sample(sharpness=3)
    after = fit(scores, "temperature").apply(scores.scores)
    np.testing.assert_array_equal(after >= 0.5, scores.scores >= 0.5)


@pytest.mark.parametrize("method", METHODS)
def test_scores_of_exactly_zero_and_one_break_nothing(method):
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 200)
    values = np.where(random.random(200) < 0.9, truth, 1 - truth).astype(float)
    values[::3] = random.random(len(values[::3])).round(2)
    scores = scores_of(truth, values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        after = fit(scores, method).apply(scores.scores)
        assert np.isfinite(log_loss(scores))
    assert ((after >= 0) & (after <= 1)).all()
    assert log_loss(fit(scores, method).scores(scores)) <= log_loss(scores)


def test_a_logit_is_finite_and_keeps_the_order():
    values = np.array([0, 1e-40, 1e-9, 0.5, 1 - 1e-9, np.nextafter(np.float32(1), 0), 1])
    values = np.sort(values.astype(np.float64))
    odds = logit(values)
    assert np.isfinite(odds).all()
    assert (np.diff(odds) > 0).all()


def test_images_that_cannot_carry_a_fit_are_refused_with_their_number():
    random = np.random.default_rng(1)
    official = scores_of([0, 1] * 8, random.random(16))
    with pytest.raises(CxrError, match=r"Only 16 validation images \(8 NORMAL and 8 PNEUMONIA\)"):
        fit(official, "temperature")
    with pytest.raises(CxrError, match="all 30 are NORMAL"):
        fit(scores_of([0] * 30, random.random(30)), "platt")


def test_a_small_fit_is_called_shaky():
    shaky = fit(sample(60), "temperature")
    assert shaky.fewest < 50
    assert f"Only {shaky.fewest} of the 60" in shaky.notes[0]
    assert fit(sample(400), "temperature").notes == ()
    assert "400 images" in fit(sample(400), "isotonic").notes[0]
    assert fit(sample(1000), "isotonic").notes == ()


def test_what_has_no_best_fit_is_refused():
    parted = scores_of([0] * 20 + [1] * 20, np.linspace(0.01, 0.99, 40))
    for method in ("temperature", "platt"):
        with pytest.raises(CxrError, match="infinitely steep"):
            fit(parted, method)
    assert calibration(fit(parted, "isotonic").scores(parted)).ece < 1e-12
    backwards = sample(sharpness=-1)
    with pytest.raises(CxrError, match="wrong side"):
        fit(backwards, "temperature")
    assert "negative" in fit(backwards, "platt").notes[0]
    with pytest.raises(CxrError, match="same score"):
        fit(scores_of([0, 1] * 20, [0.3] * 40), "platt")
