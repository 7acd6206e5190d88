"""Sources are registered once, opened by name or path, and found by content."""

import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from engine.data import pixels as pixels_module
from engine.data.pixels import pixels
from engine.data.sources import (
    PREVIEW,
    find_by_hash,
    find_by_names,
    find_source,
    list_sources,
    open_source,
    register_folder,
    register_zip,
    remove_source,
)
from engine.words.errors import CxrError, NotFound
from tests.data.made import picture, two_classes, write, zip_of

FILES = {"chest/NORMAL/a.png": picture(1), "chest/SICK/b.png": picture(2)}


@pytest.fixture(autouse=True)
def home(cxr_dirs: Path) -> Path:
    return cxr_dirs


def names() -> list[str]:
    return [source.name for source in list_sources()]


def test_phantom_is_always_there_and_last(tmp_path: Path):
    register_folder("mine", two_classes(tmp_path))
    assert names() == ["mine", "phantom"]
    assert find_source("phantom").synthetic


def test_phantom_is_generated_on_first_use(monkeypatch, home: Path):
    from engine.data import phantom

    made = []

    def generate(folder: Path, images: int, progress=None) -> Path:
        made.append((folder, images))
        return two_classes(folder)

    monkeypatch.setattr(phantom, "generate", generate)
    monkeypatch.setenv("CXR_PHANTOM_IMAGES", "120")
    for _ in range(2):
        catalogue = open_source("phantom")
    assert catalogue.synthetic
    assert made == [(home / "data" / "phantom", 120)]
    assert find_by_hash(catalogue.hash).synthetic


def test_folder_is_registered_once_and_opened_by_name(tmp_path: Path):
    root = two_classes(tmp_path)
    first = register_folder("  Ward   7 ", root)
    assert register_folder("Ward 7", root) == first
    catalogue = open_source("Ward 7")
    assert (catalogue.name, catalogue.root) == ("Ward 7", root.resolve())
    assert not catalogue.synthetic


def test_folder_opens_by_path_with_its_registered_name(tmp_path: Path):
    root = two_classes(tmp_path / "xrays")
    assert open_source(root).name == "xrays"
    register_folder("Ward 7", root)
    assert open_source(str(root)).name == "Ward 7"


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..\\c", "x" * 61, "tab\x00", "phantom"])
def test_bad_name_is_refused(tmp_path: Path, name: str):
    with pytest.raises(CxrError, match="name"):
        register_folder(name, two_classes(tmp_path))


def test_taken_name_is_refused(tmp_path: Path):
    register_folder("mine", two_classes(tmp_path / "a"))
    with pytest.raises(CxrError, match="already"):
        register_folder("Mine", two_classes(tmp_path / "b"))
    with pytest.raises(CxrError, match="already"):
        register_zip("mine", zip_of(FILES))


@pytest.mark.parametrize("files", [{}, {"a/b.txt": b"x"}])
def test_folder_without_images_is_refused(tmp_path: Path, files):
    with pytest.raises(CxrError, match="Expected folders"):
        register_folder("empty", write(tmp_path, files))
    assert names() == ["phantom"]


def test_unknown_name_lists_what_there_is():
    with pytest.raises(NotFound, match="phantom"):
        open_source("nothing")


@pytest.mark.parametrize("prefix", ["", "chest/", "chest/train/", "a/b/train/"])
def test_zip_is_registered_with_or_without_wrapping_folders(prefix: str):
    files = {f"{prefix}NORMAL/a.png": picture(1), f"{prefix}SICK/b.png": picture(2)}
    source = register_zip("Zip ü", zip_of(files))
    assert source.kind == "upload"
    catalogue = open_source("Zip ü")
    assert catalogue.classes("labels") == ("NORMAL", "SICK")
    assert set(catalogue.images["split"]) == {"train" if "train" in prefix else ""}


@pytest.mark.parametrize(
    "data", [BytesIO(b"no zip"), zip_of({"a.txt": b"x"}), zip_of({"../a/b.png": b"x"})]
)
def test_bad_zip_leaves_nothing(home: Path, data: BytesIO):
    with pytest.raises(CxrError):
        register_zip("bad", data)
    assert names() == ["phantom"]
    assert not list((home / "data" / "uploads").iterdir())
    register_zip("bad", zip_of(FILES))


def test_removed_upload_is_deleted_and_its_name_is_free(home: Path):
    source = register_zip("gone", zip_of(FILES))
    remove_source("gone")
    assert not source.path.exists()
    assert names() == ["phantom"]
    register_zip("gone", zip_of(FILES))


def test_removed_folder_stays_on_disk(tmp_path: Path):
    root = two_classes(tmp_path)
    register_folder("mine", root)
    remove_source("mine")
    assert (root / "NORMAL").is_dir()
    with pytest.raises(NotFound):
        remove_source("mine")


def test_phantom_cannot_be_removed():
    with pytest.raises(CxrError, match="cannot be removed"):
        remove_source("phantom")


def test_found_by_content_even_where_it_was_only_a_path(tmp_path: Path, home: Path):
    content = open_source(two_classes(tmp_path / "xrays")).hash
    assert find_by_hash(content).name == "xrays"
    shutil.rmtree(home / "models" / "cache")
    with pytest.raises(NotFound, match="not on this machine"):
        find_by_hash(content)
    register_folder("mine", tmp_path / "xrays")
    assert find_by_hash(content).name == "mine"


def test_changed_data_are_not_taken_for_the_old(tmp_path: Path):
    root = two_classes(tmp_path)
    content = open_source(root).hash
    write(root, {"NORMAL/new.png": picture(9)})
    with pytest.raises(NotFound, match="changed or moved"):
        find_by_hash(content)


def test_opening_keeps_the_preview_pixels(tmp_path: Path, monkeypatch):
    catalogue = open_source(two_classes(tmp_path))
    monkeypatch.setattr(pixels_module, "read", lambda _: pytest.fail("decoded twice"))
    assert pixels(catalogue, *PREVIEW).dtype == np.uint8


def test_damaged_registry_is_said(home: Path):
    (home / "data" / "sources.json").write_text("{")
    with pytest.raises(CxrError, match="damaged"):
        list_sources()


def test_other_copies_are_found_by_their_names_once_opened(tmp_path: Path):
    folder = two_classes(tmp_path)
    register_folder("originals", folder)
    files = open_source("originals").images["file"].tolist()
    assert find_by_names(files) == folder
    assert find_by_names([*files, *(f"test/NORMAL/{n}.png" for n in range(len(files)))]) is None
    assert find_by_names([]) is None
