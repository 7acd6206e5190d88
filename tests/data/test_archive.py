"""A ZIP from a stranger is unpacked whole, or not at all."""

import errno
import shutil
import stat
import tomllib
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from engine.data import archive
from engine.words.errors import CxrError
from engine.words.settings import settings
from tests.conftest import REPOSITORY
from tests.data.made import picture, zip_of

pytestmark = pytest.mark.usefixtures("cxr_dirs")
GOOD = {"chest/NORMAL/a.png": picture(1), "chest/SICK/b.png": picture(2)}


def refused(data: BytesIO, home: Path, words: str) -> None:
    """Check that the ZIP is refused with these words and that nothing is left, in or out."""
    with pytest.raises(CxrError, match=words):
        archive.extract(data, home / "in" / "target")
    assert not list((home / "in").iterdir())
    assert {path.name for path in home.iterdir()} == {"in"}


def with_flag(data: BytesIO, flag: int) -> BytesIO:
    """Set a general-purpose flag of the first entry, in both of its headers."""
    raw = bytearray(data.getvalue())
    raw[6] |= flag
    raw[raw.index(b"PK\x01\x02") + 8] |= flag
    return BytesIO(bytes(raw))


def test_files_land_in_their_place(tmp_path: Path):
    target = archive.extract(zip_of(GOOD), tmp_path / "new" / "target")
    for name, data in GOOD.items():
        assert (target / name).read_bytes() == data
    assert [path.name for path in target.parent.iterdir()] == ["target"]


def test_path_and_stream_are_both_accepted(tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of(GOOD).getvalue())
    assert (archive.extract(path, tmp_path / "target") / "chest").is_dir()


def test_hidden_and_system_files_stay_out(tmp_path: Path):
    extra = ("__MACOSX/chest/a.png", "chest/.DS_Store", "chest/NORMAL/._a.png", ".git/config")
    target = archive.extract(zip_of(GOOD | dict.fromkeys(extra, b"x")), tmp_path / "t")
    files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert files == set(GOOD)


def test_zip_inside_is_not_unpacked(tmp_path: Path):
    target = archive.extract(zip_of(GOOD | {"more.zip": zip_of(GOOD).read()}), tmp_path / "t")
    assert zipfile.is_zipfile(target / "more.zip")


@pytest.mark.parametrize(
    "name",
    [
        *("../evil.png", "chest/../../evil.png", "/etc/evil.png", "C:/evil.png", "C:evil.png"),
        *("..\\evil.png", "\\\\server\\evil.png", "a/..", "//evil.png"),
    ],
)
def test_path_out_of_the_folder_is_refused(tmp_path: Path, name: str):
    refused(zip_of(GOOD | {name: b"x"}), tmp_path, "outside its folder")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_link_or_device_is_refused(tmp_path: Path, kind: int):
    entry = zipfile.ZipInfo("chest/NORMAL/link.png")
    entry.external_attr = (kind | 0o777) << 16
    data = zip_of(GOOD)
    with zipfile.ZipFile(data, "a") as opened:
        opened.writestr(entry, "/etc/passwd")
    refused(data, tmp_path, "link or device")


def test_encrypted_is_refused(tmp_path: Path):
    refused(with_flag(zip_of(GOOD), 1), tmp_path, "without a password")


def test_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(archive, "_write", lambda *_: pytest.fail("unpacked"))
    refused(zip_of({"NORMAL/a.png": bytes(30_000_000)}), tmp_path, "times its size")


def test_size_limit_is_a_setting(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("CXR_MAX_ARCHIVE_MB", "1")
    noise = picture(1, 1100)
    refused(zip_of({"NORMAL/a.png": noise, "SICK/b.png": noise}), tmp_path, "CXR_MAX_ARCHIVE_MB")


def test_lying_size_is_refused(tmp_path: Path):
    raw = bytearray(zip_of({"NORMAL/a.png": b"x" * 1000}, zipfile.ZIP_STORED).getvalue())
    for place in (22, raw.index(b"PK\x01\x02") + 24):  # the unpacked size in both headers
        raw[place : place + 4] = (10).to_bytes(4, "little")
    refused(BytesIO(bytes(raw)), tmp_path, "damaged|long")


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_ENTRIES", 3)
    refused(zip_of({f"N/{number}.png": b"x" for number in range(4)}), tmp_path, "entries")


@pytest.mark.parametrize("keep", [0, 10, 200, -30])
def test_cut_short_or_no_zip_is_refused(tmp_path: Path, keep: int):
    refused(BytesIO(zip_of(GOOD).getvalue()[:keep]), tmp_path, "Expected a ZIP")


def test_damaged_content_is_refused(tmp_path: Path):
    raw = bytearray(zip_of(GOOD, zipfile.ZIP_STORED).getvalue())
    raw[100] ^= 255
    refused(BytesIO(bytes(raw)), tmp_path, "damaged")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["N/a.png", "N/A.PNG"])
def test_two_files_of_one_name_are_refused(tmp_path: Path, second: str):
    data = zip_of({"N/a.png": b"1"})
    with zipfile.ZipFile(data, "a") as opened:
        opened.writestr(second, b"2")
    refused(data, tmp_path, "same name")


def test_file_that_is_also_a_folder_is_refused(tmp_path: Path):
    refused(zip_of({"N/a": b"1", "N/a/b.png": b"2"}), tmp_path, "a file and a folder")


def test_name_too_long_for_the_disk_is_refused(tmp_path: Path):
    refused(zip_of({f"N/{'胸' * 90}.png": b"1"}), tmp_path, "too long")


def test_other_alphabets_survive(tmp_path: Path):
    target = archive.extract(zip_of({"НОРМА/胸部 é.png": b"1"}), tmp_path / "t")
    assert (target / "НОРМА" / "胸部 é.png").exists()


def test_disk_with_too_little_room_is_said(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    refused(zip_of(GOOD), tmp_path, "CXR_DATA_DIR")


def test_disk_that_fills_up_is_said(tmp_path: Path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive, "_write", full)
    refused(zip_of(GOOD), tmp_path, "disk is full")


def test_path_of_too_many_folders_is_refused(tmp_path: Path):
    refused(zip_of({"a/" * 600 + "b.png": b"1"}), tmp_path, "too long")


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_damage_of_each_compression_is_one_clear_error(tmp_path: Path, way: int):
    raw = bytearray(zip_of(GOOD, way).getvalue())
    raw[200:230] = bytes(30)
    refused(BytesIO(bytes(raw)), tmp_path, "damaged")


@pytest.mark.parametrize("size", [2**31, 70 * 2**20])
def test_a_list_of_entries_that_fills_the_memory_is_not_read(tmp_path: Path, size: int):
    raw = bytearray(zip_of(GOOD).getvalue())
    place = raw.rindex(b"PK\x05\x06")
    raw[place + 12 : place + 16] = size.to_bytes(4, "little")
    refused(BytesIO(bytes(raw)), tmp_path, "too many entries")


def test_random_damage_never_raises_anything_else(tmp_path: Path):
    random = np.random.default_rng(4)
    raw = zip_of(GOOD).getvalue()
    for number in range(120):
        damaged = bytearray(raw)
        for place in random.integers(len(raw) - 260 if number % 2 else 0, len(raw), 3):
            damaged[place] = random.integers(256)
        try:
            archive.extract(BytesIO(bytes(damaged)), tmp_path / "in" / str(number))
        except CxrError:
            assert not list((tmp_path / "in").glob(".tmp-*"))


def test_names_are_listed_without_unpacking(tmp_path: Path):
    data = zip_of(GOOD | {"__MACOSX/chest/a.png": b"x"})
    assert archive.names(data) == list(GOOD)
    with pytest.raises(CxrError, match="outside its folder"):
        archive.names(zip_of({"../a.png": b"x"}))


def test_an_upload_may_not_be_larger_than_what_is_unpacked():
    config = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text())
    assert config["server"]["maxUploadSize"] <= settings().max_archive_megabytes


def test_a_name_in_a_message_cannot_be_a_link_or_a_picture(tmp_path: Path):
    with pytest.raises(CxrError) as found:
        archive.names(zip_of({"../![x](http://far.away/x.png)": b"x"}))
    assert not set(str(found.value)) & set("![]()<>`*")
