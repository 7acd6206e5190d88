"""The command line's `study`, with fake trainings and once with real ones."""

import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.data.sources import open_source
from engine.runs import groups, local, store, studies

pytestmark = pytest.mark.usefixtures("models")
SMALL = ("--set", "size=32", "--set", "batch=8")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """Run `study` and read its JSON."""
    assert main(["study", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run `study` where it fails, and read the one line."""
    assert main(["study", *arguments]) == 1
    return capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.usefixtures("at_once")
def test_a_sweep_is_worked_through_listed_and_shown(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = ("--over", "epochs=1,2", "--seeds", "2", "--name", "Longer?")
    made = answer(capsys, "sweep", "C2", "--data", str(tiny_folder), *SMALL, *grid)
    assert made["counts"] == {"finished": 4} and made["axes"] == {"epochs": ["1", "2"]}
    assert [(row["epochs"], row["runs"]) for row in made["summary"]] == [("1", 2), ("2", 2)]
    (listed,) = answer(capsys, "list")
    assert (listed["id"], listed["name"], listed["counts"]) == (
        made["id"],
        "Longer?",
        {"finished": 4},
    )
    assert main(["study", "show", "Longer?"]) == 0
    shown = capsys.readouterr().out
    assert "Longer?" in shown and "epochs=2, seed 1" in shown and "4 finished" in shown
    runs = len(store.list_runs())
    again = answer(capsys, "sweep", "C2", "--data", str(tiny_folder), *SMALL, *grid)
    assert [row["run"] for row in again["cells"]] == [row["run"] for row in made["cells"]]
    assert len(store.list_runs()) == runs
    answer(capsys, "delete", made["id"])
    assert [one.id for one in studies.list_studies()] == [again["id"]]


@pytest.mark.usefixtures("at_once")
def test_test_figures_are_shown_when_they_are_asked_for_and_that_is_noted(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = ("--over", "epochs=1,2", "--name", "Blind")
    made = answer(capsys, "sweep", "C2", "--data", str(tiny_folder), *SMALL, *grid)
    assert not made["test"] and not any("test" in key for key in made["summary"][0])
    assert not any("test" in key for key in made["cells"][0])
    assert main(["study", "show", "Blind"]) == 0
    shown = capsys.readouterr().out
    assert "No test figure is shown" in shown and not groups.read(made["id"]).looked
    assert "on the test images" not in shown and "test 0." not in shown
    seen = answer(capsys, "show", "Blind", "--test")
    assert "test_auc" in seen["cells"][0] and groups.read(made["id"]).looked


@pytest.mark.usefixtures("really_at_once")
def test_seeds_that_are_really_trained_become_one_run_with_a_network(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = (*SMALL, "--set", "epochs=1", "--seeds", "2", "--name", "Luck")
    rule = ("--set", 'threshold={"name": "recall", "target": 0.9}')
    made = answer(capsys, "seeds", "C2", "--data", str(tiny_folder), *settings, *rule)
    assert made["counts"] == {"finished": 2} and made["one_split"] and made["means"] == []
    joined = answer(capsys, "mean", "Luck")
    assert joined["seeds"] == [0, 1] and joined["name"] == "C2, mean of 2 seeds"
    assert [run["run"] for run in answer(capsys, "show", "Luck")["means"]] == [joined["run"]]
    mean = store.predictions(joined["run"]).set_index("file")["score_PNEUMONIA"]
    own = [store.predictions(cell["run"]).set_index("file") for cell in made["cells"]]
    for file in mean.index:
        parts = [table.loc[file, "score_PNEUMONIA"] for table in own]
        assert mean[file] == pytest.approx(sum(parts) / 2, abs=1e-6)
    picture = tiny_folder / mean.index[0]
    assert main(["predict", joined["run"], str(picture), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["images"][0]["scores"]["PNEUMONIA"] == pytest.approx(mean.iloc[0], abs=1e-3)
    assert main(["cam", joined["run"], str(picture), "--out", str(tmp_path / "cam.png")]) == 0
    capsys.readouterr()
    assert main(["evaluate", joined["run"], "--json"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert (judged["rule"], judged["target"]) == ("recall", 0.9)


def test_a_study_that_is_only_queued_can_be_paused_resumed_and_cancelled(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data", str(tiny_folder), *SMALL)
    made = answer(capsys, "folds", "C2", *data, "--k", "2", "--by", "image", "--queue")
    assert made["counts"] == {"waiting": 2} and made["name"] == "C2, 2 folds by image"
    assert answer(capsys, "pause", made["id"])["state"] == "paused"
    assert answer(capsys, "resume", made["id"], "--queue")["state"] == "active"
    gone = answer(capsys, "cancel", made["id"])
    assert gone["state"] == "cancelled"
    assert answer(capsys, "show", made["id"])["counts"] == {"cancelled": 2}


def test_ctrl_c_pauses_it(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "launch", interrupted)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    text = error(capsys, "folds", "C2", "--data", str(tiny_folder), *SMALL)
    (study,) = studies.list_studies()
    assert "Paused" in text and f"resume {study.id}" in text and study.state == "paused"


def test_what_cannot_be_is_one_line_and_queues_nothing(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data", str(tiny_folder))
    wrong = {
        "needs a PRESET": ("folds",),
        "needs a STUDY": ("show",),
        "needs --data": ("sweep", "C2"),
        "There is no study": ("show", "nothing"),
        "There is no preset": ("folds", "Z9", *data),
        "no --over": ("folds", "C2", *data, "--over", "epochs=1,2"),
        "twice": ("sweep", "C2", *data, "--over", "epochs=1", "--over", "epochs=2"),
        "Expected a setting": ("sweep", "C2", *data, "--over", "epochs"),
        "1 of 2 cells": ("sweep", "C2", *data, "--over", "epochs=1,0"),
        "Choose fewer folds": ("folds", "C2", *data, "--k", "20"),
    }
    for words, arguments in wrong.items():
        assert words in error(capsys, *arguments)
    assert studies.list_studies() == [] and store.list_runs() == []


@pytest.mark.usefixtures("really_at_once")
def test_folds_that_are_really_trained_judge_each_image_once(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = (*SMALL, "--set", "epochs=1", "--k", "2", "--test")
    made = answer(capsys, "folds", "C2", "--data", str(tiny_folder), *settings)
    assert made["counts"] == {"finished": 2} and made["summary"][0]["finished"] == 2
    (joined,) = made["out_of_fold"]
    table = store.predictions(joined["run"])
    images = open_source(tiny_folder).images
    assert sorted(table["file"]) == sorted(images["file"])
    assert table.groupby("patient")["fold"].nunique().max() == 1
    assert main(["evaluate", joined["run"], "--json"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert judged["images"] == len(images) and judged["accuracy"] == pytest.approx(
        joined["metrics"]["test_accuracy"]
    )
    picture = str(tiny_folder / images["file"].iloc[0])
    assert main(["cam", joined["run"], picture, "--out", str(tmp_path / "cam.png")]) == 1
    assert "one for each fold" in capsys.readouterr().err
