"""The command line adds and removes sources."""

import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.data import sources
from tests.data.made import picture, two_classes, write, zip_of

pytestmark = pytest.mark.usefixtures("cxr_dirs")


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def error(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(list(map(str, arguments))) == 1
    return capsys.readouterr().err.splitlines()[-1]


def test_a_zip_is_added_with_its_patients_and_removed(capsys, tmp_path: Path):
    files = {f"{c}/p{n}_{c}.png": picture(n + len(c)) for n in range(2) for c in ("N", "SICK")}
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of(files | {"N/copy.png": files["N/p0_N.png"]}).read())
    value = answer(capsys, "data", "add", "ward", path, "--patients", r"p(\d+)_")
    assert (value["images"], value["patients"], len(value["dropped"])) == (4, 2, 1)
    assert answer(capsys, "data", "ward")["patients"] == 2
    assert answer(capsys, "data", "remove", "ward")["caches"] == 1
    assert len(sources.list_sources()) == 1


def test_a_folder_and_single_images_are_added(capsys, tmp_path: Path):
    root = two_classes(tmp_path / "x")
    assert answer(capsys, "data", "add", "folder", root)["images"] == 6
    some = [root / "NORMAL" / f"n{n}.png" for n in range(2)]
    assert answer(capsys, "data", "add", "mine", *some, "--class", "NORMAL")["images"] == 2
    other = root / "PNEUMONIA" / "s0.png"
    assert answer(capsys, "data", "add", "mine", other, "--class", "SICK")["images"] == 3


def test_mistakes_are_one_line_and_add_nothing(capsys, tmp_path: Path):
    root = two_classes(tmp_path / "x")
    assert "Expected data SOURCE" in error(capsys, "data", "add", "only")
    assert "Expected data SOURCE" in error(capsys, "data", "phantom", "more")
    assert "there is no" in error(capsys, "data", "add", "a", tmp_path / "gone")
    assert "pattern" in error(capsys, "data", "add", "a", root, "--patients", "(")
    assert "class needs" in error(capsys, "data", "add", "a", root / "NORMAL" / "n0.png")
    bad = write(tmp_path / "bad", {"N/a.png": b"text"})
    assert "none of the 1 files" in error(capsys, "data", "add", "a", bad)
    assert len(sources.list_sources()) == 1


def test_what_cannot_be_used_does_not_take_away_what_was_there(capsys, tmp_path: Path):
    answer(capsys, "data", "add", "mine", *_one(tmp_path, picture(1)), "--class", "NORMAL")
    answer(capsys, "data", "add", "mine", *_one(tmp_path, b"text"), "--class", "NORMAL")
    value = answer(capsys, "data", "mine")
    assert (value["images"], len(value["unreadable"])) == (1, 1)


def test_a_labs_images_are_drawn_and_added(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_PHANTOM_IMAGES", "30")
    made = answer(capsys, "data", "lab", "border", "random")
    assert (made["name"], made["images"]) == ("Lab border at random", 30)
    assert answer(capsys, "data", made["name"])["synthetic"]
    assert "marker, exposure, border" in error(capsys, "data", "lab", "hat")


def _one(folder: Path, data: bytes) -> list[Path]:
    path = folder / "one.png"
    path.write_bytes(data)
    return [path]
