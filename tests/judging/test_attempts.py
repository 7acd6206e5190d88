"""Ours as rows beside published figures: two classes at two thresholds, three classes at none."""

import pytest

from engine.judging.attempts import in_words, of_run, of_seeds
from engine.judging.comparison import summary
from engine.judging.reproduction import reproduce
from engine.words.cutoffs import USUAL
from tests.judging import made

TABLES = {seed: made.predictions(made.THREE, images=240, seed=seed, decimals=4) for seed in (1, 2)}


def test_three_classes_over_seeds_are_one_row_without_a_threshold() -> None:
    (row,) = of_seeds("D4, mean ± sd of 2 seeds", "official test", TABLES, made.THREE, USUAL)
    found = [summary(table, made.THREE) for table in TABLES.values()]
    values = [entry["accuracy"] for entry in found if entry["accuracy"] is not None]
    assert row.value == pytest.approx(sum(values) / 2)
    assert row.accuracy.startswith(f"{row.value:.3f} ± ") and row.spread
    assert in_words([row]) == (
        f"D4, mean ± sd of 2 seeds: accuracy {row.accuracy}, recall {row.recall}, specificity "
        f"{row.specificity}; AUC {row.auc} (official test)."
    )


def test_the_mean_of_three_classes_is_one_row_too() -> None:
    found = reproduce(TABLES[1], made.THREE)
    (row,) = of_run("D4, mean of 2 networks", "official test", found)
    assert row.model == "D4, mean of 2 networks"
    assert row.recall == f"{summary(TABLES[1], made.THREE)['recall']:.3f}"
    assert row.accuracy == f"{found.half.figures['accuracy']:.3f}"
    assert row.spread == found.half.intervals["accuracy"]


def test_two_classes_are_judged_at_half_and_at_their_own_threshold() -> None:
    table = made.predictions(made.TWO, images=240, seed=0, decimals=4)
    rows = of_run("C2", "official test", reproduce(table, made.TWO))
    told = summary(table, made.TWO)
    assert [row.model.partition(" (")[0] for row in rows] == [
        "C2, at 0.5",
        f"C2, at {told['threshold']:.2f}",
    ]
    assert [row.specificity for row in rows] == [
        f"{told['specificity_at_half']:.3f}",
        f"{told['specificity']:.3f}",
    ]
