import numpy as np
import pandas as pd
import pytest

from engine.judging import sentences
from engine.judging.figures import judge_matrix
from engine.judging.scores import Scores
from engine.judging.thresholds import Threshold, choose
from tests.judging.made import THREE, TWO, predictions


def test_the_line_counts_missed_and_alarmed():
    judged = judge_matrix(np.array([[163, 71], [6, 384]]), TWO, 0.31)
    assert sentences.line(judged) == (
        "At 0.31 you miss 6 of 390 pneumonia X-rays and alarm 71 of 234 normal ones."
    )


def test_the_line_says_only_what_one_class_allows():
    assert sentences.line(judge_matrix(np.array([[0, 0], [6, 4]]), TWO, 0.5)) == (
        "At 0.50 you miss 6 of 10 pneumonia X-rays."
    )


def test_three_classes_name_the_most_common_mistake():
    judged = judge_matrix(np.array([[80, 5, 5], [1, 90, 9], [2, 40, 58]]), THREE)
    assert sentences.line(judged) == (
        "228 of 290 X-rays get the right class. The most common mistake: "
        "40 of 100 viral X-rays are called bacterial."
    )


def test_no_digit_of_a_threshold_is_lost():
    assert [sentences.cut(value) for value in (0.5, 0.25, 0.999993)] == ["0.50", "0.25", "0.999993"]


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (Threshold(0.4, "hand"), "Set by hand"),
        (Threshold(0.5, "default", note="No images."), "No images."),
        (
            Threshold(0.4, "f1", "validation", 520),
            "by best F1 on the 520 validation X-rays, judged on test",
        ),
        (Threshold(0.4, "recall", "validation", 9, target=0.975), "target recall of 0.975 on the"),
        (
            Threshold(0.4, "cost", "validation", 9, target=10.0),
            "by lowest cost, a missed one counted as 10 false alarms, on the 9 validation",
        ),
    ],
)
def test_the_badge_says_where_a_threshold_was_chosen(threshold, words):
    assert words in sentences.chosen(threshold, "test")


def test_judging_where_it_was_chosen_is_said_to_flatter():
    chosen = choose(Scores.of(predictions(), "validation"))
    assert "flatter" in sentences.chosen(chosen, "validation")


def test_learning_names_each_best_epoch():
    table = pd.DataFrame({"epoch": [1, 2, 3], "val_loss": [0.5, 0.3, 0.4]})
    said = sentences.learning({"C2": table, "D1": table.iloc[:1]})
    assert said == "By validation loss C2 is best at epoch 2 of 3; D1 is best at epoch 1 of 1."


def test_ranking_calls_equal_what_the_digits_call_equal():
    assert "rank alike" in sentences.ranking({"a": 0.911, "b": 0.912}, 624)
    assert sentences.ranking({"a": 0.91, "b": 0.88}, 624).startswith("a ranks best: AUC 0.91")
    assert "two or more" in sentences.ranking({"a": 0.91, "b": None}, 624)
