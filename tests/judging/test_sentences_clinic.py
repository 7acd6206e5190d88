"""The sentences of the clinic and calibration views, and formulas with the counts filled in."""

import numpy as np
import pytest

from engine.judging import sentences_clinic, worked
from engine.judging.calibration import calibration
from engine.judging.counts import Counts
from engine.judging.measures import MEASURES
from engine.judging.prevalence import decision_curve, predictive
from engine.judging.recalibration import fit
from tests.judging import made
from tests.judging.test_calibration import sample, scores_of


def test_people_are_told_in_whole_numbers():
    said = sentences_clinic.people(predictive(0.96, 0.8, 0.05), made.TWO)
    assert said == (
        "Of 1,000 people 50 have pneumonia; the model finds 48 of them and alarms 190 healthy "
        "people: of those alarmed 20% are ill."
    )


def test_the_grammar_follows_the_numbers_and_the_class():
    one = sentences_clinic.people(predictive(1.0, 0.999, 0.001), made.TWO)
    assert "1 has pneumonia" in one
    assert "alarms 1 healthy person:" in one
    nobody = sentences_clinic.people(predictive(0.0, 1.0, 0.1), made.TWO)
    assert nobody.endswith("healthy people: nobody is alarmed.")
    viral = sentences_clinic.people(predictive(0.9, 0.9, 0.1), ("not VIRAL", "VIRAL"))
    assert "100 have viral pneumonia" in viral
    assert "90 other people: of those alarmed 50% have it." in viral
    normal = sentences_clinic.people(predictive(0.9, 0.9, 0.5), ("PNEUMONIA", "NORMAL"))
    assert "500 are normal" in normal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0%"),
        (0.0002, "under 0.1%"),
        (0.004, "0.4%"),
        (0.205, "21%"),
        (0.99, "99%"),
        (0.9964, "99.6%"),
        (0.9999, "over 99.9%"),
        (1.0, "100%"),
    ],
)
def test_percents_keep_a_decimal_only_near_the_ends(value, text):
    assert sentences_clinic.percent(value) == text


def test_calibration_names_the_group_that_is_furthest_off():
    said = sentences_clinic.calibration(calibration(sample(2000, sharpness=4)))
    assert "Furthest off" in said
    assert "too high" in said or "too low" in said
    honest = scores_of([0, 1] * 50, [0.5] * 100)
    assert "keeps its word within chance" in sentences_clinic.calibration(calibration(honest))


def test_recalibration_says_where_it_was_fitted_and_whether_it_helped():
    validation, test = sample(800, 1, 3), sample(800, 2, 3, split="test")
    fitted = fit(validation, "temperature")
    before, after = calibration(test), calibration(fitted.scores(test))
    said = sentences_clinic.recalibrated(fitted, before, after)
    assert "fitted on 800 validation X-rays" in said
    assert f"lowers ECE from {before.ece:.3f} to {after.ece:.3f}" in said
    own = calibration(validation)
    assert "flatters" in sentences_clinic.recalibrated(fitted, own, own)
    rarer = scores_of([1] * 10 + [0] * 90, np.linspace(0.9, 0.1, 100), "test")
    shifted = sentences_clinic.recalibrated(fitted, calibration(rarer), calibration(rarer))
    assert "cannot know of the difference" in shifted


def test_net_benefit_names_the_best_of_three():
    truth = [1] * 4 + [0] * 6
    values = [0.9, 0.7, 0.5, 0.3, 0.6, 0.4, 0.2, 0.1, 0.1, 0.05]
    scores = scores_of(truth, values, "test")
    table, now = decision_curve(scores), decision_curve(scores, None, [0.2])
    said = sentences_clinic.net_benefit(table, now)
    assert "weighs as much as 4 false alarms" in said
    assert "worth 32.5 cases" in said
    assert "treating all 25.0 and treating none 0: the model is best." in said
    assert "better than both from 0.06 to 0.90" in said
    backwards = scores_of(truth, [1 - value for value in values], "test")
    late = decision_curve(backwards, None, [0.8])
    said = sentences_clinic.net_benefit(decision_curve(backwards), late)
    assert "1/4 of a false alarm" in said
    assert "treating none is best" in said


def test_every_formula_filled_in_gives_its_value():
    counts = Counts(tn=np.int64(367), fp=np.int64(109), fn=np.int64(22), tp=np.int64(126))
    for measure, entry in zip(MEASURES.values(), worked.measures(counts, made.TWO), strict=True):
        text = entry.numbers.replace("×", "*").replace("²", "**2").replace("√", "sqrt")
        assert eval(text, {"sqrt": np.sqrt}) == pytest.approx(float(measure.compute(counts)))
        assert entry.label == measure.label
        assert entry.reason == ""


def test_what_does_not_exist_says_why():
    counts = Counts(tn=np.int64(5), fp=np.int64(0), fn=np.int64(3), tp=np.int64(0))
    entries = {entry.label: entry for entry in worked.measures(counts, made.TWO)}
    assert entries["Precision"].value == "–"
    assert "PNEUMONIA" in entries["Precision"].reason or "pneumonia" in entries["Precision"].reason


def test_prevalence_brier_and_net_benefit_are_worked_out_too():
    found = predictive(0.9, 0.8, 0.05)
    for entry, value in zip(
        worked.at_prevalence(found, 0.9, 0.8), (found.ppv, found.npv), strict=True
    ):
        assert eval(entry.numbers.replace("×", "*")) == pytest.approx(value)
    _, skill, ece = worked.agreement(calibration(sample(), 15))
    numbers = skill.numbers.replace("×", "*")
    assert eval(numbers) == pytest.approx(float(skill.value), abs=0.01)
    assert ece.label == "ECE, 15 groups"
    net = worked.net_benefit(4, 3, 10, 0.2)
    assert net.value == "0.325"
    assert eval(net.numbers.replace("×", "*")) == pytest.approx(0.325)
