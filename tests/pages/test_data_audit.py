"""The Data page's audit: near copies, shortcuts, what a random split costs."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.learning.presets import get_preset
from engine.words.recipe import Split
from pages.shared import cached, data_shortcut, data_twins
from tests.judging import made
from tests.pages.made_showcase import write_run

Open = Callable[..., AppTest]


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.caption, *page.error])


def section(page: AppTest, name: str) -> AppTest:
    page = page.segmented_control(key="data_section").set_value(name).run()
    for _ in range(100):  # the work goes on in a thread, and a browser would ask again
        if "You may go to another page meanwhile" not in texts(page):
            break
        page = page.run()
    assert not page.exception, page.exception
    return page


@pytest.fixture
def saved_twice(lungs: str, quiet: Path) -> str:
    """The source "lungs" with one training picture saved a little darker in the test."""
    first = sorted((quiet / "lungs" / "train" / "PNEUMONIA").iterdir())[0]
    image = cv2.imread(str(first), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    darker = (image * 0.9).astype(np.uint8)
    cv2.imwrite(str(quiet / "lungs" / "test" / "PNEUMONIA" / "person900_virus_1.png"), darker)
    return lungs


def test_a_picture_saved_twice_is_shown_with_its_splits(open_page: Open, saved_twice: str) -> None:
    page = section(open_page("pages/data.py", data=saved_twice), "Near copies")
    assert "1 pair of 50 images looks like one picture twice: 1 across two splits" in texts(page)
    assert any("virus-900" in caption.value for caption in page.caption)
    table = page.table[0].value
    assert table.loc["In the folders as they came", "with a near copy there"] == "1"


def test_without_near_copies_the_page_says_so(open_page: Open, lungs: str) -> None:
    page = section(open_page("pages/data.py", data=lungs), "Near copies")
    assert "No two of 49 images look like one picture twice." in texts(page)


def test_shortcuts_stand_beside_a_run_on_these_images(
    open_page: Open, lungs: str, quiet: Path
) -> None:
    page = section(open_page("pages/data.py", data=lungs), "Shortcuts")
    assert "A network's AUC would stand beside them." in texts(page)
    assert "Without a look at the lungs the AUC on 17 test images is" in texts(page)
    data = sources.open_source(lungs).hash
    recipe = get_preset("C2").recipe(data)
    write_run(quiet / "showcase" / "C2", recipe, made.TWO, made.predictions(), lungs)
    cached.showcase.clear()
    page = section(open_page("pages/data.py", data=lungs), "Shortcuts")
    assert page.selectbox(key=f"data_section_beside_{data}").value == "showcase-C2"
    assert "C2 reaches" in texts(page)


@pytest.mark.parametrize(
    ("best", "network", "words"),
    [
        (0.55, 0.9, "next to nothing"),
        (0.86, 0.88, "hardly more"),
        (0.7, 0.95, "it sees more, but part of its figures"),
        (0.7, None, "A network may do as well"),
    ],
)
def test_what_follows_for_the_network_is_said(
    best: float, network: float | None, words: str
) -> None:
    assert words in data_shortcut.sentence({"file": 0.5, "both": best}, "D1", network, 624)


def test_twins_stand_side_by_side(open_page: Open, lungs: str, quiet: Path) -> None:
    data = sources.open_source(lungs).hash
    recipe = replace(get_preset("C2").recipe(data), split=Split("patient"))
    parts = ("train", "validation", "test")
    for number, (name, split) in enumerate({"Honest": "patient", "Leaky": "random"}.items()):
        table = made.predictions(seed=number, splits=parts)
        if split == "random":
            table.loc[table["split"] == "test", "patient"] = "train-0001"
        one = replace(recipe, split=Split(split))
        write_run(quiet / "showcase" / name, one, made.TWO, table, lungs)
    page = section(open_page("pages/data.py", data=lungs), "Cost of a random split")
    assert "200 of 200 (100.0%) of the test images are of patients" in texts(page)
    assert list(page.table[0].value.columns) == ["by patient", "at random by image"]


def test_a_missing_twin_is_set_up_on_the_train_page(
    open_page: Open, lungs: str, quiet: Path
) -> None:
    data = sources.open_source(lungs).hash
    table = made.predictions()
    write_run(quiet / "showcase" / "C2", get_preset("C2").recipe(data), made.TWO, table, lungs)
    page = section(open_page("pages/data.py", data=lungs), "Cost of a random split")
    assert "Its twin with the split by image is missing" in texts(page)
    button = next(button for button in page.button if button.label == "Set up C2, split by image")
    page = button.click().run()
    assert not page.exception, page.exception
    assert page.session_state["train_report"] == "Report C"
    assert page.session_state["train_preset_Report C"] == "C2"
    assert page.segmented_control(key="train_C2_1_split_official").value == "random"


def test_a_random_split_that_changes_nothing_is_not_called_higher() -> None:
    from tests.runs.test_twins import run

    pair = data_twins.twins.Twins(run("a", split=Split("patient")), run("b", split=Split("random")))
    same = {"accuracy": 0.9, "auc": 0.95, "f1": None, "images": 200}
    text = data_twins.sentence(pair, same, {**same, "auc": 0.98}, 12)
    assert "Accuracy the same, AUC 0.03 higher" in text
    assert "F1" not in text
    assert "12 of 200 (6.0%)" in text


def test_a_source_of_one_class_gets_a_message_and_no_traceback(
    open_page: Open, quiet: Path, tiny_folder: Path
) -> None:
    shutil.copytree(tiny_folder / "train" / "NORMAL", quiet / "healthy" / "NORMAL")
    sources.register_folder("healthy", quiet / "healthy")
    page = section(open_page("pages/data.py", data="healthy"), "Shortcuts")
    assert "at least two folders" in page.error[0].value
    page = section(open_page("pages/data.py", data="healthy"), "Near copies")
    assert "No two of 16 images" in texts(page)
