import numpy as np
import pytest

from engine.judging.scores import Scores, classes_of, splits_of
from engine.words.errors import CxrError
from tests.judging.made import THREE, TWO, of, predictions


def test_reads_one_split_in_the_stored_order():
    table = predictions()
    scores = Scores.of(table, "test", TWO)
    assert len(scores) == 200
    assert list(scores.rows["image_id"]) == list(table[table["split"] == "test"]["image_id"])
    assert scores.positive == "PNEUMONIA"


def test_classes_come_from_the_columns_where_none_are_given():
    table = predictions(THREE)
    assert classes_of(table) == THREE
    assert Scores.of(table, "test").classes == THREE


def test_splits_are_named_in_the_order_of_work():
    assert splits_of(predictions(splits=("test", "train"))) == ("train", "test")


def test_a_score_that_equals_the_threshold_is_positive():
    scores = Scores.of(of([0, 1], [0.5, 0.49]), "test")
    assert list(scores.predicted(0.5)) == [1, 0]


def test_three_classes_are_decided_by_the_largest_score():
    scores = Scores.of(predictions(THREE), "test")
    assert np.array_equal(scores.predicted(), scores.probabilities.argmax(axis=1))
    with pytest.raises(CxrError, match="two classes"):
        _ = scores.scores


@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.1, 1.2])
def test_a_score_that_is_no_probability_is_refused_with_its_file(bad):
    table = predictions()
    table.loc[table.index[-1], "score_PNEUMONIA"] = bad
    with pytest.raises(CxrError, match=r"1 of 200 images .*test-0199\.png"):
        Scores.of(table, "test")


def test_an_empty_split_names_those_that_there_are():
    with pytest.raises(CxrError, match=r"'train'.*validation, test"):
        Scores.of(predictions(), "train")


def test_an_unknown_class_is_refused():
    table = predictions().replace({"label": {"NORMAL": "ODD"}})
    with pytest.raises(CxrError, match="'ODD' came"):
        Scores.of(table, "test")


def test_a_missing_column_is_refused():
    with pytest.raises(CxrError, match="no column 'label'"):
        Scores.of(predictions().drop(columns="label"), "test")
