"""Every row of every table can be built, and the networks have the reports' parameter counts."""

import numpy as np
import pytest

from engine.learning import networks
from engine.learning.imbalance import STRATEGIES, make_plan
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.learning.presets import PRESETS, get_preset
from engine.learning.rules import check
from engine.vision.augmentation import STEPS
from engine.words.errors import CxrError, NotFound
from engine.words.options import Choice, build

COUNTS = [
    ("C1", 2, 524_319),
    ("C2", 2, 510_850),
    ("C3", 2, 510_850),
    ("C4", 2, 510_850),
    ("C5", 2, 510_850),
    ("D1", 2, 464_001),
    ("D4", 3, 464_001 - 2_305 + 3 * 2_305),
]


@pytest.mark.parametrize(("name", "classes", "expected"), COUNTS)
def test_parameter_counts_match_the_reports_to_the_unit(name, classes, expected):
    recipe = PRESETS[name].recipe("data")
    found = networks.summary(recipe.network, recipe.size, classes)
    assert (found.total, found.trainable) == (expected, expected)
    assert found.input_shape == (recipe.size, recipe.size, 1)
    assert found.layers["params"].sum() == expected


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_a_network_answers_with_probabilities_for_raw_grey_pixels(name):
    for classes in (2, 3):
        model = networks.build_network(Choice(name), 64, classes)
        answer = model.predict_on_batch(np.full((2, 64, 64, 1), 255.0))
        assert answer.shape[1] in (classes, 1)
        assert ((answer >= 0) & (answer <= 1)).all()


@pytest.mark.parametrize("table", [OPTIMIZERS, SCHEDULES, STOPPING], ids=["opt", "sched", "stop"])
def test_every_row_builds_from_its_defaults(table):
    for name, option in table.items():
        assert build(Choice(name), table, "row") is not None
        assert option.help.endswith(".")


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_recipe_that_the_rules_accept(name):
    recipe = check(get_preset(name.lower()).recipe("data"))
    assert recipe.preset == name
    assert check(recipe) == recipe


def test_an_unknown_preset_lists_the_known_ones():
    with pytest.raises(NotFound, match="C1"):
        get_preset("Z9")


def test_a_network_too_deep_for_the_image_is_refused():
    recipe = PRESETS["D1"].recipe("data").with_setting("size", "16")
    with pytest.raises(CxrError, match="at least 32"):
        check(recipe)


def test_class_weights_follow_the_reports_formula():
    labels = np.array([0] * 10 + [1] * 30)
    plan = make_plan(Choice("class_weight"), labels, 2)
    assert plan.weights == pytest.approx([40 / 10 / 2, 40 / 30 / 2])
    assert (labels[plan.rows] == labels).all()


def test_no_strategy_leaves_all_rows_equal():
    plan = make_plan(Choice("none"), np.array([0, 1, 1]), 2)
    assert plan.rows.tolist() == [0, 1, 2]
    assert plan.weights.tolist() == [1, 1]
    assert set(STRATEGIES) == {"none", "class_weight"}


@pytest.mark.parametrize("name", STEPS)
def test_an_augmentation_step_draws_the_same_for_the_same_seed(name):
    from engine.vision.augmentation import Pipeline

    image = np.random.default_rng(0).integers(0, 200, (48, 40), dtype=np.uint8)
    draw = Pipeline((Choice(name),))
    first = draw(image, 3)
    assert first.shape == image.shape
    assert first.dtype == np.uint8
    assert (draw(image, 3) == first).all()
    assert any((draw(image, seed) != first).any() for seed in range(4, 9))


def test_augmentation_does_not_depend_on_what_was_drawn_before():
    from engine.vision.augmentation import Pipeline

    image = np.random.default_rng(0).integers(0, 200, (32, 32), dtype=np.uint8)
    steps = PRESETS["C5"].recipe("data").augmentation
    one, other = Pipeline(steps), Pipeline(steps)
    other(image, 1)
    assert (one(image, 2) == other(image, 2)).all()
