"""Files to ask about come from folders, ZIPs and uploads; nothing is unpacked, nothing is lost."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from engine.data import archive, given
from engine.words.errors import CxrError, UnreadableImage
from tests.data.made import picture, zip_of

pytestmark = pytest.mark.usefixtures("cxr_dirs")


def names(found: given.Given) -> list[str]:
    return [name for name, _ in found.files]


def test_a_folder_is_walked_and_hidden_files_are_not_seen(tmp_path: Path) -> None:
    for name in ("b.png", "a/deep/c.JPG", "a/1.2.840.113", "scan", ".hidden.png", ".git/x.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / "labels.csv").write_text("file,label")
    found = given.in_folder(tmp_path)
    assert sorted(names(found)) == ["a/1.2.840.113", "a/deep/c.JPG", "b.png", "scan"]
    assert found.left_out == 1
    assert all(read().decode() == name for name, read in found.files)


def test_a_zip_is_read_in_its_place(tmp_path: Path) -> None:
    data = zip_of({"x/a.png": b"1", "x/b.png": b"22", "x/notes.txt": b"3", "__MACOSX/c.png": b"4"})
    (tmp_path / "set.zip").write_bytes(data.getvalue())
    found = given.from_paths([tmp_path / "set.zip"])
    assert names(found) == [f"{tmp_path}/set.zip/x/a.png", f"{tmp_path}/set.zip/x/b.png"]
    assert [read() for _, read in found.files] == [b"1", b"22"]
    assert found.left_out == 1
    assert [path.name for path in tmp_path.iterdir()] == ["set.zip"]


def test_an_uploaded_folder_is_sifted_as_one_of_the_disk() -> None:
    names_ = ["set/a.png", "set/.DS_Store", "set/.git/b.png", "set/notes.txt", "set/deep/IM0001"]
    found = given.from_uploads([(name, b"1") for name in names_], whole_folder=True)
    assert names(found) == ["set/a.png", "set/deep/IM0001"] and found.left_out == 1
    with pytest.raises(CxrError, match="found none"):
        given.from_uploads([("set/.DS_Store", b"1")], whole_folder=True)


def test_what_is_damaged_in_a_zip_costs_only_itself() -> None:
    data = bytearray(
        zip_of({"a.png": picture(1), "b.png": picture(2)}, zipfile.ZIP_STORED).getvalue()
    )
    data[100] ^= 255
    (_, first), (_, second) = given.from_uploads([("set.zip", bytes(data))]).files
    with pytest.raises(UnreadableImage, match="damaged within its ZIP"):
        first()
    assert second() == picture(2)


def test_a_lying_size_fills_no_memory() -> None:
    raw = bytearray(zip_of({"a.png": b"x" * 1000}, zipfile.ZIP_STORED).getvalue())
    for place in (22, raw.index(b"PK\x01\x02") + 24):
        raw[place : place + 4] = (10).to_bytes(4, "little")
    ((_, read),) = given.in_zip(BytesIO(bytes(raw))).files
    with pytest.raises(UnreadableImage):
        read()


def test_a_large_file_in_a_zip_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_MAX_PIXELS", "100")
    ((_, read),) = given.in_zip(zip_of({"a.png": bytes(2**20 + 801)})).files
    with pytest.raises(UnreadableImage, match="1,049,377 bytes, at most 1,049,376"):
        read()


@pytest.mark.parametrize("data", [b"no ZIP", zip_of({"../a.png": b"1"}).getvalue()])
def test_a_refused_zip_stops_alone_and_is_one_row_among_others(data: bytes) -> None:
    with pytest.raises(CxrError):
        given.from_uploads([("bad.zip", data)])
    found = given.from_uploads([("bad.zip", data), ("good.png", b"1")])
    assert names(found) == ["bad.zip", "good.png"]
    with pytest.raises(UnreadableImage, match="ZIP"):
        found.files[0][1]()


def test_nothing_to_ask_about_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(CxrError, match="found none, only 1 of other kinds"):
        given.from_paths([tmp_path])
    with pytest.raises(CxrError, match=r"in the ZIP; found none\."):
        given.in_zip(zip_of({}))
    with pytest.raises(CxrError, match="there is no folder"):
        given.in_folder(tmp_path / "nowhere")


def test_the_zips_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 1)
    with pytest.raises(CxrError, match="entries"):
        given.in_zip(zip_of({"a.png": b"1", "b.png": b"2"}))
