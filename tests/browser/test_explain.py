"""Explain in Chromium: opacity and colours move without a message, depths are pressed."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from benchmarks.server import Server, serve, tmp_settings
from engine.data import sources
from engine.data.catalogue import Catalogue
from engine.explaining import cached, overlay
from engine.runs import showcase
from engine.vision.decoding import read
from engine.vision.preprocessing import preprocess
from engine.words.settings import PROJECT
from tests.browser import screens
from tests.browser.conftest import Shoot, Watched

RUNS = ("D1", "C2")
LINK = (
    "/explain?run=showcase-D1&split=test&explain_method=gradcam,layercam"
    "&explain_class=PNEUMONIA&explain_beside=showcase-C2"
)
SIDES = ("width", "height")
PIXELS = """canvas => [
  ...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
]"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Iterator[Server]:
    """Two shipped networks with made-up scores of little X-rays that are on this machine."""
    folder = tmp_path_factory.mktemp("explain-lab")
    env = {**tmp_settings(folder), "CXR_SHOWCASE_DIR": str(folder / "showcase")}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        catalogue = sources.open_source(sources.register_folder("little", tiny_folder).name)
        for name in RUNS:
            write(folder / "showcase" / name, catalogue)
        with serve(folder, env=env) as server:
            yield server


def write(run: Path, catalogue: Catalogue) -> None:
    shutil.copytree(PROJECT / "models" / "showcase" / run.name, run)
    recipe = json.loads((run / "recipe.json").read_text())
    (run / "recipe.json").write_text(json.dumps({**recipe, "data": catalogue.hash}))
    table = catalogue.images[["image_id", "file", "patient", "kind", "label"]].copy()
    table = table.assign(split="test", score_NORMAL=0.1, score_PNEUMONIA=0.9)
    table.to_parquet(run / "predictions.parquet", index=False)


def test_heat_moves_in_the_browser_and_a_depth_is_pressed(
    seen: Watched, tiny_folder: Path, shot: Shoot
) -> None:
    sent: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: sent.append(1))

    seen.page.on("websocket", listen)
    page = seen.open(LINK)
    four_maps(page)
    seen.settle()
    screens.picture(seen, "Heat map for PNEUMONIA over the X-ray: D1: Grad-CAM")
    opacity_moves(page, sent)
    colours_change(page, sent, tiny_folder)
    shot(page, "explain-side-by-side")
    one_picture_of_all(page)
    choices_stay(seen)
    a_depth(seen)
    seen.check()


def four_maps(page: Page) -> None:
    """Two methods of two networks, and no map that is still to come."""
    titles = page.locator("figure.card .title")
    expect(titles).to_have_text(
        [f"{run}: {method} for PNEUMONIA" for run in RUNS for method in ("Grad-CAM", "LayerCAM")]
    )
    expect(page.locator("figure.card .waiting:visible")).to_have_count(0)
    expect(page.locator("figure.card .stage canvas:visible")).to_have_count(4)
    expect(page.locator("button.card .waiting:visible")).to_have_count(0)


def stage(page: Page) -> Locator:
    return page.locator("figure.card .stage").first


def pictured(page: Page) -> np.ndarray:
    """What is on the screen of the first map (h, w, 3), without the page's ground at its edges."""
    data = np.frombuffer(stage(page).screenshot(), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR).astype(int)[2:-2, 2:-2]


def opacity_moves(page: Page, sent: list[int]) -> None:
    """From the X-ray alone to the map alone, by keys and by the mouse."""
    before = len(sent)
    slider = page.get_by_role("slider", name="Heat over X-ray")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "0% heat map")
    grey = pictured(page)
    assert np.ptp(grey, axis=2).max() <= 2, "without heat it is the X-ray alone"
    slider.press("ArrowRight")
    expect(slider).to_have_value("5")
    assert np.abs(pictured(page) - grey).max() > 2
    slider.press("End")
    assert np.ptp(pictured(page), axis=2).max() > 60, "the map alone is in colour"
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(slider).to_have_value("50")
    assert len(sent) == before


def colours_change(page: Page, sent: list[int], images: Path) -> None:
    """The pixels are those that the engine paints of the kept map."""
    before = len(sent)
    choice = page.get_by_role("combobox", name="Colours")
    for colours in ("turbo", "cividis"):
        choice.select_option(colours)
        canvas = page.locator("figure.card .stage canvas").first
        width, height = (int(canvas.evaluate(f"canvas => canvas.{side}")) for side in SIDES)
        shown = np.array(canvas.evaluate(PIXELS)).reshape(height, width, 4)[..., :3]
        heat = overlay.stretch(kept(page, images), height, width)
        wanted = overlay.colour(heat, colours).astype(int)
        assert np.abs(shown - wanted).mean() < 1  # cells travel as whole levels
    assert len(sent) == before


def kept(page: Page, images: Path) -> np.ndarray:
    """The map that the server keeps of the X-ray on the screen; no network is loaded."""
    run = next(run for run in showcase.list_showcase() if run.name == "D1")
    file = page.locator("img[alt^='Chest X-ray']").first.get_attribute("alt")
    image = read(images / str(file).removeprefix("Chest X-ray "))
    key = cached.model_key(Path(os.environ["CXR_SHOWCASE_DIR"]) / "D1" / "model.keras")
    seen = preprocess(image, run.recipe.size, run.recipe.preprocessing)
    result, from_cache = cached.view(key, lambda: None, seen, run.classes.index("PNEUMONIA"))
    assert from_cache
    return result.heat


def one_picture_of_all(page: Page) -> None:
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert saved.value.suggested_filename == "heat-maps.png"
    picture = cv2.imread(str(saved.value.path()))
    assert picture.shape[1] > 4 * 480


def choices_stay(seen: Watched) -> None:
    """Opacity and colours are the same over the next X-ray, and after the page is loaded anew."""
    page = seen.page
    first = page.locator("img[alt^='Chest X-ray']").first.get_attribute("alt")
    screens.press(seen, "Next")
    expect(page.locator("img[alt^='Chest X-ray']").first).not_to_have_attribute("alt", str(first))
    four_maps(page)
    seen.settle()
    page.goto(page.url)
    seen.settle()
    four_maps(page)
    assert page.locator("img[alt^='Chest X-ray']").first.get_attribute("alt") != first
    expect(page.get_by_role("slider", name="Heat over X-ray")).to_have_value("50")
    expect(page.get_by_role("combobox", name="Colours")).to_have_value("cividis")


def a_depth(seen: Watched) -> None:
    """A small map is a button; the address and the large map follow."""
    page = seen.page
    depths = page.locator("button.card")
    expect(depths.last).to_have_attribute("aria-pressed", "true")
    layer = depths.first.get_attribute("aria-label")
    depths.first.press("Enter")
    page.wait_for_url("**explain_layer=**")
    expect(depths.first).to_have_attribute("aria-pressed", "true")
    cells = str(layer).rpartition(", ")[2]
    expect(page.locator("figure.card .said").first).to_contain_text(f"The map has {cells} cells")


def test_on_a_phone_nothing_scrolls_sideways(browser: Browser, lab: Server) -> None:
    context = browser.new_context(viewport={"width": 420, "height": 860}, color_scheme="light")
    phone = Watched(context.new_page(), lab.url)
    page = phone.open(LINK)
    four_maps(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    expect(page.get_by_role("slider", name="Heat over X-ray")).to_be_visible()
    phone.check()
    context.close()
