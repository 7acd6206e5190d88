"""The original data sets: downloaded, checked, and sources like any other; or nothing is left."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from engine.data import downloads, medmnist, sources
from engine.words.errors import Cancelled, CxrError, NotFound
from tests.made_datasets import KERMANY, MNIST, kermany, let_be_original, mirror, mnist
from tests.serving import Served, put

Told = list[tuple[int, int, str]]


@pytest.fixture
def server(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with mirror(monkeypatch) as served:
        yield served


def add(name: str, told: Told | None = None) -> sources.Source:
    return downloads.add(name, True, lambda *what: told.append(what) if told is not None else None)


def left(home: Path) -> list[str]:
    """What lies in the downloads and among the unpacked sources."""
    folders = (home / "data" / "downloads", home / "data" / "uploads")
    return sorted(path.name for folder in folders if folder.is_dir() for path in folder.iterdir())


def names() -> list[str]:
    return [source.name for source in sources.list_sources()]


def test_kermanys_zip_becomes_a_source_with_kinds_and_patients(server: Served) -> None:
    told: Told = []
    source = add(KERMANY, told)
    assert names() == ["Kermany originals", "phantom"] == [source.name, "phantom"]
    images = sources.open_source(source.name).images
    assert set(images["split"]) == {"train", "test"} and len(images) == 8
    assert sorted(set(images["kind"])) == ["bacterial", "normal", "viral"]
    assert "bacteria-1" in set(images["patient"])
    wanted = ["train/NORMAL/IM-0115-0001.jpeg", "test/PNEUMONIA/person1_virus_6.jpeg"]
    assert sources.find_by_names(wanted) == source.path  # the showcase's runs find their X-rays
    whats = [what for _, _, what in told]
    assert whats[0] == "Downloading Kermany originals (MB)" and whats[-1] == "unpacking"
    assert "Checking what came" in whats
    assert not downloads.place_of(downloads.DATASETS[KERMANY]).exists()


def test_pneumoniamnists_arrays_become_the_same_pictures(server: Served) -> None:
    source = add(MNIST)
    images = sources.open_source(source.name).images.set_index("file")
    assert images["split"].value_counts().to_dict() == {"train": 6, "validation": 2, "test": 4}
    assert set(images["label"]) == {"NORMAL", "PNEUMONIA"}
    arrays = np.load(_file(source.path.parent, mnist()))
    for part, number in (("train", 5), ("val", 0), ("test", 3)):
        label = downloads.CLASSES[int(arrays[f"{part}_labels"][number, 0])]
        path = source.path / part / label / f"{part}-{number:05}.png"
        written = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(written, arrays[f"{part}_images"][number])


def test_a_source_goes_with_its_files_when_it_is_removed(server: Served, cxr_dirs: Path) -> None:
    add(MNIST)
    sources.remove_source("PneumoniaMNIST 28 px")
    assert left(cxr_dirs) == [] and names() == ["phantom"]


def test_without_the_licence_accepted_nothing_is_asked_for(server: Served) -> None:
    with pytest.raises(CxrError, match=r"licensed under CC BY 4\.0 .* Accept the licence"):
        downloads.add(KERMANY, False, lambda *what: None)
    assert not server.asked


def test_an_interrupted_download_goes_on_and_tells_what_is_there(
    server: Served, cxr_dirs: Path
) -> None:
    row = downloads.DATASETS[KERMANY]
    server.cuts, server.statuses = [1000], [200, 404]
    with pytest.raises(CxrError, match=r"answered 404 Not Found\. 0\.0 MB are kept: try again"):
        add(KERMANY)
    assert downloads.there(row) == 1000 and names() == ["phantom"]
    server.sent = 0
    add(KERMANY)
    assert server.sent == row.bytes - 1000 and downloads.there(row) == 0


def test_what_is_there_can_be_discarded(server: Served, cxr_dirs: Path) -> None:
    server.cuts, server.statuses = [1000], [200, 404]
    with pytest.raises(CxrError):
        add(KERMANY)
    downloads.discard(KERMANY)
    assert left(cxr_dirs) == []


def test_a_file_put_there_by_hand_needs_no_server(server: Served) -> None:
    put(downloads.place_of(downloads.DATASETS[KERMANY]), kermany())
    assert add(KERMANY).name == "Kermany originals" and not server.asked


def test_a_wrong_file_put_there_by_hand_is_downloaded_anew(server: Served) -> None:
    put(downloads.place_of(downloads.DATASETS[KERMANY]), b"another file")
    assert add(KERMANY).name == "Kermany originals" and len(server.asked) == 1


def test_another_hash_adds_nothing(server: Served, cxr_dirs: Path) -> None:
    server.files["/mirror/ChestXRay2017.zip"] = b"PK another archive"
    with pytest.raises(CxrError, match=r"has the sha256 .*; expected was .* It was removed"):
        add(KERMANY)
    assert left(cxr_dirs) == [] and names() == ["phantom"]


def test_stopping_while_it_is_unpacked_leaves_the_checked_file_alone(
    server: Served, cxr_dirs: Path
) -> None:
    def stop(done: int, total: int, what: str) -> None:
        if what == "Writing the pictures":
            raise Cancelled

    with pytest.raises(Cancelled):
        downloads.add(MNIST, True, stop)
    assert left(cxr_dirs) == ["pneumoniamnist.npz"] and names() == ["phantom"]
    add(MNIST)
    assert len(server.asked) == 1


def test_adding_it_twice_finds_it(server: Served) -> None:
    assert add(MNIST) == add(MNIST) and len(server.asked) == 1


def test_a_disk_without_room_for_both_is_told_before_anything_comes(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=90_000))
    with pytest.raises(CxrError, match=r"Kermany originals needs .* CXR_DATA_DIR to a larger disk"):
        add(KERMANY)
    assert not server.asked


BYTES = np.zeros((6, 28, 28), dtype=np.uint8)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"val_images": None}, "val_images"),
        ({"train_images": BYTES[:5]}, r"train_images is uint8 \(5, 28, 28\) for 6 labels"),
        ({"train_images": BYTES.astype(float)}, "train_images is float64"),
        ({"train_images": np.asfortranarray(BYTES + np.uint8(1))}, "by columns"),
        ({"train_labels": np.full((6, 1), 7, dtype=np.uint8)}, r"the classes \[7\]"),
        ({"train_labels": np.array([{}] * 6)}, "array of object"),
    ],
)
def test_arrays_of_another_kind_are_named_and_leave_nothing(
    changed: dict[str, np.ndarray | None],
    said: str,
    server: Served,
    cxr_dirs: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = mnist(**changed)
    let_be_original(monkeypatch, MNIST, content)
    server.files["/mirror/pneumoniamnist.npz"] = content
    with pytest.raises(CxrError, match=f"Expected MedMNIST's file: .* does not fit: .*{said}"):
        add(MNIST)
    assert left(cxr_dirs) == ["pneumoniamnist.npz"] and names() == ["phantom"]


@pytest.mark.parametrize("keep", [0.4, 0.0])
def test_arrays_cut_short_are_told(keep: float, tmp_path: Path) -> None:
    whole = mnist()
    file = _file(tmp_path, whole[: int(len(whole) * keep)])
    with pytest.raises(CxrError, match="does not fit"):
        medmnist.unpack(file, tmp_path / "out", downloads.CLASSES, lambda *what: None)


def test_the_table_names_licence_citation_and_one_hash_for_each() -> None:
    for name, row in downloads.DATASETS.items():
        assert name == name.lower() and row.licence == "CC BY 4.0" and "doi" in row.citation
        lengths = (len(row.sha256), len(row.md5))
        assert lengths in ((64, 0), (0, 32)) and row.url.startswith("https://")
        assert 0 < row.bytes < row.unpacked * 1.1
    with pytest.raises(NotFound, match="Choose one of: kermany, pneumoniamnist_28"):
        downloads.find("chexpert")


def _file(folder: Path, content: bytes) -> Path:
    path = folder / f"{hashlib.md5(content).hexdigest()}.npz"
    return put(path, content)
