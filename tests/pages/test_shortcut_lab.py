"""The shortcut lab in every state: nothing yet, X-rays being drawn, training, ended, done."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.runs import store
from engine.vision.shortcuts import SHORTCUTS
from pages.shared import cached, cached_lab, charts_lab, lab_words
from tests.pages import trainings
from tests.pages.made_lab import IMAGES, finished, made

Open = Callable[..., AppTest]
FILE = "pages/shortcut_lab.py"
LATER = ("result", "heat", "cover", "remedy")


@pytest.fixture
def small(warm: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app whose labs are small."""
    monkeypatch.setenv("CXR_PHANTOM_IMAGES", f"{IMAGES}")
    return warm


def words(page: AppTest) -> str:
    assert not page.exception, page.exception
    assert not page.error, page.error
    return "\n".join(str(entry.value) for entry in [*page.main.markdown, *page.main.caption])


def badges(page: AppTest) -> str:
    return " ".join(entry.value for entry in page.main.markdown if "-badge[" in entry.value)


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_the_first_step_shows_both_and_says_how_it_goes_with_the_label(
    quiet: Path, open_page: Open, shortcut: str
) -> None:
    page = open_page(FILE, shortcut=shortcut)
    said = words(page)
    assert lab_words.goes(shortcut) in said
    with_it, without = lab_words.SIGN[shortcut]
    captions = [entry.value for entry in page.main.caption]
    assert captions.count(f"ill, {with_it}") == 3
    assert captions.count(f"healthy, {without}") == 3
    outlined = page.toggle[0].set_value(True).run()
    assert not outlined.exception


def test_training_images_go_with_the_label_and_test_images_do_not() -> None:
    training, test = cached_lab.samples("marker")
    assert all(one.carries == one.ill for one in training)
    assert {(one.ill, one.carries) for one in test} == {
        (ill, carries) for ill in (True, False) for carries in (True, False)
    }
    assert all(one.opacity.any() == one.ill for one in (*training, *test))


@pytest.mark.parametrize("step", LATER)
def test_a_step_without_a_network_leads_to_the_training(
    small: Path, open_page: Open, step: str
) -> None:
    page = open_page(FILE, step=step)
    assert "it is not trained yet" in words(page)
    page = page.button(key="lab_to_training").click().run()
    assert "40 phantoms" in words(page)


def test_the_steps_turn_and_the_address_keeps_them(small: Path, open_page: Open) -> None:
    page = open_page(FILE)
    page = page.button(key="lab_turn_Next step").click().run()
    assert page.query_params["step"] in ("train", ["train"])
    page = page.button(key="lab_turn_Back").click().run()
    assert lab_words.goes("marker") in words(page)
    assert "lab_turn_Back" not in [button.key for button in page.button]


def test_before_the_run_store_is_open_nothing_can_be_begun(quiet: Path, open_page: Open) -> None:
    page = open_page(FILE, step="train")
    assert not page.exception
    assert "lab_begin_marker_taught" not in [button.key for button in page.button]


def test_one_click_draws_and_queues(small: Path, open_page: Open) -> None:
    page = open_page(FILE, step="train", shortcut="border")
    page = page.button(key="lab_begin_border_taught").click().run()
    work = cached_lab.desk().find("border", "taught")
    assert work is None or work.wait(120)
    page = page.run()
    assert "Waiting" in badges(page)
    (run,) = [run for run in store.list_runs() if not run.showcase]
    assert (run.name, run.status) == ("Lab border with the illness", "waiting")
    assert run.source in [source.name for source in sources.list_sources()]
    assert run.recipe.network.name == "cnn_d"


def test_a_training_is_watched_and_its_end_said(small: Path, open_page: Open) -> None:
    _, run_id = made("border", "taught")
    trainings.running(run_id)
    page = open_page(FILE, step="train", shortcut="border")
    assert "Running" in badges(page)
    assert "After 3 of" in words(page)
    trainings.ended(run_id, "failed", "The loss became nan.")
    cached.forget_runs()
    page = page.run()
    assert page.error[0].value == "The loss became nan."
    assert page.button(key="lab_begin_border_taught").label == "Train again"


def test_a_finished_training_is_found_again_and_looked_through(
    small: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished("border", "taught", "border", monkeypatch)
    page = open_page(FILE, step="train", shortcut="border")
    assert "from cache" in badges(page)
    result(open_page)
    heat(open_page)
    covering(open_page)
    remedy(open_page, monkeypatch)


def result(open_page: Open) -> None:
    page = open_page(FILE, step="result", shortcut="border")
    said = words(page)
    figures = {metric.label: float(metric.value) for metric in page.metric}
    assert figures["Validation AUC"] == 1.0
    assert 0.3 < figures["Test AUC"] < 0.7
    assert "whether the child is ill or not: the score reads the sign" in said


def heat(open_page: Open) -> None:
    page = open_page(FILE, step="heat", shortcut="border")
    said = words(page)
    (share,) = re.findall(r"(\d+)% of the heat lies on the border", said)
    assert int(share) > 60
    page = page.selectbox(key="lab_method").set_value("saliency").run()
    assert "It asks the pixels themselves." in words(page)


def covering(open_page: Open) -> None:
    page = open_page(FILE, step="cover", shortcut="border")
    assert "Cover the sign: does the score depend on it?" in words(page)
    before = float(page.metric[0].value)
    page = page.button(key="lab_cover_sign").click().run()
    after = {metric.label: float(metric.value) for metric in page.metric}
    assert after["Score as it is"] == before > 0.9
    assert after["Score covered"] < 0.5
    assert "The decision changes from PNEUMONIA to **NORMAL**" in words(page)
    page = page.button(key="lab_cover_none").click().run()
    assert [metric.label for metric in page.metric] == ["Score as it is"]


def remedy(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(FILE, step="remedy", shortcut="border")
    assert "the shortcut lies at random in training" in words(page)
    assert page.button(key="lab_begin_border_random")
    finished("border", "random", "nothing", monkeypatch)
    page = open_page(FILE, step="remedy", shortcut="border")
    said = words(page)
    assert "the test AUC goes from" in said
    assert "It did not find the illness in so short a training" in said


def test_an_exposure_is_changed_and_not_covered(
    small: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished("exposure", "taught", "exposure", monkeypatch)
    page = open_page(FILE, step="cover", shortcut="exposure")
    before = {metric.label: float(metric.value) for metric in page.metric}
    assert before["Score as it is"] == before["Score so exposed"] > 0.5
    page = page.button(key="lab_darken").click().run()
    after = {metric.label: float(metric.value) for metric in page.metric}
    assert after["Score so exposed"] < 0.5 < after["Score as it is"]
    page = open_page(FILE, step="heat", shortcut="exposure")
    assert "no map can point at it" in words(page)


def test_the_verdict_follows_the_figures() -> None:
    assert "learned the marker and not the illness" in lab_words.verdict("marker", 1.0, 0.52)
    assert "the exposure and hardly the illness" in lab_words.verdict("exposure", 1.0, 0.62)
    assert "stands without the shortcut's help" in lab_words.verdict("marker", 0.97, 0.93)
    assert "was worth" in lab_words.verdict("marker", 0.99, 0.7)
    assert "guessing" in lab_words.area("test", 0.5, 100)
    assert "70% of the pairs, guessing in 50%" in lab_words.area("test", 0.7, 100)
    assert "8 times as much as by chance" in lab_words.on_place("marker", 0.16, 0.02, 12)
    assert "no more than" in lab_words.on_place("marker", 0.02, 0.02, 12)
    assert "the same minute" in lab_words.remedy("random", 0.5, 0.93)


def test_dots_lie_in_the_lane_of_their_group() -> None:
    table = pd.DataFrame(
        {
            "score": [0.1, 0.9, 0.8],
            "ill": [False, False, True],
            "carries": [False, True, None],
            "file": ["a", "b", "c"],
        }
    )
    figure = charts_lab.scores(table, "marker")
    assert figure.layout.yaxis.ticktext == (
        "healthy, with the marker (1)",
        "healthy, without it (1)",
        "ill (1)",
    )
    assert [trace.x for trace in figure.data] == [(0.9,), (0.1,), (0.8,)]
    assert figure.data[0].marker.symbol == "circle"
    assert figure.data[1].marker.symbol == "circle-open"


def test_a_network_is_a_line_from_validation_to_test() -> None:
    figure = charts_lab.areas({"misled": (1.0, 0.5), "remedy": (0.97, 0.93)})
    assert [trace.x for trace in figure.data[:2]] == [(1.0, 0.5), (0.97, 0.93)]
    ends = {trace.name: trace.text for trace in figure.data[2:]}
    assert ends == {"validation": ("1.00", "0.97"), "test": ("0.50", "0.93")}
