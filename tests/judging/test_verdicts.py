"""Comparisons in plain words."""

import numpy as np
import pandas as pd
import pytest

from engine.judging import spread, verdicts
from engine.judging.agreement import agreement
from engine.judging.resampling import Estimate
from engine.judging.significance import DeLong, McNemar
from engine.judging.spread import Strategy


def test_a_difference_beyond_chance_is_said_with_size_and_interval() -> None:
    found = McNemar(420, 23, 52, 129, 0.0011, -0.0708, -0.0183)
    assert verdicts.answers("C5", "D1", found, found.p, "test") == (
        "C5 gets 23 images right that D1 gets wrong, D1 gets 52 right that C5 gets wrong: −0.05 in "
        "accuracy (95% interval −0.07 to −0.02). The difference is **distinguishable from chance** "
        "on these 624 test images (p = 0.001)."
    )


def test_a_corrected_p_decides_what_is_said() -> None:
    found = DeLong(0.9165, 0.8777, 0.0113, 0.0663, 2.76, 0.0057, 624)
    said = verdicts.areas("C5", "D1", found, 0.06, "test")
    assert "+0.04 (95% interval +0.01 to +0.07)" in said
    assert "**not distinguishable from chance** on these 624 test images (p = 0.060)" in said


def test_equal_answers_and_missing_figures_are_said() -> None:
    same = McNemar(10, 0, 0, 2, 1.0, 0.0, 0.0)
    assert "the very same test images right" in verdicts.answers("A", "B", same, 1.0, "test")
    nothing = Estimate(np.nan, np.nan, np.nan)
    assert "does not exist" in verdicts.resampled("MCC", "A", "B", nothing, np.nan, (9, "test"))
    alone = Estimate(0.1, np.nan, np.nan)
    said = verdicts.resampled("F1", "A", "B", alone, np.nan, (100, "test"))
    assert "no interval" in said and "chance" not in said


@pytest.mark.parametrize(
    ("p", "words"), [(0.0002, "p < 0.001"), (0.0123, "p = 0.012"), (0.456, "p = 0.46")]
)
def test_p_values_have_the_digits_that_matter(p: float, words: str) -> None:
    assert verdicts.p_words(p) == words


def test_agreement_names_kappa_of_two_and_the_furthest_of_more() -> None:
    a, b = np.array([0, 0, 1, 1, 1, 0]), np.array([0, 0, 1, 1, 0, 0])
    said = verdicts.agreeing(agreement({"A": a, "B": b}))
    assert said.startswith("All runs say the same of 5 of 6 X-rays.") and "kappa 0.67" in said
    assert "A and C differ most: they agree on 0%" in verdicts.agreeing(
        agreement({"A": a, "B": b, "C": 1 - a})
    )


def test_a_price_a_point_follows_the_front() -> None:
    table = pd.DataFrame(
        {
            "name": ["small", "large", "waste"],
            "seconds": [60.0, 600.0, 900.0],
            "f1": [0.7, 0.8, 0.75],
        }
    )
    said = verdicts.price(spread.front(table, "seconds"), "seconds", "seconds")
    assert "10.0 points for 540 seconds more: 54 seconds a point. 1 of 3 runs cost" in said
    alone = verdicts.price(spread.front(table[1:], "seconds"), "seconds", "seconds")
    assert "large is the cheapest (600 seconds) and the best" in alone
    assert "Two runs or more" in verdicts.price(spread.front(table[:1], "seconds"), "seconds", "s")


def test_the_luck_of_the_seed_is_said_as_the_least_gain_worth_believing() -> None:
    entries = [{**dict.fromkeys(spread.SPREAD), "f1": value} for value in (0.8, 0.85, 0.9)]
    said = verdicts.seeds(spread.spread(entries), "f1", "F1", drawn=True)
    assert "F1 is 0.85 on average, from 0.80 to 0.90" in said
    assert "up to 0.14 by luck alone" in said and "drew its own test images" in said


def test_a_strategys_gain_is_shared_between_shift_and_rest() -> None:
    base = Strategy("P", "none", 0.3, 0.70, 0.75)

    def said(at_half: float, at_own: float) -> str:
        gains = at_half - 0.70, at_own - 0.75
        entry = Strategy("W", "class_weight", 0.6, at_half, at_own, *gains)
        return verdicts.strategy(entry, "Class weights", "F1")

    assert "+0.10 F1" in said(0.80, 0.775) and "25% of the gain" in said(0.80, 0.775)
    assert "all of the gain was a shift" in said(0.80, 0.74)
    assert "no mere shift" in said(0.80, 0.90)
    assert "lowers it at 0.5" in said(0.60, 0.75)
    assert "changes nothing" in said(0.701, 0.75)
    assert "from 0.5 to 0.30, at no cost, changes its F1 by +0.05" in verdicts.threshold_alone(
        base, "F1"
    )


def test_an_ensemble_is_held_against_the_best_single_run() -> None:
    figures = {"A": 0.8, "Together": 0.85}
    assert "better than A alone: F1 0.85 against 0.80" in verdicts.ensemble(
        "A", figures, "Together", 624
    )
    assert "as well as A" in verdicts.ensemble("A", {**figures, "Together": 0.8}, "Together", 624)
