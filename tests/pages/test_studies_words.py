"""Sentences, knobs and addresses of studies: known tables, known words."""

import pandas as pd
import pytest

from engine.learning.presets import PRESETS
from engine.words.errors import CxrError
from pages.shared import studies_knobs, studies_words

RATE = "optimizer.learning_rate"


def summed(rows: list[tuple[str, int, float, float, bool]]) -> pd.DataFrame:
    names = [RATE, "finished", "validation", "validation_sd", "chosen"]
    return pd.DataFrame(rows, columns=names).assign(runs=2)


def test_a_cell_of_which_a_seed_is_not_finished_does_not_count() -> None:
    nan = float("nan")
    table = summed([("0.01", 2, 0.8, 0.01, True), ("0.001", 1, 0.95, nan, False)])
    said = studies_words.best(table, [RATE], "auc")
    assert said == (
        "Best on validation so far: learning rate 0.01, with AUC 0.800 ± 0.010 over 2 seeds. "
        "Cells of which a seed is not finished do not count yet."
    )


def test_a_best_cell_within_the_spread_of_its_seeds_is_said_to_be() -> None:
    table = summed([("0.01", 2, 0.81, 0.02, True), ("0.001", 2, 0.8, 0.03, False)])
    said = studies_words.best(table, [RATE], "auc")
    assert "is 0.010 away, less than the standard deviation over a cell's seeds (0.030)" in said
    one = table.assign(validation_sd=float("nan"), finished=1, runs=1)
    assert "nobody knows what of it is luck" in studies_words.best(one, [RATE], "auc")
    assert "none is the best" in studies_words.best(table.assign(chosen=False), [RATE], "auc")


def test_folds_are_told_with_their_range() -> None:
    said = studies_words.folds([0.7, 0.8, 0.9, float("nan")], "auc", 1)
    assert "3 folds: mean 0.800, standard deviation 0.100, from 0.700 to 0.900" in said
    assert "needs a second one" in studies_words.folds([0.7], "auc", 1)
    assert "No fold" in studies_words.folds([], "auc", 1)


def test_an_address_keeps_settings_and_values_of_any_kind() -> None:
    over = {"optimizer": ["adam", '{"name":"sgd","momentum":0.9}'], "epochs": ["10", "20"]}
    assert studies_knobs.read(studies_knobs.written(over)) == over
    with pytest.raises(CxrError, match="Expected a setting"):
        studies_knobs.read("epochs")


def test_a_single_value_is_the_bases_unless_what_it_belongs_to_is_gone_over() -> None:
    rate = {RATE: ["0.001"]}
    fixed, axes = studies_knobs.parted({"optimizer": ["sgd"], **rate, "epochs": ["1", "2"]})
    assert fixed == {"optimizer": "sgd", RATE: "0.001"} and list(axes) == ["epochs"]
    fixed, axes = studies_knobs.parted({"optimizer": ["sgd", "adam"], **rate})
    assert fixed == {} and axes[RATE] == ("0.001",)


def test_every_value_that_is_offered_can_be_set() -> None:
    base = PRESETS["D6"].recipe("0123456789abcdef")
    for path, knob in studies_knobs.offered(base, {}).items():
        assert knob.label and knob.values, path
        for value in knob.values:
            assert base.with_setting(path, value)


def test_of_several_optimizers_only_what_they_share_is_offered() -> None:
    base = PRESETS["Quick"].recipe("0123456789abcdef")
    assert "optimizer.momentum" in studies_knobs.offered(base, {"optimizer": ["sgd"]})
    found = studies_knobs.offered(base, {"optimizer": ["adam", "sgd"]})
    assert RATE in found and "optimizer.momentum" not in found
