"""The Train page with backbones: what is offered, what a change does, what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.learning.networks import HEADS
from engine.learning.presets import get_preset
from engine.learning.regimes import REGIMES
from engine.runs import store
from engine.words.files import read_json, write_json
from engine.words.options import Choice
from pages.shared import cached_train
from tests.judging import made
from tests.pages import made_showcase, trainings
from tests.pages.test_train import (  # noqa: F401  (a fixture among them)
    PAGE,
    Open,
    button,
    choose,
    counting,
    counts,
    drawn,
    texts,
)

HEAD, REGIME, KNOWS = "Head: what decides", "Which layers learn", "What it knows at the start"


def box(page: AppTest, label: str):
    return next(entry for entry in page.selectbox if entry.label == label)


def labels(page: AppTest) -> set[str]:
    return {entry.label for entry in page.selectbox}


@pytest.fixture
def mobile(open_page: Open, lungs: str, counting: None) -> AppTest:  # noqa: F811
    """The Quick preset after its network was changed to MobileNetV2."""
    page = open_page(PAGE, data=lungs)
    page = box(page, "Network").set_value("mobilenetv2").run()
    assert not page.exception
    return page


def test_a_network_from_scratch_has_no_head_and_no_regime(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    assert not {HEAD, REGIME, KNOWS} & labels(page)
    assert "Frozen and fine-tuned layers need a pretrained backbone" in texts(page)


def test_a_backbone_begins_frozen_under_the_plain_head(mobile: AppTest) -> None:
    assert (box(mobile, HEAD).value, box(mobile, REGIME).value) == ("gap", "frozen")
    assert box(mobile, HEAD).options == [row.label for name, row in HEADS.items() if name != "own"]
    assert box(mobile, REGIME).options == [row.label for row in REGIMES.values()]
    assert box(mobile, KNOWS).value == "imagenet"
    assert "MobileNetV2 learned at 224 and takes at least 32" in texts(mobile)


def test_what_a_frozen_base_means_is_shown_at_once(mobile: AppTest) -> None:
    assert "1,281 of them learn." in texts(mobile)
    assert "First 49 pictures go through the frozen part, once." in texts(mobile)
    assert "computed once, kept" in drawn(mobile)
    assert not button(mobile, "Start training").disabled


def test_fine_tuning_random_weights_is_refused(mobile: AppTest) -> None:
    page = box(mobile, KNOWS).set_value("random").run()
    assert "random weights know nothing" in page.error[0].value
    assert button(page, "Start training").disabled
    assert "As it was before the change that is refused" in texts(page)


def test_a_range_beyond_the_end_is_refused(mobile: AppTest) -> None:
    page = box(mobile, REGIME).set_value("middle").run()
    place = "train_Quick_0_regime_middle_last"
    page = page.number_input(key=place).set_value(400).run()
    assert "the backbone ends at layer 153" in page.error[0].value
    assert button(page, "Start training").disabled


def test_one_sigmoid_unit_for_three_classes_is_refused(mobile: AppTest) -> None:
    page = mobile.button_group(key="train_Quick_0_task").set_value("kinds").run()
    assert "this task has three" in page.error[0].value


def test_a_picture_below_the_backbones_smallest_is_refused(mobile: AppTest) -> None:
    page = mobile.number_input(key="train_Quick_0_size").set_value(24).run()
    assert "needs images of at least 32 pixels" in page.error[0].value


def test_cut_points_are_named(mobile: AppTest) -> None:
    cut = box(mobile, "It ends")
    assert cut.options[0] == "The whole backbone"
    assert "After 12 of 16 blocks (layer 115)" in cut.options
    page = cut.set_value("number").run()
    key = "train_Quick_0_network_mobilenetv2_cut_number"
    assert page.number_input(key=key).value == 153
    page = page.number_input(key=key).set_value(115).run()
    assert not page.error and not page.exception


def test_a_presets_numbered_cut_is_shown_by_its_name(open_page: Open, lungs: str) -> None:
    page = choose(open_page(PAGE, data=lungs), "A3")
    cut = box(page, "It ends")
    assert cut.value == "283"
    assert "Inside the last block, report A's cut (layer 283)" in cut.options


def test_two_phases_are_drawn_one_at_a_time(mobile: AppTest) -> None:
    page = box(mobile, REGIME).set_value("two_phases").run()
    assert "in phase 1 and" in texts(page)
    assert "the second has its own under Layers" in texts(page)
    phases = next(group for group in page.button_group if group.label == "What learns in")
    assert ">learns<" not in drawn(page)
    page = phases.set_value(phases.options[1]).run()
    assert ">learns<" in drawn(page)


def test_missing_weights_are_told_before_launch(
    mobile: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(tmp_path))
    cached_train._forecast.clear()
    page = mobile.run()
    assert "weights of MobileNetV2 are not on this machine" in texts(page)


def test_what_a_strategy_shows_is_counted(open_page: Open, quiet: Path, lungs: str) -> None:
    for file in sorted((quiet / "lungs" / "train" / "NORMAL").glob("IM-0*1.png"))[:4]:
        file.unlink()
    page = open_page(PAGE, data=lungs)
    page = choose_strategy(page, "oversample_augmented")
    table = counts(page)
    assert list(table.index)[3:] == ["Each epoch shows", "of them new copies"]
    assert table.loc["Each epoch shows"].nunique() == 1
    assert "images of an epoch are augmented copies" in texts(page)
    assert "A mistake costs" in texts(choose_strategy(page, "class_weight"))


def test_ensembles_and_slow_precisions_are_warned_about(
    open_page: Open,
    lungs: str,
    counting: None,  # noqa: F811
) -> None:
    page = choose_strategy(open_page(PAGE, data=lungs), "ensemble")
    assert "trains 3 networks one after the other" in page.warning[0].value
    page = box(page, "Precision of the arithmetic").set_value("mixed_float16").run()
    assert "no GPU here" in page.warning[0].value


def choose_strategy(page: AppTest, name: str) -> AppTest:
    return box(page, "Unequal classes").set_value(name).run()


def test_a_finished_training_says_what_was_computed_once(
    open_page: Open, warm: Path, lungs: str
) -> None:
    run_id = trainings.running(trainings.queued(lungs))
    trainings.ended(run_id, "finished")
    file = store.folder_of(run_id) / "meta.json"
    parts = [{"pictures": 48, "computed": 8, "seconds": 1.5}]
    note = {"phase": 1, "layers": "Head", "words": "The frozen part runs once.", "files": parts}
    write_json(file, {**read_json(file), "kept": [note]})
    page = open_page(PAGE, job=run_id)
    assert "8 pictures went through the frozen part, once (1.5 s); 40 were there" in texts(page)
    assert "Head: The frozen part runs once." in texts(page)


def test_computing_features_has_a_bar(open_page: Open, warm: Path, lungs: str) -> None:
    from engine.runs import jobs

    run_id = trainings.running(trainings.queued(lungs))
    now = {"phase": "Computing features", "done": 640, "total": 2560}
    write_json(jobs.folder_of(run_id) / "progress.json", now)
    bar = open_page(PAGE, job=run_id).get("progress")[0].proto
    assert (bar.text, bar.value) == ("Computing features: 640 of 2,560", 25)


def test_an_ensembles_vote_stands_beside_its_mean(
    cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_showcase.prepare(cxr_dirs, monkeypatch) / "showcase"
    table = made.predictions(made.TWO, images=240, seed=0, decimals=4)
    for name in made.TWO:
        table[f"votes_{name}"] = table[f"score_{name}"].mul(3).round().astype(int)
    recipe = replace(get_preset("C2").recipe("abc"), imbalance=Choice.of("ensemble", members=3))
    made_showcase.write_run(folder / "Three", recipe, made.TWO, table, "lungs")
    meta = read_json(folder / "Three" / "meta.json")
    write_json(folder / "Three" / "meta.json", {**meta, "metrics": {"test_vote_accuracy": 0.75}})
    page = made_showcase.opened("pages/evaluate.py", run="showcase-Three")
    images = int((table["split"] == "test").sum())
    told = f"vote of its 3 networks gets {round(0.75 * images)} of {images} X-rays right"
    assert told in texts(page)
    page = made_showcase.opened("pages/compare.py", compare_runs="showcase-Three,showcase-C2")
    assert not page.error
