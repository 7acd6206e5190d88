"""Runs that differ in the split alone are paired."""

from dataclasses import replace
from datetime import UTC, datetime

from engine.learning.rules import check
from engine.runs import twins
from engine.runs.run import Run
from engine.words.recipe import Split
from tests.runs.conftest import make_recipe


def run(name: str, status: str = "finished", **changes: object) -> Run:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Run(name, name, "C2", make_recipe(**changes), "lungs", status, "", "me", moment, 1.0, {})


def test_the_same_recipe_under_both_splits_is_a_pair() -> None:
    honest, leaky = run("a", split=Split("patient")), run("b", split=Split("random"))
    (pair,) = twins.find([leaky, honest])
    assert (pair.honest.id, pair.leaky.id, pair.same_shares) == ("a", "b", True)
    assert twins.missing([leaky, honest]) == []


def test_another_seed_setting_data_or_status_is_no_pair() -> None:
    honest = run("a", split=Split("patient"))
    random = {"split": Split("random")}
    others = [
        run("seed", seed=1, **random),
        run("epochs", epochs=9, **random),
        run("data", data="f" * 16, **random),
        run("failed", "failed", **random),
    ]
    assert twins.find([honest, *others]) == []


def test_the_presets_name_makes_no_difference() -> None:
    honest = run("a", split=Split("official"))
    leaky = replace(honest, id="b", recipe=make_recipe(split=Split("random"), preset="custom"))
    (pair,) = twins.find([honest, leaky])
    assert not pair.same_shares  # the folders' own test images are others


def test_what_is_missing_is_named_with_the_split_it_needs() -> None:
    honest, leaky = run("a", split=Split("official")), run("b", split=Split("random"), epochs=9)
    found = [(run.id, kind) for run, kind in twins.missing([honest, leaky])]
    assert found == [("a", "random"), ("b", "patient")]
    assert twins.missing([honest, leaky], data="f" * 16) == []


def test_a_default_left_out_is_the_same_as_one_written_down() -> None:
    recipe = make_recipe()
    assert twins.key(recipe) == twins.key(check(recipe))
    assert twins.key(recipe) != twins.key(make_recipe(batch=16))
