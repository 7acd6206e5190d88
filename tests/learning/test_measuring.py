"""What a real training leaves says how long the next one of its kind takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.data.catalogue import Catalogue
from engine.learning import estimate, measuring, rates
from engine.learning.forecast import forecast
from engine.learning.listener import Silent
from engine.learning.training import train
from engine.words.files import read_json
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.choosing import few
from tests.learning.made_training import recipe

REGIMES = {
    "frozen": Choice("frozen"),
    "last": Choice.of("last", layers=6),
    "two_phases": Choice.of("two_phases", layers=6, epochs=4),
    "whole": Choice.of("after", layers=0),
}
KINDS = [
    ("frozen", "oversample_augmented"),
    ("last", "none"),
    ("two_phases", "none"),
    ("two_phases", "ensemble"),
    ("whole", "none"),
]


def learn(one: Recipe, catalogue: Catalogue, folder: Path) -> dict[str, float]:
    """Train as a worker does; return the seconds that it noted."""
    done = train(one, catalogue, folder, Silent())
    meta, history = read_json(folder / "meta.json"), read_json(folder / "history.json")
    measuring.remember(forecast(one, catalogue).recipe, done.anatomy, meta, history)
    seconds: dict[str, float] = meta["seconds"]
    return seconds


@pytest.mark.parametrize(("regime", "strategy"), few(KINDS, KINDS[:2]))
def test_after_a_run_its_kind_is_known(
    regime: str, strategy: str, squares: Catalogue, tiny: None, tmp_path: Path
) -> None:
    one = recipe(squares, regime=REGIMES[regime], imbalance=Choice(strategy), epochs=4)
    told = forecast(one, squares)
    counts = {**told.counts, "shown": told.planned.per_epoch}
    computed = any(step.missing for step in told.steps)
    spent = learn(one, squares, tmp_path)
    known = {rate.kind.what for rate in rates.known()}
    assert known >= {"epochs", "building"} and ("features" in known) == computed
    again = forecast(replace(one, optimizer=Choice("sgd")), squares)
    missing = [step.missing for step in again.steps]
    found = estimate.estimate(again.recipe, counts, again.summary, missing)
    assert found is not None and found.how == "measured"
    assert found.parts.get("features", 0.0) == found.parts["reading"] == 0
    assert found.parts["epochs"] + found.parts["building"] < 1.5 * sum(spent.values()) + 1
