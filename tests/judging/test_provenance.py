"""What stands behind a figure is said, and doubts come first."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from engine.judging.provenance import DATA_STATES, SPLIT_KINDS, Provenance, provenance
from engine.judging.thresholds import Threshold
from engine.runs.run import Run
from engine.words.options import Choice
from engine.words.recipe import FOLDS, SPLITS, Split
from tests.judging import made
from tests.runs.conftest import make_recipe

FAIR = Threshold(0.31, "f1", "validation", 200, 0.9)


@pytest.fixture
def table() -> pd.DataFrame:
    """Two hundred images each in train, validation and test; every image its own patient."""
    return made.predictions(splits=("train", "validation", "test"))


def of(
    table: pd.DataFrame,
    split: str = "test",
    threshold: Threshold | None = FAIR,
    kind: str = "patient",
    state: str = "same",
) -> Provenance:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    recipe = make_recipe(split=Split(kind), seed=7)
    run = Run("abc", "C2", "C2", recipe, "lungs", "finished", "", "me", moment, 1.0)
    return provenance(run, table, split, threshold, state)


def test_a_fair_run_has_no_doubts(table: pd.DataFrame) -> None:
    found = of(table)
    assert found.fair
    assert (found.images, found.patients, found.known, found.validation) == (200, 200, 0, 200)
    assert "No patient of the test images is in training." in found.sentences
    assert found.line == (
        "200 test images of 200 patients · split by patient · "
        "threshold chosen on 200 validation images · seed 7 · data 01234567"
    )


def test_a_patient_on_both_sides_is_counted_whatever_the_split_is_called(
    table: pd.DataFrame,
) -> None:
    table.loc[table["file"] == "test-0000.png", "patient"] = "train-0003"
    table.loc[table["file"] == "test-0001.png", "patient"] = "train-0003"
    found = of(table, kind="official")
    assert found.known == 2
    assert found.doubts == ("2 of 200 test images are of patients that are in training too.",)
    assert found.sentences[0] == found.doubts[0]


def test_images_without_a_patient_are_nobodys(table: pd.DataFrame) -> None:
    table["patient"] = ""
    found = of(table)
    assert (found.patients, found.known) == (0, 0)


def test_without_stored_training_images_nothing_is_claimed(table: pd.DataFrame) -> None:
    found = of(table[table["split"] != "train"])
    assert found.known is None
    assert not any("No patient" in sentence for sentence in found.sentences)


@pytest.mark.parametrize(
    ("split", "threshold", "doubt"),
    [
        ("train", FAIR, "These images taught the model"),
        ("validation", FAIR, "These images chose the epoch"),
        ("test", replace(FAIR, split="test"), "chosen on these very images"),
        ("test", replace(FAIR, of=16), "Only 16 images chose the threshold"),
    ],
)
def test_each_way_of_flattering_is_a_doubt(
    table: pd.DataFrame, split: str, threshold: Threshold, doubt: str
) -> None:
    found = of(table, split, threshold)
    assert not found.fair
    assert doubt in found.doubts[0]


def test_changed_images_are_a_doubt_and_missing_ones_are_none(table: pd.DataFrame) -> None:
    assert not of(table, state="changed").fair
    assert of(table, state="missing").fair
    assert DATA_STATES["missing"] in of(table, state="missing").sentences


def test_every_kind_of_split_is_explained(table: pd.DataFrame) -> None:
    assert set(SPLIT_KINDS) == {*SPLITS, *FOLDS}
    for kind in (*SPLITS, *FOLDS):
        assert SPLIT_KINDS[kind] in of(table, kind=kind).sentences


def test_the_table_says_each_fact_as_text(table: pd.DataFrame) -> None:
    rows = of(table, threshold=None).table().set_index("what")["value"]
    assert rows["Threshold"] == "the largest score decides"
    assert rows["Data"] == "lungs, content 0123456789abcdef"
    assert rows["Created"] == "2026-01-01 00:00 UTC"
    assert all(isinstance(value, str) and value for value in rows)


def test_images_that_were_left_out_are_counted_and_said(table: pd.DataFrame) -> None:
    table.loc[table.index[table["split"] == "train"][:30], "split"] = "excluded"
    assert "Left out" not in set(of(table).table()["what"])
    recipe = make_recipe(split=Split("patient"), exclude=(Choice.of("grid", above=0.5),))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    run = Run("abc", "C2", "C2", recipe, "lungs", "finished", "", "me", moment, 1.0)
    found = provenance(run, table, "test", FAIR)
    assert found.fair
    said = "30 images were left out of training and validation (grid above 0.5)."
    assert any(sentence.startswith(said) for sentence in found.sentences)
    rows = found.table().set_index("what")["value"]
    assert rows["Left out"] == "30 images: grid above 0.5"


def test_a_patient_in_two_folds_is_known_to_the_networks_of_both(table: pd.DataFrame) -> None:
    judged = table[table["split"] == "test"].copy()
    judged["fold"] = [number % 2 + 1 for number in range(len(judged))]
    assert of(judged, kind="patient_folds").known == 0
    judged.iloc[1, judged.columns.get_loc("patient")] = judged["patient"].iloc[0]
    assert of(judged, kind="image_folds").known == 2 and not of(judged, kind="image_folds").fair
