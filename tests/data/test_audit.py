"""Leaks are found."""

from pathlib import Path

import pandas as pd

from engine.data import audit
from engine.data.catalogue import build_catalogue


def made() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image_id": ["a", "b", "a", "c", "d"],
            "file": ["1.png", "2.png", "3.png", "4.png", "5.png"],
            "label": ["NORMAL", "NORMAL", "SICK", "SICK", "SICK"],
            "kind": ["normal", "normal", "", "", ""],
            "patient": ["p1", "p1", "p2", "p2", "p3"],
            "split": ["train", "test", "test", "test", "train"],
        }
    )


def test_duplicates_name_files_splits_and_labels():
    (row,) = audit.duplicates(made()).to_dict("records")
    assert row == {
        "image_id": "a",
        "files": ["1.png", "3.png"],
        "splits": ["test", "train"],
        "labels": ["NORMAL", "SICK"],
    }


def test_crossing_patients_are_those_in_two_parts():
    images = made()
    (row,) = audit.crossing_patients(images, images["split"]).to_dict("records")
    assert row == {"patient": "p1", "images": 2, "parts": ["test", "train"]}


def test_nothing_found_is_an_empty_table_with_columns():
    images = made().iloc[[1, 4]]
    assert list(audit.duplicates(images).columns) == ["image_id", "files", "splits", "labels"]
    assert audit.crossing_patients(images, images["split"]).empty


def test_counts_by_split_label_and_kind():
    table = audit.counts(made())
    sick = table[(table["split"] == "test") & (table["label"] == "SICK")].iloc[0]
    assert (sick["images"], sick["patients"]) == (2, 1)
    assert table["images"].sum() == 5


def test_real_images_have_thirty_groups_of_copies_and_no_crossing(kermany: Path, cxr_dirs: Path):
    images = build_catalogue("real", kermany).images
    found = audit.duplicates(images)
    assert len(found) == 30
    assert (found["splits"].str.len() == 1).all()
    assert (found["labels"].str.len() == 1).all()
    assert audit.crossing_patients(images, images["split"]).empty


def test_test_images_that_training_has_seen_are_counted_by_how():
    images = made()
    parts = pd.Series(["train", "test", "test", "test", "train"])
    pairs = pd.DataFrame({"a": [0, 2], "b": [4, 3]})  # of two in training; of two in the test
    found = audit.leaked(images, parts, pairs)
    assert found == {"images": 3, "patient": 1, "copy": 1, "near_copy": 0, "any": 2}
    found = audit.leaked(images, parts, pd.DataFrame({"a": [3], "b": [4]}))
    assert (found["near_copy"], found["any"]) == (1, 3)
    assert audit.leaked(images, parts, pd.DataFrame({"a": [0], "b": [3]}))["near_copy"] == 1


def test_a_number_alone_takes_two_children_for_one():
    patients = ["virus-1", "bacteria-2", "bacteria-1", "virus-2", "virus-2", "normal-1", "virus-3"]
    images = pd.DataFrame({"patient": patients})
    parts = pd.Series(["train", "train", "test", "test", "test", "test", "test"])
    assert audit.mistaken_patients(images, parts) == (2, 3)
