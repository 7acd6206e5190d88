"""`predict` on folders and ZIP files: a row each, a table to keep, nothing lost on the way."""

import json
import os
import shutil
import signal
from pathlib import Path

import cv2
import pandas as pd
import pytest

from engine.cli import main
from engine.data import sources
from engine.vision.phantom import draw
from tests.data.made import zip_of
from tests.pages import little_showcase


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path, empty_database: Path) -> Path:
    """Tiny runs as the showcase, and a folder of chests with a hostile file in it."""
    folder = tmp_path_factory.mktemp("predicting")
    (folder / "models").mkdir()
    shutil.copy(empty_database, folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("data", "models", "showcase"):
            patch.setenv(f"CXR_{name.upper()}_DIR", str(folder / name))
        little_showcase.build(folder / "showcase", sources.open_source(tiny_folder))
    for seed in range(3):
        place = folder / "films" / f"{seed}" / "=film.png"
        place.parent.mkdir(parents=True)
        cv2.imwrite(str(place), draw(seed, "normal", 64).image)
    (folder / "films" / "broken.png").write_text("no picture")
    (folder / "films" / "labels.csv").write_text("none")
    return folder


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    for name in ("data", "models", "showcase"):
        monkeypatch.setenv(f"CXR_{name.upper()}_DIR", str(home / name))


def test_a_folder_becomes_a_table_and_heat_maps(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    films, out, heat = home / "films", tmp_path / "answers.csv", tmp_path / "maps"
    given = ["predict", "TINY", str(films), "--out", str(out), "--heat", str(heat), "--json"]
    assert main(given) == 1  # one file cannot be read
    captured = capsys.readouterr()
    value = json.loads(captured.out)
    assert [row["file"] for row in value["images"]] == [f"{films}/{n}/=film.png" for n in range(3)]
    assert value["unreadable"][0]["file"] == f"{films}/broken.png"
    assert (value["left_out"], value["stopped"]) == (1, False)
    table = pd.read_csv(out, keep_default_na=False)
    assert list(table["file"]) == [f"{films}/broken.png", *(row["file"] for row in value["images"])]
    drawn = sorted(path.name for path in heat.glob("*")) if heat.exists() else []
    assert drawn == [row["heat_map"] for row in value["images"] if row["heat_map"].endswith("jpg")]
    assert "broken.png" in captured.err


def test_a_zip_says_the_same_as_its_folder(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = sorted((home / "films").rglob("=*.png"))
    archive = tmp_path / "films.zip"
    archive.write_bytes(
        zip_of({f"{path.parent.name}.png": path.read_bytes() for path in paths}).getvalue()
    )
    rows = []
    for given in ([str(archive)], list(map(str, paths))):
        assert main(["predict", "KINDS", *given, "--json"]) == 0
        rows.append([row["scores"] for row in json.loads(capsys.readouterr().out)["images"]])
    assert len(rows[0]) == 3
    for packed, loose in zip(*rows, strict=True):
        assert packed == pytest.approx(loose)
    assert [path.name for path in tmp_path.iterdir()] == ["films.zip"]


def test_any_method_with_its_settings_draws_the_maps(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, out = str(home / "films" / "0" / "=film.png"), str(tmp_path / "map.png")
    cam = ["cam", "TINY", image, "--out", out, "--json", "--method"]
    seen = []
    for method in ("gradcam", "scorecam:max_n=3", "smoothgrad:samples=2,noise=0.3"):
        assert main([*cam, method]) == 0
        seen.append(json.loads(capsys.readouterr().out))
    assert [value["method"] for value in seen] == ["gradcam", "scorecam", "smoothgrad"]
    assert seen[1]["settings"] == {"max_n": 3}
    assert seen[2]["settings"] == {"samples": 2, "noise": 0.3, "seed": 0}
    assert seen[2]["layer"] is None and seen[0]["layer"] == seen[1]["layer"]
    assert main([*cam, "layercam", "--layer", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["layer"] == 2
    for words, wrong in {
        "no method 'tea'": "tea",
        "between 1 and 64": "scorecam:max_n=1280",
        "looks like KEY=NUMBER, got 'many'": "scorecam:many",
    }.items():
        assert main([*cam, wrong]) == 1
        assert words in capsys.readouterr().err
    heat = tmp_path / "maps"
    given = ["predict", "TINY", image, "--heat", str(heat), "--method", "saliency"]
    assert main(given) == 0
    assert len(list(heat.glob("*.jpg"))) == 1


def test_one_image_is_told_in_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = home / "films" / "0" / "=film.png"
    assert main(["predict", "TINY", str(image)]) == 0
    line = capsys.readouterr().out.strip()
    assert line.startswith(f"{image}: ") and "NORMAL 0." in line and "\n" not in line


def test_ctrl_c_keeps_what_is_done(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from engine.explaining import batch

    whole = batch.predict

    def interrupted(*given: object) -> object:
        scores = whole(*given)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGINT)
        return scores

    monkeypatch.setattr(batch, "CHUNK", 2)
    monkeypatch.setattr(batch, "predict", interrupted)
    out = tmp_path / "answers.csv"
    before = signal.getsignal(signal.SIGINT)
    assert main(["predict", "TINY", str(home / "films"), "--out", str(out)]) == 1
    assert "stopped after" in capsys.readouterr().out
    assert 0 < len(pd.read_csv(out)) < 4
    assert signal.getsignal(signal.SIGINT) is before


def test_what_cannot_be_asked_is_said(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.zip").write_text("no ZIP")
    for words, given in {
        "must end with .csv": [str(home / "films"), "--out", "x.txt"],
        "Expected images in the folder": [str(tmp_path / "empty")],
        "Expected a ZIP file": [str(tmp_path / "bad.zip")],
        "None of the images can be read": [str(tmp_path / "nowhere.png")],
    }.items():
        assert main(["predict", "TINY", *given]) == 1
        captured = capsys.readouterr()
        assert words in captured.err and "Traceback" not in captured.err and not captured.out
