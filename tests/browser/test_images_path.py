"""The path of one's own images: a ZIP uploaded, prepared, augmented, in a recipe, and predicted."""

import csv
import re
import zipfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import expect

from benchmarks.server import Server, serve, tmp_settings
from engine.vision.phantom import draw
from tests.browser import screens
from tests.browser.conftest import Watched
from tests.browser.screens import menu, press

IMAGES = 30
SIDE = 128  # pixels of a drawn chest


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the shipped showcase and no data."""
    folder = tmp_path_factory.mktemp("images-lab")
    with serve(folder, env={**tmp_settings(folder), "CXR_SPARE_WORKER": "0"}) as server:
        yield server


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ZIP of class folders with thirty drawn chests and one file that is no picture."""
    file = tmp_path_factory.mktemp("films") / "films.zip"
    with zipfile.ZipFile(file, "w") as opened:
        for number in range(IMAGES):
            sick = number % 2
            image = draw(number, "bacterial" if sick else "normal", SIDE).image
            place = "PNEUMONIA/person" if sick else "NORMAL/child"
            data = cv2.imencode(".png", image)[1].tobytes()
            opened.writestr(f"films/{place}{number:02}.png", data)
        opened.writestr("films/NORMAL/broken.png", b"no picture")
    return file


def test_from_a_zip_to_a_recipe_and_a_table_of_answers(
    seen: Watched, films: Path, tmp_path: Path
) -> None:
    seen.open("/data")
    upload(seen, films)
    prepare(seen)
    augment(seen)
    look_at_the_recipe(seen)
    seen.check()
    predict(seen, films)
    take_along(seen, tmp_path)


def upload(seen: Watched, films: Path) -> None:
    """Add the ZIP as a source; the broken file costs only itself."""
    page = seen.page
    press(seen, "Add a source")
    page.get_by_role("radio", name="A ZIP").click()
    given(seen, "ZIP of folders named by class", films)
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("films")
    name.press("Enter")
    page.get_by_text(f"{IMAGES + 1} files could be images").wait_for()
    press(seen, "Add it")
    page.get_by_text("'films' is in the list now.").wait_for()
    figures = page.get_by_test_id("stMetric")
    expect(figures.filter(has_text="Images")).to_contain_text(f"{IMAGES}")
    expect(figures.filter(has_text="Unreadable files")).to_contain_text("1")
    press(seen, "Look at the images")


def given(seen: Watched, label: str, file: Path) -> None:
    """Upload a file where the label begins so, once that is drawn."""
    place = seen.page.get_by_test_id("stFileUploader").filter(has_text=label)
    place.locator("input[type=file]").set_input_files(file)
    seen.settle()


def prepare(seen: Watched) -> None:
    """Turn a knob, see what it does, carry the steps over."""
    page = seen.page
    menu(seen, "Prepare", "What does preprocessing do to an X-ray?")
    page.get_by_text("Pad to a square makes the 224 x 224 square.").wait_for()
    said = page.get_by_text(re.compile(r"^Mean brightness"))
    before = said.inner_text()
    page.get_by_role("slider", name="Clip limit").press("PageUp")
    expect(said).not_to_have_text(before)
    page.get_by_role("radio", name="What the network sees").click()
    seen.settle()
    press(seen, "Use in a recipe")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What shall it learn?")
    seen.settle()


def augment(seen: Watched) -> None:
    """Begin with a report's pipeline, add a step, see the draws change, carry them over."""
    page = seen.page
    menu(seen, "Augment", "What does augmentation do to an X-ray?")
    page.get_by_role("radio", name="C4").click()
    seen.settle()
    drawn = page.get_by_test_id("stMain").locator("img[src^='data:image/jpeg']")
    expect(drawn.first).to_be_visible()
    before = [image.get_attribute("src") for image in drawn.all()]
    press(seen, "Draw others")
    expect(drawn.nth(len(before) - 1)).not_to_have_attribute("src", str(before[-1]))
    press(seen, "Use in a recipe")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What shall it learn?")
    seen.settle()


def look_at_the_recipe(seen: Watched) -> None:
    """Both parts are in the recipe that Train would start, on the uploaded images."""
    page = seen.page
    prepared = page.get_by_text(re.compile(r"^Preprocessing: Pad to a square"))
    expect(prepared).to_contain_text(re.compile(r"clip limit (?!2,)[\d.]+, tiles 16"))
    augmented = page.get_by_text(re.compile(r"^Augmentation: "))
    expect(augmented).to_contain_text("Shift (limit 0.23), then Zoom (limit 0.27)")
    expect(page.get_by_role("combobox", name="Images to learn from")).to_have_value("films")
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()


def predict(seen: Watched, films: Path) -> None:
    page = seen.page
    menu(seen, "Try an X-ray", "What does the network say")
    page.get_by_role("radio", name="A whole folder or ZIP").click()
    given(seen, "X-rays, or ZIP files of them", films)
    press(seen, f"Ask D1 about {IMAGES + 1} pictures")
    said = page.get_by_text(re.compile(rf"^\d+ of {IMAGES + 1} called pneumonia at 0.\d+; "))
    said.wait_for()
    expect(said).to_contain_text("; 1 could not be read.")
    seen.settle()
    page.get_by_role("radio", name="Unreadable (1)").click()
    open_row(seen, 1, 0)
    expect(seen.alerts()).to_contain_text("The content is not")
    page.get_by_role("radio", name=f"All ({IMAGES + 1})").click()
    open_row(seen, IMAGES + 1, 1)
    page.get_by_text("so the decision is").wait_for()
    screens.picture(seen, "What the network saw of it")
    screens.picture(seen, "Heat map for")


def open_row(seen: Watched, rows: int, number: int) -> None:
    """Tick a row of the table with so many; it is drawn on a canvas, so only its place is known."""
    table = seen.page.get_by_test_id("stDataFrame")
    expect(table.locator("[role=grid]")).to_have_attribute("aria-rowcount", f"{rows + 1}")
    seen.settle()
    table.click(position={"x": 16, "y": 35 + 35 * number + 17})
    seen.settle()


def take_along(seen: Watched, tmp_path: Path) -> None:
    with seen.page.expect_download() as download:
        seen.page.get_by_role("button", name="Table as CSV").click()
    file = tmp_path / "answers.csv"
    download.value.save_as(file)
    rows = list(csv.DictReader(StringIO(file.read_text())))
    assert len(rows) == IMAGES + 1
    answered = [row for row in rows if not row["unreadable"]]
    assert len(answered) == IMAGES
    for row in answered:
        assert abs(float(row["score_NORMAL"]) + float(row["score_PNEUMONIA"]) - 1) < 1e-4
        assert row["decision"] in ("NORMAL", "PNEUMONIA")
