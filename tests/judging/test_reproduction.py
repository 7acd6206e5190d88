"""A run's figures beside a report's: the same as everywhere else, with their intervals."""

import numpy as np
import pytest

from engine.judging import bootstrap, several
from engine.judging.comparison import summary
from engine.judging.figures import judge
from engine.judging.reproduction import reproduce, sentence
from engine.judging.scores import Scores
from tests.judging import made


def test_two_classes_at_half_and_at_validations_own_threshold() -> None:
    table = made.predictions(made.TWO, images=240, seed=0, decimals=4)
    found, told = reproduce(table, made.TWO), summary(table, made.TWO)
    assert (found.images, found.auc) == (told["images"], told["auc"])
    assert found.own and found.own.threshold and found.own.threshold.value == told["threshold"]
    assert found.own.figures == {name: told[name] for name in found.own.figures}
    assert found.half.figures["accuracy"] == told["accuracy_at_half"]
    scores = Scores.of(table, "test", made.TWO)
    assert found.half.intervals == bootstrap.intervals(
        scores, 0.5, keys=("accuracy", "precision", "recall", "f1")
    )
    assert found.auc_interval == bootstrap.bands(scores).auc
    by_hand = {cut: judge(scores, cut).figures["f1"].value for cut in np.arange(10, 95, 5) / 100}
    assert found.best_f1 and found.best_f1[0] == max(value or 0 for value in by_hand.values())
    assert by_hand[found.best_f1[1]] == found.best_f1[0]
    assert found.half.of_class["NORMAL"]["recall"] == told["specificity_at_half"]


def test_three_classes_have_weighted_means_and_no_threshold() -> None:
    table = made.predictions(made.THREE, images=240, seed=2, decimals=4)
    found = reproduce(table, made.THREE)
    report = several.report(judge(Scores.of(table, "test", made.THREE))).set_index("class")
    assert found.own is None and found.best_f1 is None and found.half.threshold is None
    weighted = report.loc[several.WEIGHTED]
    assert {name: found.half.figures[name] for name in several.COLUMNS} == {
        name: weighted[name] for name in several.COLUMNS
    }
    low, high = found.half.intervals["accuracy"]
    assert low < found.half.figures["accuracy"] < high


@pytest.mark.parametrize(
    ("reported", "comparable", "words"),
    [
        (0.75, True, "0.75 lies within our interval, 0.70 to 0.80"),
        (0.85, True, "0.85 lies above our interval"),
        (0.65, True, "0.65 lies below our interval"),
        (0.95, False, "other images: the two answer different questions"),
    ],
)
def test_an_accuracy_beside_the_reports(reported: float, comparable: bool, words: str) -> None:
    assert words in sentence(reported, 0.76, (0.7, 0.8), comparable)
    nothing = (float("nan"), float("nan"))
    assert sentence(0.9, 0.8, nothing, True) == "The report says 0.90, ours says 0.80."
