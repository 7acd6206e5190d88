"""The command line: JSON on stdout, one clear line on errors, exit codes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from engine.cli import main
from engine.learning.presets import get_preset
from engine.learning.rules import check
from engine.runs import store
from tests.runs.conftest import make_recipe, write_training

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def home(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Own folders, the CPU, and a showcase run without a model."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    write_training(cxr_dirs / "showcase" / "C2", make_recipe())
    return cxr_dirs


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> object:
    """Run a command that works and read its JSON."""
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def error(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that fails: exit code 1, nothing on stdout, the error in one line."""
    assert main(list(map(str, arguments))) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    last = captured.err.strip().splitlines()[-1]
    assert last.startswith("error: ") and "Traceback" not in captured.err
    return last


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from engine.cli import parser; parser().format_help(); "
        "assert not {'mlflow', 'tensorflow', 'keras', 'pandas', 'cv2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, timeout=300)


def test_presets_are_listed_with_their_recipes(capsys: pytest.CaptureFixture[str]) -> None:
    rows = answer(capsys, "presets")
    assert isinstance(rows, list)
    assert {"C1", "C2", "D1", "D4"} <= {row["name"] for row in rows}
    assert all(row["recipe"]["epochs"] > 0 for row in rows)


def test_summary_counts_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "summary", "D1")
    assert isinstance(found, dict)
    assert (found["total"], found["input_shape"]) == (464001, [180, 180, 1])
    assert found["trainable"] == found["total"] and found["by_phase"] == [464001]


def test_data_counts_and_names_what_is_wrong(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "chest ü"
    image = np.arange(32 * 32, dtype=np.uint8).reshape(32, 32)
    for name in ("NORMAL/IM-0001-0001.png", "PNEUMONIA/person1_virus_2.png"):
        path = folder / "train" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), image)
    (folder / "train" / "NORMAL" / "IM-0002-0001.png").write_text("no picture")
    found = answer(capsys, "data", folder)
    assert isinstance(found, dict)
    assert (found["images"], found["splits"], found["kinds"]) == (
        2,
        {"train": 2},
        {"normal": 1, "viral": 1},
    )
    assert len(found["duplicates"]) == 1
    assert found["unreadable"][0]["file"] == "train/NORMAL/IM-0002-0001.png"


def test_quality_counts_flawed_images_and_writes_them(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    ramp = np.tile(np.arange(0, 240, 5, dtype=np.uint8), (48, 1))
    for number, name in enumerate(("NORMAL/a.png", "=SICK/b.png", "=SICK/c.png")):
        path = tmp_path / "chest" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), np.rot90(ramp, number))
    out = tmp_path / "out.csv"
    found = answer(capsys, "quality", tmp_path / "chest", "--csv", out)
    assert isinstance(found, dict)
    assert found["images"] == 3 and 0 <= found["clean"] <= 3
    rows = {(row["flaw"], row["label"]): row["images"] for row in found["counts"]}
    assert rows["Noise", "NORMAL"] == 1 and rows["Noise", "=SICK"] == 2
    table = pd.read_csv(out)
    assert set(table["file"]) == {"NORMAL/a.png", "'=SICK/b.png", "'=SICK/c.png"}  # no formula
    assert table[["noise", "gate"]].notna().all(axis=None)


def test_results_of_a_stored_run(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    (row,) = answer(capsys, "runs")  # type: ignore[misc]
    assert (row["id"], row["status"]) == ("showcase-C2", "finished")
    judged = answer(capsys, "evaluate", "C2", "--threshold", 0.5)
    assert isinstance(judged, dict)
    assert judged["confusion"] == [[1, 0], [0, 1]] and judged["auc"] == 1.0
    for suffix, read in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
        out = tmp_path / f"scores{suffix}"
        answer(capsys, "scores", "C2", "--split", "test", "--out", out)
        columns = "image_id file split label patient kind score_NORMAL score_PNEUMONIA"
        assert list(read(out).columns) == columns.split()


def test_what_a_user_can_get_wrong(
    capsys: pytest.CaptureFixture[str], home: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    text = tmp_path / "text.png"
    text.write_text("no picture")
    tiny = ("--data", tiny_folder)
    for words, arguments in {
        "invalid choice": ["dance"],
        "no preset 'Z9'": ["summary", "Z9"],
        "no data": ["data", "/nowhere"],
        "Expected folders": ["data", tmp_path / "empty"],
        "no preset": ["train", "Z9", *tiny],
        "key=value": ["train", "C2", *tiny, "--set", "epochs"],
        "no key 'epoch'": ["train", "C2", *tiny, "--set", "epoch=3"],
        "from 1 to 1000": ["train", "C2", *tiny, "--set", "epochs=0"],
        "no optimizer 'magic'": ["train", "C2", *tiny, "--set", "optimizer=magic"],
        "no image of class": [
            "train",
            "C2",
            *tiny,
            "--set",
            'split={"kind": "patient", "test": 0.02}',
        ],
        "Only a finished run of your own": ["ship", "C2"],
        "its own argument": ["train", "C2", *tiny, "--set", "data=x"],
        "no run 'nope'": ["evaluate", "nope"],
        "between 0 and 1": ["evaluate", "C2", "--threshold", "7"],
        "not both": ["evaluate", "C2", "--threshold", "0.4", "--rule", "f1"],
        "belongs to a --rule of recall, specificity, cost": ["evaluate", "C2", "--target", "0.9"],
        "no rule 'luck'": ["evaluate", "C2", "--rule", "luck", "--on", "test"],
        "one of NORMAL, PNEUMONIA": ["evaluate", "C2", "--class", "VIRAL"],
        "no predictions for 'train'": ["evaluate", "C2", "--split", "train"],
        ".parquet or .csv": ["scores", "C2", "--out", "x.txt"],
        "no model.keras": ["predict", "C2", text],
        "must end with .png": ["cam", "C2", text, "--out", "x.jpg"],
    }.items():
        assert words in error(capsys, *arguments)
    assert [run.id for run in store.list_runs()] == ["showcase-C2"]


def test_train_predict_and_cam_from_one_end_to_the_other(
    capsys: pytest.CaptureFixture[str], home: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    train = ["train", "C2", "--data", tiny_folder, "--set", "epochs=2", "--set", "size=32"]
    assert main(list(map(str, train))) == 0
    captured = capsys.readouterr()
    run_id, status, first = captured.out.strip().splitlines()[-1].split()[:3]
    assert status == "finished" and first.startswith("test_accuracy=")
    assert captured.out.count("\n") == 1 and "Training" in captured.err
    again = answer(capsys, *train)
    assert isinstance(again, dict) and (again["id"], again["cached"]) == (run_id, True)

    image = next(tiny_folder.rglob("*.png"))
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    assert main(["predict", run_id, str(image), str(bad), "--json"]) == 1  # the good one counts
    found = json.loads(capsys.readouterr().out)
    assert found["unreadable"][0]["file"] == str(bad)
    assert sum(found["images"][0]["scores"].values()) == pytest.approx(1, abs=1e-5)

    drawn = answer(capsys, "cam", run_id[:8], image, "--out", tmp_path / "map.png")
    assert isinstance(drawn, dict) and drawn["class"] in ("NORMAL", "PNEUMONIA")
    picture = cv2.imread(str(tmp_path / "map.png"))
    assert picture is not None and picture.shape == (32, 32, 3)

    assert "there already" in error(capsys, "ship", run_id)
    shutil.rmtree(home / "showcase" / "C2")
    answer(capsys, "ship", run_id, "--source", "Lungs of the course")
    shipped = store.get_run("showcase-C2")
    assert (shipped.recipe, shipped.source) == (store.get_run(run_id).recipe, "Lungs of the course")
    assert main(["evaluate", "C2"]) == 0


def test_results_stand_beside_the_reports(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    recipe = check(get_preset("C2").recipe("0123456789abcdef"))
    write_training(home / "showcase" / "C2", recipe)
    rows = {row["preset"]: row for row in answer(capsys, "results")}
    assert rows["C2"]["reported"]["confusion"] == [[51, 183], [2, 388]]
    assert rows["C2"]["reported"]["accuracy"] == pytest.approx((51 + 388) / 624)
    assert rows["C2"]["ours"]["at 0.5"]["confusion"] == [[1, 0], [0, 1]]
    assert rows["D1"]["ours"] is None
    write_training(home / "showcase" / "C2", recipe.with_setting("epochs", "3"))
    assert {row["preset"]: row["ours"] for row in answer(capsys, "results")}["C2"] is None
