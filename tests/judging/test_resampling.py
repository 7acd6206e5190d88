"""The paired bootstrap over patients, against scikit-learn and drawing patient by patient."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from engine.judging import agreement
from engine.judging.bootstrap import patient_groups, weights
from engine.judging.pairing import align
from engine.judging.resampling import MACRO, figure, resample
from engine.judging.scores import Scores
from engine.words.errors import CxrError
from tests.judging import made


def runs(classes=made.TWO, patients=60):
    """Two runs of unequal skill on the same images, several images a patient."""
    tables = {}
    truth = made.predictions(classes, seed=0, decimals=1)
    columns = [f"score_{name}" for name in classes]
    blank = np.full((len(truth), len(classes)), 1 / len(classes))
    noise = made.predictions(classes, seed=5, decimals=1)[columns].to_numpy(float)
    for name, share, other in (("Good", 0.9, blank), ("Weak", 0.5, noise)):
        table = truth.copy()
        table["patient"] = [f"p{number % patients}" for number in range(len(table))]
        table[columns] = share * table[columns].to_numpy(float) + (1 - share) * other
        tables[name] = Scores.of(table, "test")
    return align(tables)


def judged(classes=made.TWO, **more):
    aligned = runs(classes)
    said = agreement.calls(aligned, {"Good": 0.5, "Weak": 0.4})
    return aligned, said, resample(aligned, said, **more)


def test_the_figures_as_they_are_equal_scikit_learns() -> None:
    aligned, said, found = judged()
    truth = aligned.first.truth
    rules = {
        "f1": metrics.f1_score,
        "accuracy": metrics.accuracy_score,
        "balanced_accuracy": metrics.balanced_accuracy_score,
        "mcc": metrics.matthews_corrcoef,
    }
    for measure, rule in rules.items():
        assert found.estimate("Weak", measure).value == pytest.approx(rule(truth, said["Weak"]))
    area = metrics.roc_auc_score(truth, aligned.runs["Good"].scores)
    assert found.estimate("Good", "auc").value == pytest.approx(area)


def test_three_classes_have_scikit_learns_macro_figures() -> None:
    aligned, said, found = judged(made.THREE)
    truth, calls = aligned.first.truth, said["Weak"]
    expected = {
        "f1": metrics.f1_score(truth, calls, average="macro"),
        "precision": metrics.precision_score(truth, calls, average="macro"),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, calls),
        "accuracy": metrics.accuracy_score(truth, calls),
    }
    for measure, value in expected.items():
        assert found.estimate("Weak", measure).value == pytest.approx(value)
    area = metrics.roc_auc_score(
        truth, aligned.runs["Weak"].probabilities, multi_class="ovr", average="macro"
    )
    assert found.estimate("Weak", "auc").value == pytest.approx(area, abs=1e-6)
    with pytest.raises(CxrError, match="of two classes"):
        figure(found.cells["Good"], "mcc")


def test_each_draw_counts_every_run_on_the_same_patients() -> None:
    aligned, said, found = judged(resamples=20, seed=4)
    groups = patient_groups(aligned.first.rows)
    drawn = np.concatenate(list(weights(groups, 20, 4)))
    truth = aligned.first.truth
    for number, times in enumerate(drawn, start=1):
        images = np.repeat(np.arange(len(truth)), times[groups].astype(int))
        for name, scores in aligned.runs.items():
            expected = metrics.f1_score(truth[images], said[name][images])
            assert found.values(name, "f1")[number] == pytest.approx(expected)
            area = metrics.roc_auc_score(truth[images], scores.scores[images])
            assert found.values(name, "auc")[number] == pytest.approx(area)


def test_a_difference_has_the_interval_of_the_differences() -> None:
    _, _, found = judged()
    draws = found.values("Good", "f1")[1:] - found.values("Weak", "f1")[1:]
    estimate = found.difference("Good", "Weak", "f1")
    assert (estimate.low, estimate.high) == pytest.approx(np.quantile(draws, (0.025, 0.975)))
    assert estimate.value > 0
    assert estimate.low > 0
    assert estimate.p < 0.05
    back = found.difference("Weak", "Good", "f1")
    assert (back.value, back.low, back.high, back.p) == pytest.approx(
        (-estimate.value, -estimate.high, -estimate.low, estimate.p)
    )


def test_a_run_against_itself_differs_by_nothing() -> None:
    _, _, found = judged(made.THREE, resamples=50)
    for measure in (*MACRO, "auc"):
        estimate = found.difference("Good", "Good", measure)
        assert (estimate.value, estimate.low, estimate.high, estimate.p) == (0, 0, 0, 1)


def test_copies_of_an_image_add_no_certainty_when_their_patient_is_known() -> None:
    table = made.predictions(seed=0)
    many = pd.concat([table] * 4, ignore_index=True)
    alone = many.assign(patient=[f"p{number}" for number in range(len(many))])
    widths = []
    for entry in (table, many, alone):
        aligned = align({"A": Scores.of(entry, "test")})
        found = resample(aligned, agreement.calls(aligned, {})).estimate("A", "accuracy")
        widths.append(found.high - found.low)
    assert widths[1] == pytest.approx(widths[0], rel=0.05)
    assert widths[2] == pytest.approx(widths[0] / 2, rel=0.1)


def test_one_patient_gives_no_interval_and_no_p() -> None:
    aligned = runs(patients=1)
    found = resample(aligned, agreement.calls(aligned, {}), resamples=50)
    estimate = found.difference("Good", "Weak", "f1")
    assert np.isnan([estimate.low, estimate.high, estimate.p]).all()
    assert not np.isnan(estimate.value)
