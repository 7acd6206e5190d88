import numpy as np
import pytest
from sklearn import metrics

from engine.judging.counts import Counts, Ranking
from engine.judging.measures import MEASURES, named
from engine.judging.scores import Scores
from engine.judging.sentences import word
from engine.words.errors import CxrError
from tests.judging.made import THREE, of, predictions

CUTS = np.array([0.0, 0.2, 0.37, 0.5, 0.8, 0.95])


def expected(truth, said):
    plus, minus = metrics.class_likelihood_ratios(truth, said)
    _, fp, fn, _ = metrics.confusion_matrix(truth, said).ravel()
    return {
        "accuracy": metrics.accuracy_score(truth, said),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, said),
        "precision": metrics.precision_score(truth, said, zero_division=np.nan),
        "recall": metrics.recall_score(truth, said),
        "specificity": metrics.recall_score(truth, said, pos_label=0),
        "npv": metrics.precision_score(truth, said, pos_label=0, zero_division=np.nan),
        "f1": metrics.f1_score(truth, said),
        "fbeta_0.5": metrics.fbeta_score(truth, said, beta=0.5),
        "fbeta_2": metrics.fbeta_score(truth, said, beta=2),
        "mcc": metrics.matthews_corrcoef(truth, said),
        "lr_plus": plus,
        "lr_minus": minus,
        "cost_10": 100 * np.mean(np.where(truth == 1, 10, 1) * (truth != said)),
        "cost": 100 * (fn + fp) / len(truth),
    }


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("decimals", [1, 6])
def test_every_measure_equals_scikit_learns(seed, decimals):
    scores = Scores.of(predictions(seed=seed, decimals=decimals), "test")
    counts = Ranking.of(scores).counts(CUTS)
    for place, threshold in enumerate(CUTS):
        for key, value in expected(scores.truth, scores.predicted(threshold)).items():
            measure = named(key)
            assert measure.compute(counts)[place] == pytest.approx(value, nan_ok=True), key
            alone = Ranking.of(scores).counts(threshold)
            assert measure.compute(alone) == pytest.approx(value, nan_ok=True), key
            assert bool(measure.reason(alone)) == np.isnan(value), key


@pytest.mark.parametrize(
    ("label", "none"),
    [
        (1, {"specificity": "Every image is PNEUMONIA.", "mcc": "Every image is PNEUMONIA."}),
        (0, {"recall": "No image is PNEUMONIA.", "lr_minus": "No image is PNEUMONIA."}),
    ],
)
def test_one_class_alone_gives_nan_and_the_reason(label, none):
    scores = Scores.of(of([label] * 3, [0.9, 0.2, 0.4]), "test")
    counts = Ranking.of(scores).counts(0.5)
    for name in ("balanced_accuracy", "mcc", "lr_plus", "lr_minus", *none):
        assert np.isnan(MEASURES[name].compute(counts)), name
    for name, reason in none.items():
        assert MEASURES[name].reason(counts, *reversed(scores.classes)) == reason


def test_a_value_and_a_reason_never_stand_together():
    cells = np.array(np.meshgrid(*[[0, 1, 3]] * 4)).reshape(4, -1)
    for measure in MEASURES.values():
        values = measure.compute(Counts(*cells))
        reasons = [measure.reason(Counts(*column)) for column in cells.T]
        assert np.array_equal(np.isnan(values), np.array(list(map(bool, reasons)))), measure.name


def test_a_measures_parameter_stands_behind_its_name():
    assert named("fbeta_0.5").label == "F0.5"
    assert named("cost_100").parameter == 100
    for wrong in ("luck", "cost_x", "cost_-1", "recall_2", "cost_nan"):
        with pytest.raises(CxrError, match="fbeta_2 or cost_10"):
            named(wrong)


def test_one_class_against_all_others():
    scores = Scores.of(predictions(THREE), "test")
    viral = scores.against(2)
    assert viral.classes == ("not VIRAL", "VIRAL")
    assert np.array_equal(viral.truth, scores.truth == 2)
    assert np.array_equal(viral.scores, scores.probabilities[:, 2])
    assert np.allclose(viral.probabilities.sum(axis=1), 1)
    assert viral.rows is scores.rows
    assert word("not VIRAL") == "not viral"
    with pytest.raises(CxrError, match="0 to 2, got 3"):
        scores.against(3)


def test_the_positive_of_two_classes_is_against_the_other_already():
    scores = Scores.of(predictions(), "test")
    assert scores.against(1) is scores
    turned = scores.against(0)
    assert turned.classes == ("PNEUMONIA", "NORMAL")
    assert np.array_equal(turned.scores, scores.probabilities[:, 0])
