"""`means`: the mean heat map of every cell as a picture, with its sentence."""

import json
import shutil
from pathlib import Path

import cv2
import pytest

from engine.cli import main
from engine.data import sources
from tests.pages import little_showcase


@pytest.fixture
def home(cxr_dirs: Path, tiny_folder: Path, empty_database: Path) -> Path:
    """Tiny runs as the showcase, on 48 X-rays that are here."""
    shutil.copy(empty_database, cxr_dirs / "models")
    shutil.copytree(tiny_folder, cxr_dirs / "lungs")
    source = sources.register_folder("lungs", cxr_dirs / "lungs")
    little_showcase.build(cxr_dirs / "showcase", sources.open_source(source.name))
    return cxr_dirs


def test_every_class_and_cell_gets_a_picture(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "lungs" / "test" / "NORMAL" / "IM-0005-0001.png").write_text("no picture")
    arguments = ["--out", str(tmp_path / "out"), "--threshold", "0", "--images", "5", "--json"]
    assert main(["means", "TINY", *arguments]) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert found["class"] == "PNEUMONIA"
    assert set(found["groups"]) == {"all0", "0-1", "all1", "1-1"}  # at 0 all are called pneumonia
    for group in found["groups"].values():
        assert group["of"] == 8
        assert group["images"] <= 5
        assert cv2.imread(group["out"]).shape == (448, 448, 3)
        total = sum(map(sum, group["ninths"]))
        assert total == pytest.approx(1) or group["empty"] == group["images"]
    left_out = "left out: test/NORMAL/IM-0005-0001.png" in told.err
    assert left_out == (found["groups"]["all0"]["images"] == 4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--images", "0"], "--images must lie between 1 and"),
        (["--class", "FLU"], "--class must be one of NORMAL, PNEUMONIA"),
        (["--threshold", "2"], "--threshold must lie between 0 and 1"),
        (["--method", "guess"], "guess"),
    ],
)
def test_wrong_arguments_are_one_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["means", "TINY", "--out", str(tmp_path), *arguments]) == 1
    assert said in capsys.readouterr().err.strip().splitlines()[-1]
