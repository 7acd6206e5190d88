"""What is uploaded becomes a source: each picture once, labelled, its patients by a pattern."""

import json
import multiprocessing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data import intake, report
from engine.data.cache import made_of
from engine.data.pixels import pixels
from engine.data.removal import foresee
from engine.data.sources import (
    PREVIEW,
    find_by_hash,
    find_by_names,
    find_source,
    list_sources,
    open_source,
    register_folder,
    register_images,
    register_zip,
    remove_source,
)
from engine.data.splits import assign
from engine.words.errors import CxrError
from engine.words.recipe import Split
from tests.data.made import picture, two_classes, write, zip_of
from tests.vision.made_dicom import IDENTITY, RAMP, file

NAMED = {
    f"{label}/p{patient}_{image}.png": picture(100 * patient + image)
    for label, patients in (("NORMAL", range(6)), ("SICK", range(6, 12)))
    for patient in patients
    for image in range(2)
}
PATTERN = r"p(\d+)_"


@pytest.fixture(autouse=True)
def home(cxr_dirs: Path) -> Path:
    return cxr_dirs


def test_copies_within_a_class_are_left_out_and_named():
    files = {
        "NORMAL/a.png": picture(1),
        "NORMAL/b.png": picture(1),
        "SICK/c.png": picture(1),
        "SICK/d.png": picture(2),
    }
    catalogue = open_source(register_zip("copies", zip_of(files)).name)
    assert list(catalogue.images["file"]) == ["NORMAL/a.png", "SICK/c.png", "SICK/d.png"]
    found = report.report(catalogue)
    assert found.dropped.to_numpy().tolist() == [["NORMAL/b.png", "NORMAL/a.png"]]
    assert len(found.twice) == 1  # the same picture under two classes: people must decide


def test_a_folder_of_ones_own_keeps_its_copies(tmp_path: Path):
    root = write(two_classes(tmp_path), {"NORMAL/copy.png": picture(0)})
    catalogue = open_source(register_folder("mine", root).name)
    assert len(catalogue.images) == 7
    assert (root / "NORMAL" / "copy.png").exists()


def test_a_broken_file_costs_only_itself_and_what_is_no_image_is_not_kept(home: Path):
    files = NAMED | {
        "NORMAL/cut.png": picture(5)[:90],
        "NORMAL/list.csv": b"Geheim,Anna",
        "more.zip": zip_of(NAMED).read(),
        "DICOMDIR": file(),
    }
    source = register_zip("mixed", zip_of(files))
    found = report.report(open_source("mixed"))
    assert found.images == len(NAMED)
    assert set(found.unreadable["file"]) == {"NORMAL/cut.png", "NORMAL/list.csv"}
    for path in home.rglob("*"):
        assert not path.is_file() or b"Geheim" not in path.read_bytes(), path
    assert not list(source.path.rglob("more.zip"))


def test_loose_images_of_a_zip_get_the_class_that_is_given():
    source = register_zip(
        "loose", zip_of({"a.png": picture(1), "NORMAL": picture(2)}), label="sick"
    )
    assert set(open_source(source.name).images["label"]) == {"SICK"}
    with pytest.raises(CxrError, match="Expected folders"):
        register_zip("without", zip_of({"a.png": picture(1)}))


def test_single_images_become_a_source_and_others_join_it():
    register_images("mine", [("a.png", picture(1)), ("../x/a.png", picture(2))], "NORMAL")
    register_images("mine", [("b.jpg", picture(3, suffix=".jpg")), ("1.2.840", file())], "Sick")
    register_images("mine", [("again.png", picture(1))], "NORMAL")
    images = open_source("mine").images
    assert images.groupby("label").size().to_dict() == {"NORMAL": 2, "SICK": 2}
    assert set(images["file"]) == {
        "NORMAL/a.png",
        "NORMAL/a (2).png",
        "Sick/b.jpg",
        "Sick/1.2.840",
    }
    assert intake.read(find_source("mine").path).copies == (("NORMAL/again.png", "NORMAL/a.png"),)


@pytest.mark.parametrize("label", ["", " ", "a/b", "..", "C:", "x" * 61])
def test_a_class_that_cannot_be_a_folder_is_refused(home: Path, label: str):
    with pytest.raises(CxrError, match="class"):
        register_images("mine", [("a.png", picture(1))], label)
    assert len(list_sources()) == 1
    assert not (home / "data" / "uploads").exists()


def test_no_image_at_all_is_refused():
    with pytest.raises(CxrError, match="at least one"):
        register_images("mine", [], "NORMAL")


def test_the_pattern_names_the_patients_and_the_split_keeps_them_together():
    register_zip("named", zip_of(NAMED), patients=PATTERN)
    catalogue = open_source("named")
    images = catalogue.images
    assert sorted(images["patient"].unique(), key=int) == [str(number) for number in range(12)]
    assert find_source("named").patients == PATTERN
    parts = assign(images, images["label"], Split("patient", 0.3, 0.3), 0)
    assert (pd.crosstab(images["patient"], parts) > 0).sum(axis=1).max() == 1
    assert report.report(catalogue).alone == 0


def test_another_pattern_is_another_catalogue(tmp_path: Path, home: Path):
    root = write(tmp_path, NAMED)
    plain = open_source(register_folder("plain", root).name)
    named = open_source(register_folder("named", root, patients=PATTERN).name)
    other = open_source(register_folder("other", root, patients=r"p(?P<patient>\d)()").name)
    assert len({plain.hash, named.hash, other.hash}) == 3
    assert open_source("plain").hash == plain.hash
    assert find_by_hash(named.hash).pattern == PATTERN
    assert find_by_hash(plain.hash).name == "plain"
    assert find_by_names(named.images["file"]) == root
    entries = json.loads((home / "data" / "sources.json").read_text())
    assert [entry.get("patients", "") for entry in entries] == ["", PATTERN, r"p(?P<patient>\d)()"]
    assert not np.array_equal(named.images["patient"], other.images["patient"])


def test_a_pattern_that_cannot_be_read_adds_nothing(home: Path):
    with pytest.raises(CxrError, match="pattern"):
        register_zip("named", zip_of(NAMED), patients="p(")
    assert len(list_sources()) == 1
    assert not (home / "data" / "uploads").exists()


def test_nothing_written_says_whose_a_dicom_is(home: Path, caplog):
    files = {"NORMAL/a.dcm": file(), "NORMAL/b": file(RAMP // 2), "SICK/c.dcm": file(RAMP // 3)}
    files["SICK/cut.dcm"] = file()[:-100]
    files["SICK/same.dcm"] = file(RAMP // 3, PatientName="Another^Name")
    catalogue = open_source(register_zip("ward", zip_of(files)).name)
    found = report.report(catalogue)
    assert (found.images, found.dicoms, len(found.dropped), len(found.unreadable)) == (3, 3, 1, 1)
    pixels(catalogue, *PREVIEW)
    written = [path for path in home.rglob("*") if path.is_file()]
    assert len(written) > 8
    for path in written:
        data = path.read_bytes()
        for value in (*IDENTITY.values(), "Geheim"):
            assert value.encode() not in data, path
    assert "Geheim" not in caplog.text


def test_removal_says_what_goes_and_takes_the_caches_of_this_content_alone(tmp_path: Path):
    kept = open_source(register_folder("kept", two_classes(tmp_path)).name)
    gone = open_source(register_zip("gone", zip_of(NAMED)).name)
    pixels(kept, *PREVIEW)
    pixels(gone, 32, PREVIEW[1])
    removal = foresee("gone")
    assert removal.content == gone.hash
    assert len(removal.caches) == 2
    assert removal.cached == len(NAMED) * (224**2 + 32**2)
    assert removal.files > sum(map(len, NAMED.values()))
    remove_source("gone")
    assert not any(path.exists() for path in removal.caches)
    assert made_of(gone.hash) == []
    assert all(path.exists() for path in made_of(kept.hash))
    assert len(made_of(kept.hash)) == 1


def test_a_second_source_of_the_same_content_keeps_the_caches(tmp_path: Path):
    first = open_source(register_folder("first", two_classes(tmp_path / "a")).name)
    open_source(register_folder("second", two_classes(tmp_path / "b")).name)
    removal = foresee("first")
    assert (removal.content, removal.caches, removal.files) == ("", (), 0)
    remove_source("first")
    assert made_of(first.hash)
    assert find_by_hash(first.hash).name == "second"


def test_two_processes_adding_at_once_lose_nothing(tmp_path: Path, home: Path):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.starmap(_add, [(two_classes(tmp_path / str(n), 1), n) for n in range(12)])
    assert {source.name for source in list_sources()} == {"phantom", *map(str, range(12))}


def _add(root: Path, number: int) -> None:
    register_folder(str(number), root)
