"""Recipes refuse nonsense, travel as JSON and hash by content."""

import pytest

from engine.words.errors import CxrError, NotFound
from engine.words.options import Choice, Option, Param, complete
from engine.words.recipe import Recipe, Split

TABLE = {
    "adam": Option("Adam", "Steps.", "keras.optimizers:Adam", {"rate": Param(0.1, "r", 0.0, 1.0)}),
}


def recipe(**changes) -> Recipe:
    base = {"data": "d" * 16, "network": Choice("cnn_d"), "optimizer": Choice("adam")}
    return Recipe(**{**base, **changes})


def test_a_recipe_survives_json():
    one = recipe(split=Split("patient", 0.2), augmentation=(Choice.of("shift", limit=0.1),))
    assert Recipe.from_json(one.to_json()) == one


def test_the_hash_ignores_the_preset_and_sees_everything_else():
    one = recipe()
    assert one.hash == recipe(preset="D1").hash
    changed = [
        recipe(seed=1),
        recipe(data="e" * 16),
        recipe(optimizer=Choice.of("adam", rate=0.2)),
        recipe(augmentation=(Choice("shift"),)),
        recipe(split=Split("random")),
    ]
    assert len({other.hash for other in (one, *changed)}) == 1 + len(changed)


def test_a_recipe_that_leaves_nothing_out_keeps_the_hash_it_had_before_that_was_possible():
    assert recipe().hash == "c81cff77b20f4230"
    one = recipe(exclude=(Choice.of("grid", above=0.5),))
    other = recipe(exclude=(Choice.of("grid", above=0.4),))
    assert len({one.hash, other.hash, recipe().hash}) == 3
    assert Recipe.from_json(one.to_json()) == one
    before = {key: value for key, value in recipe().to_json().items() if key != "exclude"}
    assert Recipe.from_json(before) == recipe()
    assert recipe().with_setting("exclude", '[{"name": "grid", "above": 0.5}]') == one


@pytest.mark.parametrize(
    "changes",
    [{"epochs": 0}, {"size": 5}, {"batch": 1.5}, {"task": "lungs"}, {"seed": -1}],
)
def test_values_out_of_range_are_refused(changes):
    with pytest.raises(CxrError, match=next(iter(changes))):
        recipe(**changes)


def test_an_unknown_split_is_refused_with_the_list():
    with pytest.raises(CxrError, match="official, patient, random"):
        Split("temporal")


def test_settings_reach_into_choices():
    one = recipe().with_setting("optimizer.rate", "0.5").with_setting("epochs", "3")
    assert (one.optimizer, one.epochs) == (Choice.of("adam", rate=0.5), 3)
    assert recipe().with_setting("split", "patient").split == Split("patient")
    assert recipe().with_setting("network", "dnn").network == Choice("dnn")


@pytest.mark.parametrize("key", ["epoch", "data.hash", "split.shuffle"])
def test_an_unknown_setting_is_refused(key):
    with pytest.raises(CxrError):
        recipe().with_setting(key, "3")


def test_options_fill_in_defaults_and_check_bounds():
    assert complete(Choice("adam"), TABLE, "optimizer") == Choice.of("adam", rate=0.1)
    assert complete(Choice.of("adam", rate=1), TABLE, "optimizer").kwargs == {"rate": 1.0}
    for bad in ({"rate": 2.0}, {"rate": "fast"}, {"rate": True}, {"speed": 1.0}):
        with pytest.raises(CxrError):
            complete(Choice.of("adam", **bad), TABLE, "optimizer")
    with pytest.raises(NotFound, match="adam"):
        complete(Choice("lion"), TABLE, "optimizer")


def test_a_knob_that_came_later_is_no_part_of_recipes_that_leave_it_at_its_default():
    knobs = {"rate": Param(0.1, "r", 0.0, 1.0), "way": Param("auto", "w", later=True)}
    table = {"adam": Option("Adam", "Steps.", "keras.optimizers:Adam", knobs)}
    plain = Choice.of("adam", rate=0.1)
    assert complete(plain, table, "optimizer") == plain
    assert complete(Choice.of("adam", rate=0.1, way="auto"), table, "optimizer") == plain
    other = Choice.of("adam", rate=0.1, way="cubic")
    assert complete(other, table, "optimizer") == other


def test_folds_are_one_more_knob_and_recipes_without_them_keep_their_hash():
    assert recipe(split=Split("patient", 0.2)).hash == "5c138ef77886b73f"
    assert "k" not in recipe().to_json()["split"]
    first, second, other = (
        recipe(split=Split("patient_folds", k=k, fold=fold)) for k, fold in ((3, 1), (3, 2), (5, 1))
    )
    assert len({recipe().hash, first.hash, second.hash, other.hash}) == 4
    assert Recipe.from_json(second.to_json()) == second
    assert first.with_setting("split.fold", "2") == second
    assert first.with_setting("split.k", "5") == other  # the share of the test follows
    assert Split("image_folds").k == 3 and Split("image_folds", test=0.5) == Split("image_folds")
    assert Split("image_folds").every_fold and not first.split.every_fold


@pytest.mark.parametrize("knobs", [{"k": 1}, {"k": 3, "fold": 4}, {"k": 2.5}, {"fold": -1}])
def test_folds_that_do_not_exist_are_refused(knobs):
    with pytest.raises(CxrError, match=r"split\.(k|fold) must be a whole number"):
        Split("patient_folds", **knobs)
    with pytest.raises(CxrError, match="has no folds"):
        Split("patient", k=3)


def test_a_split_may_have_a_seed_of_its_own_and_recipes_without_one_keep_their_hash():
    own = recipe(seed=3, split=Split("patient", 0.2, seed=1))
    assert (own.split_seed, recipe(seed=3).split_seed) == (1, 3)
    assert Recipe.from_json(own.to_json()) == own and "seed" not in recipe().to_json()["split"]
    assert own.hash != recipe(seed=3, split=Split("patient", 0.2)).hash
    # Drawn as it would be without: the same training, so the same run.
    assert recipe(split=Split("patient", 0.2, seed=0)).hash == "5c138ef77886b73f"
    assert recipe().with_setting("split.seed", "4").split == Split(seed=4)
    with pytest.raises(CxrError, match=r"split\.seed must be a whole number"):
        Split(seed=-1)


def test_a_recipe_carries_the_rule_of_its_threshold_and_the_usual_one_is_no_part_of_the_hash():
    ruled = recipe(threshold=Choice.of("recall", target=0.98))
    assert recipe().hash == recipe(threshold=Choice("f1")).hash == "c81cff77b20f4230"
    assert ruled.hash != recipe().hash and ruled.training == recipe()
    assert Recipe.from_json(ruled.to_json()) == ruled
    before = {key: value for key, value in recipe().to_json().items() if key != "threshold"}
    assert Recipe.from_json(before) == recipe()
    assert recipe().with_setting("threshold", '{"name": "recall", "target": 0.98}') == ruled


def test_the_mean_of_several_seeds_is_no_training():
    mean = recipe(seeds=(0, 1))
    assert mean.joined and not recipe().joined and mean.hash != recipe().hash
    assert Recipe.from_json(mean.to_json()) == mean
    with pytest.raises(CxrError, match="seeds must be a whole number"):
        recipe(seeds=(0, -1))
