"""Tests of two runs against published results of R, other libraries and brute force."""

import numpy as np
import pytest

from engine.judging.pairing import paired
from engine.judging.scores import Scores
from engine.judging.significance import delong, holm, mcnemar
from engine.words.errors import CxrError
from tests.judging import made
from tests.judging.asah import OUTCOME, S100B, WFNS


def answers(both: int, only_a: int, only_b: int, neither: int) -> tuple[np.ndarray, ...]:
    """Truth and two runs' calls with these counts of right and wrong."""
    a = np.repeat([1, 1, 0, 0], (both, only_a, only_b, neither))
    b = np.repeat([1, 0, 1, 0], (both, only_a, only_b, neither))
    return np.ones(len(a), dtype=int), a, b


def pair(truth, first, second):
    scale = 1.5 * max(np.max(first), np.max(second))
    tables = (made.of(list(truth), list(np.asarray(values) / scale)) for values in (first, second))
    return paired(*(Scores.of(table, "test") for table in tables))


def test_mcnemars_exact_test_equals_r() -> None:
    """R: exact2x2::mcnemar.exact(matrix(c(21, 9, 2, 12), 2, 2)), from the vignette "Exact
    McNemar's Test and Matching Confidence Intervals" (Fay): p-value = 0.06543, odds ratio 0.2222,
    95 percent confidence interval 0.02336464 to 1.07363844."""
    found = mcnemar(*answers(21, 2, 9, 12))
    assert found.p == pytest.approx(0.06543, abs=5e-6)
    share = (np.array([0.02336464, 1.07363844])) / (1 + np.array([0.02336464, 1.07363844]))
    assert (found.low, found.high) == pytest.approx((2 * share - 1) * 11 / 44, abs=1e-7)
    assert found.difference == pytest.approx(-7 / 44)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [(121, 59, 0.000004), (30, 60, 0.00206), (10, 30, 0.002221), (10, 10, 1.0)],
)
def test_mcnemars_exact_test_equals_statsmodels(only_a: int, only_b: int, p: float) -> None:
    """The tables of statsmodels' own test_mcnemar_exact (after Vassar's calculator)."""
    assert mcnemar(*answers(101, only_a, only_b, 33)).p == pytest.approx(p, abs=5e-7)


def test_the_interval_leaves_out_zero_where_the_test_is_below_five_percent() -> None:
    for only_a in range(12):
        found = mcnemar(*answers(50, only_a, 8, 5))
        assert (found.low > 0 or found.high < 0) == (found.p < 0.05)


def test_two_runs_with_equal_answers_do_not_differ() -> None:
    found = mcnemar(*answers(7, 0, 0, 3))
    assert (found.p, found.difference, found.low, found.high) == (1, 0, 0, 0)


def test_delongs_test_equals_r() -> None:
    """R: pROC::roc.test(aSAH$outcome, aSAH$wfns, aSAH$s100b), DeLong's test for two correlated ROC
    curves, as pROC's own tests expect it (xrobin/pROC, tests/testthat/test-roc.test.R)."""
    found = delong(pair(OUTCOME, WFNS, S100B))
    assert (found.auc_a, found.auc_b) == pytest.approx((0.823678861788618, 0.731368563685637))
    assert found.z == pytest.approx(2.20898359144091)
    assert found.p == pytest.approx(0.0271757822291882)
    assert (found.low, found.high) == pytest.approx((0.0104061769564846, 0.174214419249478))


@pytest.mark.parametrize("seed", range(3))
def test_delongs_variance_equals_the_definition_pair_by_pair(seed: int) -> None:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, 40)
    first = (random.normal(size=40) + truth).round(1) % 1  # ties
    second = (random.normal(size=40) + truth).round(1) % 1
    kernels = [
        np.array(
            [
                [float(x > y) + 0.5 * float(x == y) for y in values[truth == 0]]
                for x in values[truth == 1]
            ]
        )
        for values in (first, second)
    ]
    spread = sum(
        np.cov([kernel.mean(axis=axis) for kernel in kernels]) / kernels[0].shape[1 - axis]
        for axis in (0, 1)
    )
    difference = kernels[0].mean() - kernels[1].mean()
    error = np.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1])
    found = delong(pair(truth, first, second))
    assert found.difference == pytest.approx(difference)
    assert found.z == pytest.approx(difference / error)


def test_a_run_against_itself_has_the_same_area() -> None:
    found = delong(pair(OUTCOME, WFNS, WFNS))
    assert (found.difference, found.z, found.p) == (0, 0, 1)


def test_an_area_needs_two_images_a_class() -> None:
    with pytest.raises(CxrError, match="at least two images of each class"):
        delong(pair([0, 0, 1], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]))


def test_holms_correction_equals_pingouin() -> None:
    """The example in the documentation of pingouin.multicomp's Holm method."""
    given = dict(zip("abcde", [0.50, 0.003, 0.32, 0.054, 0.0003], strict=True))
    assert list(holm(given)) == list("abcde")
    assert list(holm(given).values()) == pytest.approx([0.64, 0.012, 0.64, 0.162, 0.0015])
