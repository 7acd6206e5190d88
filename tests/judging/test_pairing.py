"""Runs meet image by image, in whatever order and on whatever images each was judged."""

import pytest

from engine.judging.pairing import align, paired
from engine.judging.scores import Scores
from engine.words.errors import CxrError
from tests.judging import made


def scores(seed: int = 0, **more) -> Scores:
    return Scores.of(made.predictions(seed=seed, **more), "test")


def test_another_order_of_the_rows_changes_nothing() -> None:
    first = scores()
    table = made.predictions(seed=0).sample(frac=1, random_state=1)
    pair = paired(first, Scores.of(table, "test"))
    assert list(pair.a.rows["image_id"]) == list(pair.b.rows["image_id"])
    assert (pair.a.probabilities == pair.b.probabilities).all()
    assert (pair.a.truth == pair.b.truth).all()
    assert pair.left_out == (0, 0)


def test_only_common_images_count_and_the_rest_is_said() -> None:
    table = made.predictions(seed=0)
    halves = Scores.of(table.iloc[:-50], "test"), Scores.of(table[table.index % 200 >= 30], "test")
    found = align({"A": halves[0], "B": halves[1]})
    assert len(found.first) == 120
    assert found.left_out == {"A": 30, "B": 50}
    assert "Only the 120 test X-rays that every run judged count" in found.sentence
    assert "30 of A, 50 of B" in found.sentence


def test_an_image_that_is_there_twice_is_counted_twice() -> None:
    table = made.predictions(seed=0)
    table.loc[table.index[-1], "image_id"] = table["image_id"].iloc[-2]
    table["label"] = "NORMAL"
    both = Scores.of(table, "test")
    assert len(paired(both, both)) == 200


def test_an_image_with_another_label_is_no_common_image() -> None:
    table = made.predictions(seed=0)
    other = table.copy()
    last = other["label"].iloc[-1]
    other.loc[other.index[-1], "label"] = "NORMAL" if last == "PNEUMONIA" else "PNEUMONIA"
    assert len(paired(Scores.of(table, "test"), Scores.of(other, "test"))) == 199


def test_runs_of_other_classes_are_refused_in_words() -> None:
    with pytest.raises(CxrError, match="Two tells NORMAL, PNEUMONIA apart; Three tells"):
        align({"Two": scores(), "Three": scores(classes=made.THREE)})


def test_runs_without_a_common_image_are_refused() -> None:
    table = made.predictions(seed=1)
    table["image_id"] = "other" + table["image_id"]
    with pytest.raises(CxrError, match="no test X-ray in common"):
        paired(scores(), Scores.of(table, "test"))
