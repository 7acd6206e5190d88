import numpy as np
import pytest
from sklearn import metrics

from engine.judging.figures import judge, judge_matrix, proportion, written
from engine.judging.scores import Scores
from tests.judging.made import THREE, TWO, of, predictions


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.1, 0.37, 0.5, 0.9])
def test_two_class_figures_equal_scikit_learns(seed, threshold):
    scores = Scores.of(predictions(seed=seed), "test")
    judged = judge(scores, threshold)
    truth, said = scores.truth, scores.predicted(threshold)
    figures = {name: figure.value for name, figure in judged.figures.items()}
    assert np.array_equal(judged.matrix, metrics.confusion_matrix(truth, said))
    assert figures["accuracy"] == pytest.approx(metrics.accuracy_score(truth, said))
    assert figures["precision"] == pytest.approx(metrics.precision_score(truth, said))
    assert figures["recall"] == pytest.approx(metrics.recall_score(truth, said))
    assert figures["specificity"] == pytest.approx(metrics.recall_score(truth, said, pos_label=0))
    assert figures["f1"] == pytest.approx(metrics.f1_score(truth, said))
    expected = metrics.balanced_accuracy_score(truth, said)
    assert figures["balanced_accuracy"] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_three_class_figures_equal_scikit_learns(seed):
    scores = Scores.of(predictions(THREE, seed=seed), "test")
    judged = judge(scores)
    truth, said = scores.truth, scores.predicted()
    table = judged.table()
    precision, recall, f1, images = metrics.precision_recall_fscore_support(truth, said)
    assert table["precision"].to_list() == pytest.approx(precision)
    assert table["recall"].to_list() == pytest.approx(recall)
    assert table["f1"].to_list() == pytest.approx(f1)
    assert table["images"].to_list() == list(images)
    assert judged.figures["f1"].value == pytest.approx(f1.mean())
    assert judged.figures["accuracy"].value == pytest.approx(metrics.accuracy_score(truth, said))
    assert judged.threshold is None


def test_figures_that_do_not_exist_are_a_dash_with_a_reason():
    figures = judge(Scores.of(of([1, 1, 1], [0.9, 0.8, 0.2]), "test")).figures
    assert figures["specificity"].value is None
    assert figures["specificity"].text == "–"
    assert figures["specificity"].reason == "Every image is PNEUMONIA."
    assert figures["balanced_accuracy"].reason == "No image is NORMAL."
    assert figures["recall"].value == pytest.approx(2 / 3)
    nobody = judge(Scores.of(of([0, 1], [0.1, 0.2]), "test"), 0.9).figures
    assert nobody["precision"].reason == "No image is called PNEUMONIA."
    assert nobody["f1"].value == 0


def test_the_interval_is_wilsons():
    from scipy.stats import binomtest

    figure = proportion("recall", 384, 390, "")
    expected = binomtest(384, 390).proportion_ci(method="wilson")
    assert (figure.low, figure.high) == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert figure.interval == "0.97 to 0.99"


@pytest.mark.parametrize(
    ("value", "of", "text"),
    [(0.8477564, 624, "0.85"), (0.8477564, 12, "0.8"), (0.84776, 40_000, "0.848"), (None, 0, "–")],
)
def test_numbers_have_the_digits_that_the_sample_allows(value, of, text):
    assert written(value, of) == text


def test_a_reported_matrix_gives_the_reported_figures():
    figures = judge_matrix(np.array([[286, 30], [29, 827]]), TWO, 0.5).figures  # report D, D1
    assert figures["accuracy"].value == pytest.approx(0.9497, abs=1e-4)
    assert figures["precision"].value == pytest.approx(0.965, abs=1e-4)
    assert figures["recall"].value == pytest.approx(0.9661, abs=1e-4)
