"""Beside a report's experiment stands the run that is nearest to it, and says how near."""

from dataclasses import replace
from datetime import UTC, datetime

from engine.learning.presets import PRESETS
from engine.learning.reported import table
from engine.learning.rules import check
from engine.learning.sweeps import base, cells, get_sweep, over
from engine.runs import drafts
from engine.runs.reproduced import best_matches, finished_cells, settings_key
from engine.runs.run import Run
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split

OFFICIAL, RANDOM = Split(), Split("random", validation=0.25, test=0.2)


def run(name: str, recipe: Recipe, status: str = "finished", **more: object) -> Run:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    made = Run(name, name, recipe.preset, recipe, "lungs", status, "", "me", moment, 1.0)
    return replace(made, **more)  # type: ignore[arg-type]


def recipe(preset: str = "D1", **changes: object) -> Recipe:
    return replace(PRESETS[preset].recipe("data"), **changes)  # type: ignore[arg-type]


def matched(*runs: Run, preset: str = "D1") -> str | None:
    found = best_matches([PRESETS[preset]], runs, {"phantom"}).get(preset)
    return found.run.id if found else None


def test_the_same_split_comes_first_and_another_is_marked() -> None:
    official = run("official", recipe(split=OFFICIAL), showcase=True)
    random, other = run("random", recipe(split=RANDOM)), run("seed", recipe(seed=1))
    assert matched(other, random, official) == "random"
    assert matched(other, official) == "seed"
    assert matched(official) == "official"
    (found,) = best_matches([PRESETS["D1"]], [official]).values()
    assert (found.same_split, found.same_seed, found.comparable) == (False, True, False)
    (found,) = best_matches([PRESETS["D1"]], [other]).values()
    assert (found.same_split, found.same_seed, found.comparable) == (True, False, True)


def test_drawn_images_stand_behind_all_others() -> None:
    drawn = run("drawn", recipe(), source="phantom")
    official = run("official", recipe(split=OFFICIAL))
    assert matched(drawn, official) == "official"
    (found,) = best_matches([PRESETS["D1"]], [drawn], {"phantom"}).values()
    assert found.synthetic and found.same_split and not found.comparable


def test_the_showcases_images_come_before_others_then_the_newest() -> None:
    shown = run("shown", recipe("C2"), showcase=True)
    elsewhere = run("elsewhere", recipe("C2", data="others"))
    here = run("here", replace(recipe("C2"), preset="custom"))
    assert matched(elsewhere, here, shown, preset="C2") == "here"
    assert matched(elsewhere, shown, preset="C2") == "shown"
    assert matched(elsewhere, preset="C2") == "elsewhere"


def test_other_settings_and_what_did_not_finish_are_no_match() -> None:
    weighted = recipe("A2", imbalance=Choice("class_weight"))
    assert matched(run("weights", weighted), preset="A2") is None
    assert matched(run("weights", weighted), preset="A2-weights") == "weights"
    assert matched(run("failed", recipe(), "failed"), run("more", recipe(epochs=11))) is None


def test_the_thresholds_of_d1_are_those_of_its_run() -> None:
    assert matched(run("one", recipe("D1")), preset="D2") == "one"
    assert settings_key(check(recipe("D1"))) == settings_key(recipe("D2", seed=7, data="x"))


def test_a_sweep_counts_each_cell_once() -> None:
    sweep = get_sweep("D6")
    first, second, *_ = cells(sweep, "data")
    runs = [
        run("official", replace(first, split=OFFICIAL)),
        run("again", replace(first, seed=3)),
        run("second", second),
        run("waits", cells(sweep, "data")[2], "waiting"),
        run("none of it", recipe("D1")),
    ]
    found, of = finished_cells(sweep, runs)
    assert ([entry.id for entry in found], of) == (["again", "second"], 8)


def test_a_reports_grids_are_studies_of_the_same_cells() -> None:
    for sweep in table().sweeps.values():
        studied = [
            check(one).hash
            for grid in sweep.grids
            for one in drafts.sweep(base(sweep, "data"), over(grid)).recipes
        ]
        assert studied == [one.hash for one in cells(sweep, "data")]
