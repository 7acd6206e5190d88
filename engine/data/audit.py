"""Counts and leaks of a source: copies of one image, patients in two parts."""

import numpy as np
import pandas as pd


def counts(images: pd.DataFrame) -> pd.DataFrame:
    """Return images and patients for each split, label and kind that occurs."""
    groups = images.groupby(["split", "label", "kind"], sort=True)
    table = groups.agg(images=("file", "size"), patients=("patient", "nunique"))
    return table.reset_index()


def duplicates(images: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each group of byte-identical files: image_id, files, splits, labels.

    files, splits and labels are lists; more than one split is a leak, more than one label a
    contradiction.
    """
    same = images[images["image_id"].duplicated(keep=False)]
    rows = [
        {
            "image_id": image_id,
            "files": sorted(group["file"]),
            "splits": sorted(set(group["split"])),
            "labels": sorted(set(group["label"])),
        }
        for image_id, group in same.groupby("image_id", sort=True)
    ]
    return pd.DataFrame(rows, columns=["image_id", "files", "splits", "labels"])


def crossing_patients(images: pd.DataFrame, assigned: "pd.Series[str]") -> pd.DataFrame:
    """Return the patients with images in several parts: patient, images, parts (a list).

    `assigned` is aligned with `images`: splits.assign's answer, or the folders' own `split`.
    """
    table = pd.DataFrame({"patient": images["patient"], "part": assigned})
    several = table.groupby("patient")["part"].transform("nunique") > 1
    rows = [
        {"patient": patient, "images": len(group), "parts": sorted(set(group["part"]))}
        for patient, group in table[several].groupby("patient", sort=True)
    ]
    return pd.DataFrame(rows, columns=["patient", "images", "parts"])


def leaked(
    images: pd.DataFrame, assigned: "pd.Series[str]", pairs: pd.DataFrame | None = None
) -> dict[str, int]:
    """Count the test images that training has seen in some way: images, patient, copy, near_copy.

    `patient` counts those whose patient has another image in training, `copy` byte-identical ones,
    `near_copy` those of `pairs` (row numbers a and b) whose other half is in training; `any` those
    of one kind or more.
    """
    part = assigned.to_numpy()
    train, test = part == "train", part == "test"
    near = np.zeros(len(images), dtype=bool)
    if pairs is not None and len(pairs):
        a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
        near[a[train[b]]] = True
        near[b[train[a]]] = True
    seen = {
        "patient": _among(images["patient"], train) & test,
        "copy": _among(images["image_id"], train) & test,
        "near_copy": near & test,
    }
    several = np.logical_or.reduce(list(seen.values()))
    counts = {name: int(rows.sum()) for name, rows in seen.items()}
    return {"images": int(test.sum()), **counts, "any": int(several.sum())}


def _among(
    values: "pd.Series[str]", chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Tell for each value whether one of the chosen rows has it too; faster than `isin`."""
    codes = pd.factorize(values.to_numpy(dtype=object))[0]
    there = np.zeros(len(codes), dtype=bool)
    there[codes[chosen]] = True
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = there[codes]
    return found


def mistaken_patients(images: pd.DataFrame, assigned: "pd.Series[str]") -> tuple[int, int]:
    """Count the sick test patients that a key of the number alone would find in training, and all.

    File names number bacterial and viral patients from 1 each: person1_bacteria and person1_virus
    are two children.
    """
    numbers = images["patient"].str.extract(r"^(?:bacteria|virus)-(\d+)$", expand=False)
    sick = numbers.notna().to_numpy()
    train, test = (assigned == "train").to_numpy(), (assigned == "test").to_numpy()
    table = pd.DataFrame({"patient": images["patient"], "number": numbers})[sick & test]
    table = table.drop_duplicates("patient")
    known = set(images.loc[train, "patient"])
    seen = table["number"].isin(set(numbers[train & sick])) & ~table["patient"].isin(known)
    return int(seen.sum()), len(table)
