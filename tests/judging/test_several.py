import numpy as np
import pytest
from sklearn import metrics

from engine.judging import sentences_several as sentences
from engine.judging.bootstrap import intervals as binary_intervals
from engine.judging.figures import judge, judge_matrix
from engine.judging.scores import Scores
from engine.judging.several import MACRO, WEIGHTED, intervals, mixups, normalised, report
from engine.words.errors import CxrError
from tests.judging.made import THREE, TWO, predictions


def made(seed=0, decimals=None, absent="", images=150):
    table = predictions(THREE, seed=seed, images=images, splits=("test",))
    columns = [f"score_{name}" for name in THREE]
    if decimals is not None:
        table[columns] = table[columns].round(decimals)  # ties: the first largest wins
    if absent:
        table = table[table["label"] != absent]
    return Scores.of(table, "test", THREE)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("decimals", [None, 1])
@pytest.mark.parametrize("absent", ["", "VIRAL"])
def test_the_report_is_scikit_learns(seed, decimals, absent):
    scores = made(seed, decimals, absent)
    table = report(judge(scores)).set_index("class")
    expected = metrics.classification_report(
        scores.truth,
        scores.predicted(),
        labels=range(3),
        target_names=THREE,
        output_dict=True,
        zero_division=np.nan,
    )
    for ours, theirs in (
        (MACRO, "macro avg"),
        (WEIGHTED, "weighted avg"),
        *((name, name) for name in THREE),
    ):
        values = expected[theirs]
        for column, name in (("f1", "f1-score"), ("precision", "precision"), ("recall", "recall")):
            assert table.loc[ours, column] == pytest.approx(values[name], nan_ok=True)
        assert table.loc[ours, "images"] == values["support"]


def test_a_class_that_is_never_called_has_no_precision():
    matrix = np.array([[5, 1, 0], [0, 7, 0], [2, 2, 0]])
    table = report(judge_matrix(matrix, THREE)).set_index("class")
    assert np.isnan(table.loc["VIRAL", "precision"])
    assert table.loc["VIRAL", "f1"] == 0
    assert sentences.undefined(table.reset_index()).endswith("viral has no precision.")


@pytest.mark.parametrize(
    ("by", "theirs"), [("row", "true"), ("column", "pred"), ("total", "all"), ("counts", None)]
)
def test_shares_of_the_matrix_are_scikit_learns(by, theirs):
    scores = made(3)
    expected = metrics.confusion_matrix(scores.truth, scores.predicted(), normalize=theirs)
    assert normalised(judge(scores).matrix, by) == pytest.approx(expected)


def test_an_empty_row_has_no_shares():
    shares = normalised(np.array([[3, 1], [0, 0]]), "row")
    assert list(shares[0]) == [0.75, 0.25]
    assert np.isnan(shares[1]).all()
    with pytest.raises(CxrError, match="counts, row, column, total"):
        normalised(np.eye(2, dtype=int), "luck")


def test_mixups_come_with_the_most_common_first():
    judged = judge_matrix(np.array([[90, 4, 6], [0, 50, 10], [3, 10, 17]]), THREE)
    table = mixups(judged)
    assert table["count"].to_list() == [10, 10, 6, 4, 3]
    first = table.iloc[0]
    assert (first["true"], first["said"], first["of"]) == ("VIRAL", "BACTERIAL", 30)
    assert first["share"] == pytest.approx(1 / 3)
    assert first["sentence"] == "10 of 30 viral X-rays are wrongly called bacterial."
    said = sentences.mixed(judged)
    assert said.startswith("Mixed up most: bacterial and viral.")
    assert "10 of 60 bacterial X-rays are called viral, 10 of 30 viral X-rays" in said


def test_without_a_mistake_there_is_nothing_mixed_up():
    judged = judge_matrix(np.diag([4, 5, 6]), THREE)
    assert mixups(judged).empty
    assert list(mixups(judged).columns)[:3] == ["true", "said", "count"]
    assert sentences.mixed(judged) == "No X-ray is taken for another class."


def test_the_means_are_told_apart():
    judged = judge_matrix(np.array([[90, 4, 6], [0, 50, 10], [3, 10, 17]]), THREE)
    said = sentences.averages(report(judged))
    assert said == (
        "F1 is 0.76 where each class counts alike (macro) and 0.83 where each counts by its "
        "images (weighted). The gap comes from viral, the hardest class."
    )
    equal = sentences.averages(report(judge_matrix(np.diag([4, 5, 6]), THREE)))
    assert "gap" not in equal


def test_intervals_agree_with_naive_resampling_of_patients():
    scores = made(1)
    drawn = np.random.default_rng(5).integers(0, 40, len(scores))
    scores.rows["patient"] = [f"p{number}" for number in drawn]
    found = intervals(scores, resamples=3000)
    patients = list(scores.rows.groupby("patient").indices.values())
    random, values, said = np.random.default_rng(9), [], scores.predicted()
    for _ in range(1500):
        images = np.concatenate(
            [patients[number] for number in random.integers(0, len(patients), len(patients))]
        )
        matrix = np.zeros((3, 3))
        np.add.at(matrix, (scores.truth[images], said[images]), 1)
        f1 = 2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))
        values.append((np.trace(matrix) / len(images), f1.mean()))
    expected = np.percentile(values, [2.5, 97.5], axis=0)
    assert found["accuracy"] == pytest.approx(expected[:, 0], abs=0.012)
    assert found["f1"] == pytest.approx(expected[:, 1], abs=0.012)
    said = sentences.sure(found, judge(scores))
    assert said.startswith("With other patients, 19 times of 20: accuracy between 0.")
    assert said.endswith("(of 150 X-rays).")


def test_an_absent_class_leaves_no_interval_of_a_mean():
    found = intervals(made(absent="VIRAL"))
    assert np.isnan(found["recall"]).all()
    assert not np.isnan(found["accuracy"]).any()


def test_too_few_patients_are_said():
    scores = made()
    scores.rows["patient"] = "p"
    assert "Too few patients" in sentences.sure(intervals(scores), judge(scores))


def test_of_two_classes_accuracy_has_the_interval_of_the_other_path():
    scores = Scores.of(predictions(), "test", TWO)
    assert intervals(scores, 0.4)["accuracy"] == binary_intervals(scores, 0.4)["accuracy"]
