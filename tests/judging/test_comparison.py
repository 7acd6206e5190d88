from dataclasses import replace

import pytest

from engine.judging.comparison import difference_sentences, differences, shared_images, summary
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.thresholds import run_threshold
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split
from tests.judging.made import THREE, TWO, predictions

BASE = Recipe("hash", Choice.of("c2", dropout=0.1), Choice.of("adam", learning_rate=0.001))


def test_a_summary_has_the_figures_at_its_own_threshold_and_at_a_half():
    table = predictions()
    scores, own = Scores.of(table, "test"), run_threshold(table, TWO).value
    row = summary(table, TWO)
    assert row["threshold"] == own
    assert row["f1"] == judge(scores, own).figures["f1"].value
    assert row["f1_at_half"] == judge(scores, 0.5).figures["f1"].value


def test_three_classes_have_no_threshold():
    row = summary(predictions(THREE), THREE)
    assert row["threshold"] is None
    assert row["f1_at_half"] is None
    assert row["auc"] == pytest.approx(0.85, abs=0.1)


def test_shared_images_tell_whether_runs_were_judged_alike():
    first = predictions()
    second = first.assign(image_id=first["image_id"].str.replace("test-00", "other-00"))
    assert shared_images({"a": first, "b": first}, "test") == (200, 200)
    assert shared_images({"a": first, "b": second}, "test") == (100, 300)


def test_equal_recipes_differ_in_nothing():
    assert differences({"a": BASE, "b": BASE}).empty
    assert difference_sentences({"a": BASE, "b": BASE}) == ["The recipes are equal."]


def test_a_knob_of_the_same_option_is_named_alone():
    other = replace(BASE, optimizer=Choice.of("adam", learning_rate=0.01))
    assert difference_sentences({"a": BASE, "b": other}) == [
        "Optimizer: learning rate: 0.001 in a, 0.01 in b."
    ]


def test_another_option_is_told_whole():
    other = replace(
        BASE,
        network=Choice("d1"),
        augmentation=(Choice.of("contrast", limit=0.2), Choice("zoom")),
        split=Split("patient"),
        data="another",
    )
    said = difference_sentences({"a": BASE, "b": other})
    assert said[0] == "They were trained on different data."
    assert "Network: c2 (dropout 0.1) in a, d1 in b." in said
    assert "Augmentation: nothing in a, contrast (limit 0.2) + zoom in b." in said
    assert any(text.startswith("Split: official") for text in said)


def test_options_go_by_the_names_that_readers_know():
    other = replace(BASE, network=Choice("d1"))
    said = difference_sentences({"a": BASE, "b": other}, {"c2": "Small CNN", "d1": "Deeper CNN"})
    assert said == ["Network: Small CNN (dropout 0.1) in a, Deeper CNN in b."]
