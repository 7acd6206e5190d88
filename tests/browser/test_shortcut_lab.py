"""The shortcut lab as a lecturer clicks through it, with a real training by the app's worker."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from benchmarks.server import Server, serve, tmp_settings
from tests.browser import screens
from tests.browser.conftest import Watched
from tests.browser.screens import badge, menu, press, tiles

IMAGES = 120
MINUTES = 60_000  # ms: a real training, where other tests run beside it


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody has visited, whose labs are small."""
    folder = tmp_path_factory.mktemp("shortcuts")
    with serve(folder, env={**tmp_settings(folder), "CXR_PHANTOM_IMAGES": f"{IMAGES}"}) as server:
        yield server


@pytest.mark.thorough
def test_from_the_sign_to_the_covered_marker(seen: Watched) -> None:
    seen.open("/")
    choose(seen)
    train(seen)
    compare_validation_and_test(seen)
    look_at_heat_maps(seen)
    cover_the_marker(seen)
    find_it_again(seen)
    seen.check()


def option(seen: Watched, name: str) -> None:
    """Choose one of several that stand in a row."""
    seen.page.get_by_role("radio", name=name).click()
    seen.settle()


def choose(seen: Watched) -> None:
    menu(seen, "Shortcut lab", "What did it really learn?")
    option(seen, "Marker letter")
    expect(seen.page.locator("img[alt='Phantom, ill, with the marker']")).to_have_count(3)
    expect(seen.page.locator("img[alt='Phantom, healthy, with the marker']")).to_have_count(1)
    press(seen, "Next step")


def train(seen: Watched) -> None:
    begin = seen.page.get_by_role("button", name="Draw the X-rays and train")
    begin.click(timeout=5 * MINUTES)  # the run store opens first
    badge(seen, "Finished").wait_for(timeout=20 * MINUTES)
    seen.settle()
    expect(seen.page.locator(".js-plotly-plot")).to_have_count(2)
    press(seen, "Next step")


def compare_validation_and_test(seen: Watched) -> None:
    seen.page.get_by_text("the score reads the sign").wait_for(timeout=5 * MINUTES)
    figures = tiles(seen)
    assert float(figures["Validation AUC"]) > 0.9
    assert 0.25 < float(figures["Test AUC"]) < 0.75
    press(seen, "Next step")


def look_at_heat_maps(seen: Watched) -> None:
    said = seen.page.get_by_text(re.compile(r"\d+% of the heat lies on the marker"))
    said.wait_for(timeout=5 * MINUTES)  # TensorFlow is loaded
    share, area = map(int, re.findall(r"(\d+)%", said.inner_text()))
    assert share > 3 * area
    expect(seen.page.locator("img[alt^='Heat map for PNEUMONIA']")).to_have_count(4)
    press(seen, "Next step")


def cover_the_marker(seen: Watched) -> None:
    seen.page.get_by_text("Cover the sign: does the score depend on it?").wait_for(
        timeout=5 * MINUTES
    )
    before = float(tiles(seen)["Score as it is"])
    press(seen, "Cover the marker")
    seen.page.get_by_text(re.compile("^Covered, the score for PNEUMONIA goes from")).wait_for()
    screens.picture(seen, "What the network sees after covering")
    line = seen.page.get_by_text(re.compile("^Covered, the score for PNEUMONIA")).inner_text()
    told, after = map(float, re.findall(r"\d\.\d{3}", line)[:2])
    assert told == before > 0.5
    assert after < before - 0.3
    press(seen, "Uncover")
    seen.page.get_by_text("Cover the sign: does the score depend on it?").wait_for()


def find_it_again(seen: Watched) -> None:
    option(seen, "2 Train")
    seen.page.wait_for_url("**step=train**")
    seen.page.goto(seen.page.url)
    badge(seen, "from cache").wait_for(timeout=5 * MINUTES)
