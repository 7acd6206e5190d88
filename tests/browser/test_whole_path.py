"""The whole path as a student walks it: data, training, threshold, heat map, own picture."""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import expect

from benchmarks.server import Server, serve, tmp_settings
from engine.vision.phantom import draw
from tests.browser import screens
from tests.browser.conftest import PATIENT, Watched
from tests.browser.screens import (
    badge,
    cell,
    count,
    headline,
    measures,
    menu,
    press,
)

IMAGES = 120
RUN = "Quick"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody has visited, with the shipped showcase and a small phantom."""
    folder = tmp_path_factory.mktemp("lab")
    with serve(folder, env={**tmp_settings(folder), "CXR_PHANTOM_IMAGES": f"{IMAGES}"}) as server:
        yield server


def test_from_synthetic_images_to_a_model_that_answers(seen: Watched, tmp_path: Path) -> None:
    seen.open("/")
    draw_the_phantom(seen)
    train(seen)
    cancel_another(seen)
    train_the_same_again(seen)
    move_the_threshold(seen)
    choose_cells(seen)
    open_an_xray(seen)
    look_at_a_heat_map(seen)
    seen.check()
    try_pictures(seen, tmp_path)
    come_back_by_address(seen)


def draw_the_phantom(seen: Watched) -> None:
    menu(seen, "Data", "What is in the data?")
    press(seen, f"Draw {IMAGES} synthetic X-rays")
    expect(seen.page.get_by_test_id("stMetric").first).to_contain_text(f"{IMAGES}")
    screens.picture(seen, "Chest X-ray")
    expect(seen.page.locator("img[alt^='Chest X-ray']").nth(5)).to_be_visible()


def train(seen: Watched) -> None:
    menu(seen, "Train", "What shall it learn?")
    screens.recipe(seen, epochs=2, seed=0)
    press(seen, "Start training")
    expect(seen.page.get_by_test_id("stProgress")).to_be_visible()
    badge(seen, "Finished").wait_for(timeout=2 * PATIENT)
    seen.settle()
    expect(seen.page.locator(".js-plotly-plot")).to_have_count(2)
    for label in ("Test accuracy", "Test AUC"):
        expect(seen.page.get_by_test_id("stMetric").filter(has_text=label)).to_be_visible()
    seen.page.get_by_text("After 2 of 2 epochs the validation loss").wait_for()
    seen.check()


def cancel_another(seen: Watched) -> None:
    page = seen.page
    press(seen, "New training")
    screens.recipe(seen, epochs=1000, seed=1)
    press(seen, "Start training")
    first = screens.progress(seen)
    expect(page.get_by_test_id("stProgress")).not_to_have_text(first)  # it moves by itself
    page.get_by_text(re.compile(r"^After \d+ of 1,?000 epoch")).wait_for()
    expect(page.locator(".js-plotly-plot .point").first).to_be_attached()
    page.get_by_role("button", name="Cancel").click()
    sure = page.get_by_role("button", name="Yes, stop it")
    sure.wait_for()
    sure.click()
    badge(seen, "Cancelled").wait_for()
    seen.settle()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)  # what it had is kept


def train_the_same_again(seen: Watched) -> None:
    press(seen, "New training")
    screens.recipe(seen, epochs=2, seed=0)
    press(seen, "Open the finished run")
    badge(seen, "from cache").wait_for()
    badge(seen, "Finished").wait_for()
    seen.check()


def move_the_threshold(seen: Watched) -> None:
    press(seen, "Evaluate it")
    slider = seen.page.get_by_role("slider")
    before = headline(seen).inner_text()
    slider.focus()
    slider.press("End")
    expect(headline(seen)).to_have_text(re.compile(r"^At 1.00 you miss"))
    none_called = measures(seen)
    assert count(seen, "1-0") + count(seen, "1-1") == 15
    slider.press("Home")
    expect(headline(seen)).to_have_text(re.compile(r"^At 0.00 you miss 0 of 15 .* 9 of 9 normal"))
    assert headline(seen).inner_text() != before
    assert (count(seen, "0-1"), count(seen, "1-1")) == (9, 15)
    everyone = measures(seen)
    assert float(everyone["Recall (sensitivity)"]) == 1.0
    assert everyone != none_called
    slider.press("ArrowRight")
    expect(headline(seen)).to_have_text(re.compile(r"^At 0.001 you miss"))
    slider.press("Home")
    seen.page.wait_for_url("**threshold=0.00**")


def choose_cells(seen: Watched) -> None:
    page = seen.page
    cell(seen, "0-1").click()
    page.get_by_role("heading", name="9 of 9 normal X-rays").wait_for()
    xrays = page.locator(".tile[role=listitem] button")
    expect(xrays).to_have_count(9)
    cell(seen, "1-1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="15 of 15 pneumonia X-rays").wait_for()
    expect(xrays).to_have_count(12)  # a page of them
    expect(cell(seen, "1-1")).to_have_attribute("aria-pressed", "true")


def open_an_xray(seen: Watched) -> None:
    """Open one of the gallery, step to the next by key, come back by the address, close it."""
    page = seen.page
    page.locator("button[aria-label^='Open ']").first.click()
    page.get_by_text("1 of 15").wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_text("2 of 15").wait_for()
    page.wait_for_url("**image=**")
    page.goto(page.url)
    page.get_by_text("2 of 15").wait_for()
    screens.picture(seen, "Chest X-ray")
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 of 15")).to_have_count(0)


def look_at_a_heat_map(seen: Watched) -> None:
    menu(seen, "Explain", "What did the network look at?")
    screens.picture(seen, "Heat map for")
    screens.picture(seen, "Chest X-ray")


def try_pictures(seen: Watched, tmp_path: Path) -> None:
    page = seen.page
    menu(seen, "Try an X-ray", "What does the network say")
    image = tmp_path / "mine.png"
    drawn = draw(4, "bacterial").image
    assert cv2.imwrite(str(image), drawn)
    files = page.locator("input[type=file]")
    files.set_input_files(image)
    page.get_by_text("so the decision is").wait_for()
    page.get_by_text("What the network saw: 224 x 224 pixels became 64 x 64").wait_for()
    screens.picture(seen, "What the network saw of it")
    screens.picture(seen, "Heat map for")
    seen.check()
    wrong = tmp_path / "notes.png"
    wrong.write_text("This is no picture.")
    files.set_input_files(wrong)
    expect(seen.alerts()).to_have_count(1)
    expect(seen.alerts()).to_contain_text("notes.png was left out.")
    page.get_by_text("so the decision is").wait_for()  # the other picture still is answered


def come_back_by_address(seen: Watched) -> None:
    page = seen.page
    menu(seen, "Evaluate", "Where does the model draw the line?")
    page.get_by_role("button", name="0.5", exact=True).click()
    expect(headline(seen)).to_have_text(re.compile(r"^At 0.50 you miss"))
    page.wait_for_url("**threshold=0.50**")
    on_the_test = headline(seen).inner_text()
    page.get_by_role("combobox", name="Judge on").click()
    page.get_by_role("option", name="validation").click()
    page.wait_for_url("**split=validation**")
    expect(headline(seen)).not_to_have_text(on_the_test)
    seen.settle()
    said = headline(seen).inner_text()
    page.goto(page.url)
    seen.settle()
    expect(headline(seen)).to_have_text(said)
    page.get_by_text(f"{RUN} · phantom · validation").wait_for()
    expect(page.get_by_role("slider")).to_have_value("0.5")
    seen.check()
