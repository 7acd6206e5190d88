"""Splits keep patients together, classes in proportion and promises about seeds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.audit import crossing_patients
from engine.data.catalogue import build_catalogue
from engine.data.splits import PARTS, assign, folds
from engine.words.errors import CxrError
from engine.words.recipe import Split

PATIENT = Split("patient", validation=0.1, test=0.2)


def table(count: int = 1200, folders: tuple[str, ...] = ("",)) -> pd.DataFrame:
    """Make up images of patients with one to nine images, three quarters sick."""
    random = np.random.default_rng(0)
    owners = np.repeat(np.arange(count), random.integers(1, 10, count))[:count]
    label = np.where(owners % 4 == 0, "NORMAL", "PNEUMONIA")
    return pd.DataFrame(
        {
            "image_id": [f"id{row}" for row in range(count)],
            "file": [f"{row}.png" for row in range(count)],
            "label": label,
            "patient": [f"{name}-{owner}" for name, owner in zip(label, owners, strict=True)],
            "split": [folders[owner % len(folders)] for owner in owners],
        }
    )


def shares(parts: pd.Series) -> dict[str, float]:
    return (parts.value_counts() / len(parts)).to_dict()


@pytest.mark.parametrize("kind", ["patient", "random"])
@pytest.mark.parametrize("seed", range(5))
def test_shares_come_out_as_asked_for_each_class(kind, seed):
    images = table()
    parts = assign(images, images["label"], Split(kind, 0.1, 0.2), seed)
    for label in ("NORMAL", "PNEUMONIA"):
        found = shares(parts[images["label"] == label])
        assert found["test"] == pytest.approx(0.2, abs=0.02)
        assert found["validation"] == pytest.approx(0.08, abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_no_patient_is_in_two_parts(seed):
    images = table()
    parts = assign(images, images["label"], PATIENT, seed)
    assert crossing_patients(images, parts).empty


def test_random_split_leaks_patients():
    images = table()
    assert len(crossing_patients(images, assign(images, images["label"], Split("random"), 0))) > 50


def test_same_seed_same_parts_and_another_seed_others():
    images = table()
    first = assign(images, images["label"], PATIENT, 1)
    assert first.equals(assign(images, images["label"], PATIENT, 1))
    assert not first.equals(assign(images, images["label"], PATIENT, 2))


def test_copies_of_an_image_stay_together_across_patients():
    images = table()
    images.loc[[5, 700], "image_id"] = "same"
    images.loc[[701, 1100], "image_id"] = "chain"
    for seed in range(8):
        parts = assign(images, images["label"], PATIENT, seed)
        assert parts[5] == parts[700]
        assert parts[701] == parts[1100]


def test_index_of_the_table_is_kept():
    images = table().iloc[::2]
    assert assign(images, images["label"], PATIENT, 0).index.equals(images.index)


def test_official_split_uses_the_folders():
    images = table(folders=("train", "train", "train", "validation", "test"))
    images["patient"] = images["file"]  # both classes in each folder
    images["label"] = np.where(np.arange(len(images)) % 3 == 0, "NORMAL", "PNEUMONIA")
    parts = assign(images, images["label"], Split("official"), 0)
    assert (parts == images["split"]).all()


@pytest.mark.parametrize("own", [0, 16])
def test_official_split_cuts_validation_from_train_by_patient(own):
    images = table(folders=("train", "train", "test", "train", "train"))
    few = images.index[images["split"] == "train"][:own]
    images.loc[few, "split"] = "validation"
    parts = assign(images, images["label"], Split("official", validation=0.1), 0)
    assert (parts[images["split"] == "test"] == "test").all()
    rest = parts[images["split"] != "test"]
    assert shares(rest)["validation"] == pytest.approx(0.1, abs=0.02)
    assert crossing_patients(images[images["split"] != "test"], rest).empty


def test_official_split_of_a_flat_source_names_the_way_out():
    images = table()
    with pytest.raises(CxrError, match="Choose the split 'patient'"):
        assign(images, images["label"], Split("official"), 0)


def test_official_split_refuses_images_outside_the_folders():
    images = table(folders=("train", "test", "train", "test", ""))
    with pytest.raises(CxrError, match="is not"):
        assign(images, images["label"], Split("official"), 0)


def test_one_class_only_is_refused():
    images = table()
    images["label"] = "NORMAL"
    with pytest.raises(CxrError, match="only NORMAL"):
        assign(images, images["label"], PATIENT, 0)


def test_part_without_a_class_is_refused():
    images = table(40)
    images["label"] = ["NORMAL", *["PNEUMONIA"] * 39]
    with pytest.raises(CxrError, match="no image of class NORMAL"):
        assign(images, images["label"], PATIENT, 0)


def test_rare_class_gets_at_least_its_patients_where_there_are_enough():
    images = table(600)
    images["patient"] = images["file"]
    images["label"] = ["NORMAL" if row < 20 else "PNEUMONIA" for row in range(600)]
    for seed in range(10):
        parts = assign(images, images["label"], PATIENT, seed)
        assert set(parts[images["label"] == "NORMAL"]) == set(PARTS)


@pytest.mark.parametrize("task", ["labels", "kinds"])
def test_real_images_official(kermany: Path, cxr_dirs: Path, task: str):
    catalogue = build_catalogue("real", kermany)
    images, target = catalogue.images, catalogue.targets(task)
    parts = assign(images, target, Split("official", validation=0.1), 0)
    assert parts.value_counts()["test"] == 624
    assert crossing_patients(images, parts).empty
    train = parts[images["split"] == "train"]
    for name in catalogue.classes(task):
        assert shares(train[target[train.index] == name])["validation"] == pytest.approx(
            0.1, abs=0.005
        )


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("kind", ["image_folds", "patient_folds"])
def test_each_image_judges_in_one_fold_and_classes_keep_their_shares(kind, k):
    images = table()
    judged = pd.Series(0, index=images.index)
    for fold in range(1, k + 1):
        parts = assign(images, images["label"], Split(kind, 0.2, k=k, fold=fold), 4)
        judged += parts == "test"
        for label in ("NORMAL", "PNEUMONIA"):
            found = shares(parts[images["label"] == label])
            assert found["test"] == pytest.approx(1 / k, abs=0.03)
            assert found["validation"] == pytest.approx(0.2 * (1 - 1 / k), abs=0.03)
        crossing = crossing_patients(images, parts)
        assert crossing.empty == (kind == "patient_folds")
    assert (judged == 1).all()


def test_folds_by_patient_keep_copies_together_and_follow_the_seed():
    images = table()
    images.loc[[5, 700], "image_id"] = "same"
    images.loc[[701, 1100], "image_id"] = "chain"
    found = {seed: folds(images, images["label"], Split("patient_folds"), seed) for seed in (0, 1)}
    for numbers in found.values():
        assert numbers[5] == numbers[700] and numbers[701] == numbers[1100]
        assert set(numbers) == {1, 2, 3}
    again = folds(images, images["label"], Split("patient_folds", fold=2), 0)
    assert (again == found[0]).all() and (found[0] != found[1]).any()


def test_folds_that_cannot_be_drawn_are_refused():
    images = table(40)
    images["label"] = [*["NORMAL"] * 2, *["PNEUMONIA"] * 38]
    for kind, what in (("image_folds", "images"), ("patient_folds", "patients")):
        with pytest.raises(CxrError, match=f"at least 3 {what} of each class; NORMAL has"):
            assign(images, images["label"], Split(kind, fold=1), 0)
    with pytest.raises(CxrError, match="cannot be trained"):
        assign(images, images["label"], Split("image_folds"), 0)
