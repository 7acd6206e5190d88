"""Runs that agree, runs that do not, and runs together."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from engine.judging import agreement
from engine.judging.pairing import align
from engine.judging.scores import Scores
from engine.words.errors import CxrError
from tests.judging import made


def three_runs(classes=made.TWO):
    """Three runs' predictions of the same images and truths, each with scores of its own."""
    tables = {}
    truth = made.predictions(classes, seed=0)
    for number, name in enumerate("ABC"):
        table = truth.copy()
        other = made.predictions(classes, seed=10 + number)
        columns = [f"score_{entry}" for entry in classes]
        mixed = 0.5 * table[columns].to_numpy(float) + 0.5 * other[columns].to_numpy(float)
        table[columns] = mixed
        tables[name] = table
    return tables


def aligned(tables):
    return align({name: Scores.of(table, "test") for name, table in tables.items()})


@pytest.mark.parametrize("classes", [made.TWO, made.THREE])
def test_agreement_is_the_share_of_equal_calls_and_kappa_scikit_learns(classes) -> None:
    said = agreement.calls(aligned(three_runs(classes)), {"A": 0.4, "B": 0.5, "C": 0.6})
    found = agreement.agreement(said)
    assert found.share.loc["A", "B"] == np.mean(said["A"] == said["B"])
    assert found.kappa.loc["C", "A"] == pytest.approx(cohen_kappa_score(said["C"], said["A"]))
    same = sum(len({said[name][row] for name in "ABC"}) == 1 for row in range(found.images))
    assert found.unanimous == same


def test_kappa_of_two_runs_that_call_all_alike_does_not_exist() -> None:
    ones = np.ones(5, dtype=int)
    found = agreement.agreement({"A": ones, "B": ones})
    assert found.share.loc["A", "B"] == 1
    assert np.isnan(found.kappa.loc["A", "B"])


@pytest.mark.parametrize("classes", [made.TWO, made.THREE])
def test_disagreements_are_all_of_them_the_furthest_apart_first(classes) -> None:
    runs = aligned(three_runs(classes))
    said = agreement.calls(runs, {})
    table = agreement.disagreements(runs, said)
    assert len(table) == 200 - agreement.agreement(said).unanimous > 0
    assert table["apart"].is_monotonic_decreasing
    columns = [agreement.call_column(name) for name in "ABC"]
    assert (table[columns].nunique(axis=1) > 1).all()
    row = table.iloc[0]
    place = list(runs.first.rows["image_id"]).index(row["image_id"])
    chances = np.stack([scores.probabilities[place] for scores in runs.runs.values()])
    assert row["apart"] == pytest.approx((chances.max(0) - chances.min(0)).max())
    index = 1 if len(classes) == 2 else said["B"][place]
    assert row[agreement.score_column("B")] == runs.runs["B"].probabilities[place, index]


def test_the_mean_ensemble_has_the_members_mean_on_every_split() -> None:
    tables = three_runs(made.THREE)
    found = agreement.together(tables, made.THREE)
    assert set(found["split"]) == {"validation", "test"}
    mean = np.mean([table["score_VIRAL"] for table in tables.values()], axis=0)
    by_image = dict(zip(tables["A"]["image_id"], mean, strict=True))
    expected = [by_image[name] for name in found["image_id"]]
    assert found["score_VIRAL"].to_numpy() == pytest.approx(expected)


def test_the_vote_is_what_most_members_say_at_their_own_thresholds() -> None:
    tables = three_runs()
    cuts = {"A": 0.3, "B": 0.5, "C": 0.7}
    scores = Scores.of(agreement.together(tables, made.TWO, "vote", cuts), "test")
    votes = sum(agreement.calls(aligned(tables), cuts).values())
    assert (scores.predicted() == (votes >= 2)).all()
    assert scores.scores == pytest.approx(votes / 3)


def test_one_run_is_no_ensemble_and_other_classes_do_not_vote_together() -> None:
    tables = three_runs()
    with pytest.raises(CxrError, match="two or more runs"):
        agreement.together({"A": tables["A"]}, made.TWO)
    with pytest.raises(CxrError, match="same classes"):
        agreement.together({**tables, "D": made.predictions(made.THREE)}, made.TWO)
    with pytest.raises(CxrError, match="no ensemble 'sum'"):
        agreement.together(tables, made.TWO, "sum")


def test_members_without_a_common_image_are_refused() -> None:
    tables = three_runs()
    tables["B"] = tables["B"].assign(image_id="other" + tables["B"]["image_id"])
    with pytest.raises(CxrError, match="in common"):
        agreement.together(tables, made.TWO)
