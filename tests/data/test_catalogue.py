"""One table for every source; a bad file costs only itself."""

import os
from pathlib import Path

import pytest

from engine.data import index, scanning
from engine.data.catalogue import build_catalogue
from engine.vision.decoding import decode
from engine.words.errors import CxrError
from engine.words.files import digest
from tests.data.made import picture, two_classes, write

pytestmark = pytest.mark.usefixtures("cxr_dirs")


def reasons(catalogue):
    return dict(zip(catalogue.unreadable["file"], catalogue.unreadable["reason"], strict=True))


def test_kermany_layout(tiny_folder: Path):
    images = build_catalogue("tiny", tiny_folder).images
    assert len(images) == 48
    assert images.groupby(["split", "kind"]).size().to_dict() == {
        ("test", "bacterial"): 4,
        ("test", "normal"): 8,
        ("test", "viral"): 4,
        ("train", "bacterial"): 8,
        ("train", "normal"): 16,
        ("train", "viral"): 8,
    }
    row = images[images["file"] == "test/PNEUMONIA/person5_virus_11.png"].iloc[0]
    assert (row["patient"], row["label"], row["kind"]) == ("virus-5", "PNEUMONIA", "viral")
    assert (row["width"], row["height"], row["format"], row["mode"]) == (32, 32, "PNG", "L")
    data = (tiny_folder / row["file"]).read_bytes()
    assert (row["image_id"], row["bytes"]) == (digest(data), len(data))


def test_flat_layout_has_no_split_and_own_patients(tmp_path: Path):
    images = build_catalogue("flat", two_classes(tmp_path / "flat")).images
    assert set(images["split"]) == {""}
    assert (images["patient"] == images["image_id"]).all()


@pytest.mark.parametrize(("folder", "split"), [("val", "validation"), ("Training", "train")])
def test_split_folders_by_other_names(tmp_path: Path, folder, split):
    images = build_catalogue("other", two_classes(tmp_path / "x" / folder).parent).images
    assert set(images["split"]) == {split}


def test_wrapping_folders_are_skipped(tmp_path: Path):
    two_classes(tmp_path / "outer" / "chest" / "chest" / "train")
    catalogue = build_catalogue("wrapped", tmp_path / "outer")
    assert set(catalogue.images["split"]) == {"train"}
    assert (catalogue.root / catalogue.images["file"][0]).is_file()


def test_class_names_are_upper_case_and_normal_comes_first(tmp_path: Path):
    root = write(tmp_path, {"covid/a.png": picture(1), "Normal/b.png": picture(2)})
    catalogue = build_catalogue("case", root)
    assert catalogue.classes("labels") == ("NORMAL", "COVID")
    assert list(catalogue.targets("labels")) == ["NORMAL", "COVID"]


def test_three_classes_come_from_kinds(tiny_folder: Path):
    catalogue = build_catalogue("tiny", tiny_folder)
    assert catalogue.classes("kinds") == ("NORMAL", "BACTERIAL", "VIRAL")
    assert set(catalogue.targets("kinds")) == {"NORMAL", "BACTERIAL", "VIRAL"}


def test_three_classes_need_kinds(tmp_path: Path):
    catalogue = build_catalogue("flat", two_classes(tmp_path))
    with pytest.raises(CxrError, match="Choose the task 'labels'"):
        catalogue.targets("kinds")


def test_three_classes_need_all_three(tmp_path: Path):
    names = ("NORMAL/IM-0001-0001.png", "SICK/person1_virus_1.png")
    root = write(tmp_path, {name: picture(seed) for seed, name in enumerate(names)})
    with pytest.raises(CxrError, match="no BACTERIAL"):
        build_catalogue("two", root).classes("kinds")


def test_one_class_only_is_listed_but_is_no_task(tmp_path: Path):
    catalogue = build_catalogue("one", write(tmp_path, {"NORMAL/a.png": picture()}))
    with pytest.raises(CxrError, match="only NORMAL"):
        catalogue.classes("labels")


@pytest.mark.parametrize(
    "files", [{}, {"a.txt": b"x"}, {"NORMAL/.hidden.png": picture()}, {"loose.png": picture()}]
)
def test_folder_without_images_is_refused(tmp_path: Path, files):
    with pytest.raises(CxrError, match="Expected folders"):
        build_catalogue("empty", write(tmp_path, files))


def test_missing_folder_is_refused(tmp_path: Path):
    with pytest.raises(CxrError, match="no folder"):
        build_catalogue("gone", tmp_path / "gone")


def test_unreadable_files_are_listed_with_reasons(tmp_path: Path):
    jpeg = picture(5, 64, ".jpg")
    root = write(
        two_classes(tmp_path),
        {
            "NORMAL/cut.jpg": jpeg[: len(jpeg) // 2],
            "NORMAL/notes.png": b"only text",
            "NORMAL/empty.png": b"",
            "NORMAL/dot.png": picture(1, 1),
            "NORMAL/list.csv": b"a,b",
            "loose.png": picture(9),
        },
    )
    catalogue = build_catalogue("mixed", root)
    assert len(catalogue.images) == 6
    found = reasons(catalogue)
    assert "truncated" in found["NORMAL/cut.jpg"]
    assert "not a JPEG" in found["NORMAL/notes.png"]
    assert "empty" in found["NORMAL/empty.png"]
    assert "1 x 1" in found["NORMAL/dot.png"]
    assert "does not end in" in found["NORMAL/list.csv"]
    assert "no class folder" in found["loose.png"]


def test_only_bad_files_say_the_first_reason(tmp_path: Path):
    with pytest.raises(CxrError, match=r"NORMAL/a\.png: The content is not a JPEG"):
        build_catalogue("bad", write(tmp_path, {"NORMAL/a.png": b"text"}))


def test_masks_and_system_files_are_no_part(tmp_path: Path):
    extra = ("masks/train/a.png", "__MACOSX/NORMAL/a.png", "NORMAL/Thumbs.db", "NORMAL/._n0.png")
    root = write(two_classes(tmp_path), {name: picture() for name in extra})
    catalogue = build_catalogue("extra", root)
    assert len(catalogue.images) == 6
    assert catalogue.unreadable.empty


def test_other_alphabets_and_long_names(tmp_path: Path):
    names = ("НОРМА/снимок 胸部 é.png", f"SICK/{'x' * 240}.png")
    root = write(tmp_path, {name: picture(seed) for seed, name in enumerate(names)})
    catalogue = build_catalogue("names", root)
    assert set(catalogue.images["file"]) == set(names)
    assert build_catalogue("names", root).hash == catalogue.hash


def test_name_that_is_no_text_is_listed(tmp_path: Path):
    root = two_classes(tmp_path)
    path = os.fsencode(root / "NORMAL") + b"/bad\xff.png"
    try:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(picture())
    except OSError:
        pytest.skip("this file system takes only Unicode names")
    catalogue = build_catalogue("bytes", root)
    assert any("Unicode" in reason for reason in catalogue.unreadable["reason"])
    assert len(build_catalogue("bytes", root).images) == 6


def test_links_are_followed_but_not_in_circles(tmp_path: Path):
    root = two_classes(tmp_path / "root")
    try:
        (root / "NORMAL" / "again").symlink_to(root, target_is_directory=True)
        (root / "NORMAL" / "gone.png").symlink_to(root / "nothing.png")
    except OSError:
        pytest.skip("no symbolic links here")
    catalogue = build_catalogue("links", root)
    assert len(catalogue.images) == 6
    assert "leads nowhere" in reasons(catalogue)["NORMAL/gone.png"]


def test_same_image_twice_is_two_rows_with_one_id(tmp_path: Path):
    root = write(two_classes(tmp_path), {"NORMAL/copy.png": picture(0)})
    images = build_catalogue("copies", root).images
    assert images["image_id"].duplicated().sum() == 1


def test_hash_follows_content_and_names_alone(tmp_path: Path):
    one = build_catalogue("one", two_classes(tmp_path / "one"))
    two = build_catalogue("two", two_classes(tmp_path / "two"))
    assert one.hash == two.hash
    (two.root / "NORMAL" / "n0.png").write_bytes(picture(77))
    assert build_catalogue("two", two.root).hash != one.hash
    (one.root / "NORMAL" / "n0.png").rename(one.root / "NORMAL" / "n9.png")
    assert build_catalogue("one", one.root).hash != one.hash


def test_unchanged_files_are_not_opened_again(tmp_path: Path, monkeypatch):
    root = write(two_classes(tmp_path), {"NORMAL/bad.png": b"text"})
    first = build_catalogue("twice", root)
    monkeypatch.setattr(scanning, "load", lambda *_: pytest.fail("opened again"))
    second = build_catalogue("twice", root)
    assert second.hash == first.hash
    assert second.images.equals(first.images)
    assert second.unreadable.equals(first.unreadable)


def test_only_changed_files_are_opened(tmp_path: Path, monkeypatch):
    root = two_classes(tmp_path)
    build_catalogue("some", root)
    write(root, {"NORMAL/new.png": picture(50)})
    (root / "PNEUMONIA" / "s0.png").unlink()
    opened = []
    monkeypatch.setattr(scanning, "load", lambda data: opened.append(1) or _load(data))
    catalogue = build_catalogue("some", root)
    assert len(opened) == 1
    assert "NORMAL/new.png" in set(catalogue.images["file"])
    assert "PNEUMONIA/s0.png" not in set(catalogue.images["file"])


def test_damaged_index_is_read_anew(tmp_path: Path, cxr_dirs: Path):
    root = two_classes(tmp_path)
    first = build_catalogue("index", root)
    for path in (cxr_dirs / "models" / "cache" / "catalogues").iterdir():
        path.write_bytes(b"nonsense")
    assert index.find(first.hash) == []
    assert build_catalogue("index", root).hash == first.hash
    assert index.find(first.hash)[0].root == root.resolve()


def test_progress_counts_to_the_end(tmp_path: Path):
    seen = []
    build_catalogue("seen", two_classes(tmp_path), progress=lambda *step: seen.append(step))
    assert seen[-1] == (6, 6, "reading images")


def test_real_images(kermany: Path):
    catalogue = build_catalogue("real", kermany)
    counts = catalogue.images.groupby(["split", "kind"]).size().to_dict()
    assert counts == {
        ("test", "bacterial"): 242,
        ("test", "normal"): 234,
        ("test", "viral"): 148,
        ("train", "bacterial"): 2530,
        ("train", "normal"): 1341,
        ("train", "viral"): 1345,
    }
    assert catalogue.unreadable.empty
    train = catalogue.images[catalogue.images["split"] == "train"]
    assert train["patient"].duplicated(keep=False).sum() == 2205


def _load(data):
    from engine.vision.decoding import load

    assert decode(data).ndim == 2
    return load(data)
