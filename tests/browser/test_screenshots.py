"""Every page with something on it, in both themes and sizes, written by `make screenshots`.

The README's pictures are refreshed on the way (docs/images). No picture of a patient is in them:
the X-rays shown are synthetic, the showcase is shown by its figures.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.server import ROOT, Server, serve, tmp_settings
from tests.browser import screens
from tests.browser.conftest import PATIENT, SIZES, Watched

pytestmark = pytest.mark.pictures
PLACE = ROOT / os.environ.get("CXR_SCREENSHOTS", "screenshots")
README = ROOT / "docs" / "images"
LOOKS = [(theme, size) for theme in ("dark", "light") for size in SIZES]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the showcase and a phantom of its own."""
    folder = tmp_path_factory.mktemp("studio")
    with serve(folder, env=tmp_settings(folder)) as server:
        yield server


@pytest.fixture(scope="module")
def run_id(browser: Browser, studio: Server) -> str:
    """A Quick run on the phantom; its training is pictured while it goes."""
    seen = visitor(browser, studio, "dark", "projector")
    page = seen.open("/train?data=phantom")
    page.get_by_role("button", name="Start training").click()
    page.get_by_text(re.compile(r"^Epoch ([89]|1\d) of")).wait_for(timeout=8 * PATIENT)
    picture(page, "train-live-dark-projector", "train.png")
    screens.badge(seen, "Finished").wait_for(timeout=5 * PATIENT)
    found = re.search(r"job=(\w+)", page.url)
    assert found
    page.context.close()
    return found[1]


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_every_page_is_pictured(
    browser: Browser, studio: Server, run_id: str, theme: str, size: str
) -> None:
    own = f"run={run_id}&data=phantom"
    addresses = {
        "home": "/",
        "data": f"/data?{own}",
        "train": f"/train?{own}",
        "train-finished": f"/train?{own}&job={run_id}",
        "queue": f"/queue?{own}",
        "evaluate": "/evaluate?run=showcase-D1",
        "evaluate-phantom": f"/evaluate?{own}",
        "compare": "/compare?compare_runs=showcase-D1,showcase-C1",
        "explain": f"/explain?{own}",
        "explain-no-images": "/explain?run=showcase-D1",
        "try_an_xray": f"/try_an_xray?{own}",
    }
    for name, address in addresses.items():
        seen = visitor(browser, studio, theme, size)
        page = seen.open(address)
        if name == "try_an_xray":
            page.get_by_role("button", name="Bacterial").click()
        if name == "explain":
            page.get_by_role("combobox", name="Outcome").click()
            page.get_by_role("option", name="True positives").click()
            page.get_by_text("(true positive)").wait_for()
        if name in ("try_an_xray", "explain"):
            screens.picture(seen, "Heat map for")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        readme = {"evaluate": "evaluate.png", "explain": "explain.png"}.get(name, "")
        picture(page, f"{name}-{theme}-{size}", readme if (theme, size) == LOOKS[0] else "")
        seen.check()
        page.context.close()


def visitor(browser: Browser, server: Server, theme: str, size: str) -> Watched:
    """Open a fresh visitor's page, patient with a busy machine."""
    width, height = SIZES[size]
    context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": height})
    return Watched(context.new_page(), server.url)


def picture(page: Page, name: str, readme: str = "") -> None:
    """Write the first screen and the whole page; the README's picture where it is asked for."""
    write(page, PLACE / f"{name}.png")
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    whole = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, min(whole, 6000))})
    write(page, PLACE / "whole" / f"{name}.png")
    if readme:
        page.set_viewport_size({"width": width, "height": min(max(height, whole), 1040)})
        write(page, README / readme)
    page.set_viewport_size({"width": width, "height": height})


def write(page: Page, path: Path) -> None:
    """Take a screenshot of what is on the screen, once nothing there is still being drawn."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_function("[...document.images].every(image => image.complete)")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.mouse.move(0, 0)
    page.screenshot(path=path)
