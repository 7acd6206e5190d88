"""The Train page: set up, refuse nonsense, start, watch, cancel, and go on."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.learning import estimate
from engine.learning.networks import NETWORKS
from engine.learning.optimizers import OPTIMIZERS
from engine.learning.presets import PRESETS
from engine.runs import jobs
from engine.vision.augmentation import FORMER
from pages.shared import background, presets_form, training_charts
from tests.pages import trainings

Open = Callable[..., AppTest]
PAGE = "pages/train.py"


def texts(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.error, page.info, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def button(page: AppTest, label: str):
    return next(entry for entry in page.button if entry.label == label)


def drawn(page: AppTest) -> str:
    return page.get("html")[0].proto.body


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch, quiet: Path, made_weights: Path) -> None:
    """TensorFlow is there, and so are weights of MobileNetV2; times are not measured."""
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(made_weights))
    told = estimate.Estimate(754.0, 60.0, "measured", "Measured: 9 epochs.", {})
    monkeypatch.setattr(estimate, "estimate", lambda *asked: told)
    background._STATE.loaded |= {"devices", "tensorflow"}


def choose(page: AppTest, preset: str) -> AppTest:
    group = next(group for group, names in presets_form.by_report().items() if preset in names)
    page = page.button_group(key="train_report").set_value(group).run()
    return page.button_group(key=f"train_preset_{group}").set_value(preset).run()


def counts(page: AppTest) -> pd.DataFrame:
    return page.dataframe[0].value


def test_without_images_the_page_teaches(open_page: Open) -> None:
    page = open_page(PAGE)
    assert "Choose a source of images first" in texts(page)
    assert button(page, "Take the synthetic X-rays")


def test_class_counts_are_there_before_tensorflow_is(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    assert not page.exception
    assert list(counts(page).index) == ["Training", "Validation", "Test"]
    assert list(counts(page).columns) == ["NORMAL", "PNEUMONIA"]
    assert "TensorFlow is loading" in texts(page)
    assert not button(page, "Start training").disabled


def test_parameters_time_and_picture_follow(open_page: Open, lungs: str, counting: None) -> None:
    page = open_page(PAGE, data=lungs)
    assert not page.exception
    tiles = {tile.label: tile.value for tile in page.metric}
    assert tiles == {"Parameters": "462,721", "Estimated time": "13 min"}
    assert "Measured: 9 epochs." in texts(page)
    assert "All of them learn." in texts(page)
    assert drawn(page).count("<li") == 8


def test_the_rows_of_the_tables_have_their_knobs(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    boxes = {box.label: box for box in page.selectbox}
    assert boxes["Network"].options == [row.label for row in NETWORKS.values()]
    assert boxes["Optimizer"].options == [row.label for row in OPTIMIZERS.values()]
    toggles = {toggle.label for toggle in page.toggle}
    assert {row.label for row in FORMER.values()} <= toggles


def test_a_preset_sets_the_knobs_and_shows_its_report(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    page = choose(page, "D4")
    assert not page.exception
    boxes = {box.label: box.value for box in page.selectbox}
    assert (boxes["Optimizer"], boxes["Stopping"]) == (
        PRESETS["D4"].settings["optimizer"].name,
        PRESETS["D4"].settings["stopping"].name,
    )
    assert "accuracy 0.83" in texts(page)


def test_reported_confusions_are_told_in_plain_words() -> None:
    line = presets_form.reported(PRESETS["C5"])
    assert "missed 10 of 390 with pneumonia and alarmed 86 of 234 without" in line


def test_nonsense_is_refused_with_its_reason(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    page = page.number_input(key="train_Quick_0_size").set_value(16).run()
    assert "needs images of at least 32 pixels" in page.error[0].value
    assert button(page, "Start training").disabled


def test_a_preset_can_be_put_back(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    page = page.number_input(key="train_Quick_0_size").set_value(16).run()
    page = button(page, "Back to Quick as it was").click().run()
    assert page.number_input(key="train_Quick_1_size").value == PRESETS["Quick"].settings["size"]
    assert not page.error


def test_a_split_by_image_is_warned_about(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    assert not page.warning
    page = page.button_group(key="train_Quick_0_split_official").set_value("random").run()
    assert "This split leaks" in page.warning[0].value


def test_every_preset_stands_under_its_report() -> None:
    groups = presets_form.by_report()
    reports = [f"Report {name}" for name in "ABCD"]
    assert list(groups) == ["Quick", *reports, "Beyond the reports"]
    assert sorted(name for names in groups.values() for name in names) == sorted(PRESETS)


def test_a_training_is_started_watched_and_cancelled(
    open_page: Open, warm: Path, lungs: str
) -> None:
    page = button(open_page(PAGE, data=lungs), "Start training").click().run()
    assert not page.exception
    run_id = page.session_state["job"]
    assert jobs.read_state(run_id).status == "waiting"
    assert page.title[0].value.endswith("How is it learning?")
    assert "on lungs, for guest" in texts(page)
    page = button(page, "Yes, stop it").click().run()
    assert jobs.read_state(run_id).status == "cancelled"
    assert button(page, "Train it again")


def test_a_running_training_shows_where_it_is(open_page: Open, warm: Path, lungs: str) -> None:
    run_id = trainings.running(trainings.queued(lungs))
    page = open_page(PAGE, job=run_id)
    assert not page.exception
    assert "lowest at epoch 2 (0.40)" in texts(page)
    assert len(page.get("plotly_chart")) == 2
    assert ", batch 11 of 22, about 2 min left" in str(page.get("progress")[0].proto)


def test_a_failed_training_says_why_and_how_to_go_on(
    open_page: Open, warm: Path, lungs: str
) -> None:
    run_id = trainings.running(trainings.queued(lungs))
    trainings.ended(run_id, "failed", "The worker was killed by signal 9. Lower the batch.")
    page = open_page(PAGE, job=run_id)
    assert "killed by signal 9" in page.error[0].value
    assert button(page, "Train it again")


def test_an_equal_finished_run_comes_from_the_cache(
    open_page: Open, warm: Path, lungs: str
) -> None:
    run_id = trainings.ended(trainings.running(trainings.queued(lungs)), "finished")
    page = open_page(PAGE, data=lungs)
    assert button(page, "Train anew with another seed")
    page = button(page, "Open the finished run").click().run()
    assert page.session_state["job"] == run_id
    assert "from cache" in texts(page)
    tiles = {tile.label: tile.value for tile in page.metric}
    assert tiles["Test AUC"] == "0.91"
    assert button(page, "Evaluate it")


def test_a_run_that_is_gone_is_said_to_be_gone(open_page: Open, warm: Path) -> None:
    page = open_page(PAGE, job="0123456789abcdef0123456789abcdef")
    assert not page.exception
    assert "There is no run" in page.error[0].value


def history(*losses: float) -> pd.DataFrame:
    rows = [
        {"epoch": n, "loss": 0.5 / n, "accuracy": 0.8, "val_loss": loss, "val_accuracy": 0.75}
        for n, loss in enumerate(losses, start=1)
    ]
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    return pd.DataFrame(rows, columns=columns)


def test_the_axes_stay_while_epochs_come_in() -> None:
    before = training_charts.curves(history(), 10, "accuracy").layout
    after = training_charts.curves(history(0.5, 0.4, 0.3), 10, "accuracy").layout
    assert before.xaxis.range == after.xaxis.range == (0.5, 10.5)
    assert before.yaxis.range == after.yaxis.range


def test_the_best_epoch_is_marked() -> None:
    figure = training_charts.curves(history(0.5, 0.3, 0.4), 10, "loss")
    assert [trace.name for trace in figure.data] == ["training", "validation", "best epoch: 2"]
    assert (figure.data[2].x[0], figure.data[2].y[0]) == (2, 0.3)


def test_the_sentence_tells_learning_from_memorising() -> None:
    assert "it still learns" in training_charts.sentence(history(0.5, 0.3), 10)
    assert "no better for 1 epoch." in training_charts.sentence(history(0.5, 0.3, 0.4), 10)
    stalled = training_charts.sentence(history(0.3, 0.4, 0.5, 0.6), 10)
    assert "memorising the training images" in stalled
    assert "begin with the first epoch" in training_charts.sentence(history(), 10)
    assert "more epochs may help" in training_charts.sentence(history(0.5, 0.3), 2, ended=True)


def members_history() -> pd.DataFrame:
    """Two members of two phases, two epochs each."""
    table = history(0.5, 0.4, 0.6, 0.45, 0.3, 0.2, 0.35, 0.25)
    return table.assign(member=[1] * 4 + [2] * 4, phase=[1, 1, 2, 2] * 2)


def test_members_are_lines_of_their_own() -> None:
    figure = training_charts.curves(members_history(), 8, "loss")
    assert list(pd.isna(figure.data[1].x)) == [False] * 4 + [True] + [False] * 4
    assert list(figure.data[2].x) == [4, 8]  # the best of each member's last phase


def test_the_starts_of_members_and_phases_are_marked() -> None:
    figure = training_charts.curves(members_history(), 8, "loss")
    assert [note.text for note in figure.layout.annotations] == [
        "member 1",
        "phase 2",
        "member 2",
        "phase 2",
    ]
    assert [line.x0 for line in figure.layout.shapes] == [2.5, 4.5, 6.5]
    assert not training_charts.curves(history(0.5, 0.4), 8, "loss").layout.annotations


def test_the_sentence_speaks_of_the_stretch_at_work() -> None:
    told = training_charts.sentence(members_history(), 16)
    assert "After 8 of 16 epochs the validation loss of member 2, phase 2" in told
    assert "lowest at epoch 8 (0.25)" in told
