"""Each page, opened cold by its address in both themes and on a phone."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.server import ROOT, serve, tmp_settings
from pages.shared import layout
from tests.browser import screens
from tests.browser.conftest import Watched
from tests.choosing import few, thorough

PAGES = [entry.file for entries in layout.MENU.values() for entry in entries if entry.exists]
ON_A_PHONE = [("phone", "app.py"), ("phone", "pages/evaluate.py")]
GROUNDS = {"dark": "rgb(13, 18, 24)", "light": "rgb(251, 252, 253)"}
Visit = Callable[..., Watched]


def address(file: str) -> str:
    return "/" if file == "app.py" else f"/{Path(file).stem}"


@pytest.mark.parametrize(
    ("size", "file"),
    few(product(("projector", "phone"), PAGES), [*product(("projector",), PAGES), *ON_A_PHONE]),
)
def test_a_deep_link_opens_in_both_themes(
    visit: Visit, shot: Callable[[Page, str], None], file: str, size: str
) -> None:
    seen = visit("dark", size)
    page = seen.open(address(file))
    if size == "projector":
        page.get_by_test_id("stSidebar").get_by_role("link", name="Home").wait_for()
    for theme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        fits(seen)
        shot(page, f"first-visit-{Path(file).stem}-{theme}-{size}")


def fits(seen: Watched) -> None:
    """Nothing went wrong, and nothing scrolls sideways."""
    page = seen.page
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    seen.check()


@pytest.mark.parametrize("file", [thorough("pages/data.py"), "pages/evaluate.py"])
def test_a_deep_link_opens_on_a_server_that_nobody_has_visited(
    browser: Browser, tmp_path: Path, file: str
) -> None:
    with serve(tmp_path, env=tmp_settings(tmp_path)) as server:
        seen = Watched(browser.new_page(), server.url)
        page = seen.open(f"{address(file)}?split=validation")
        page.get_by_role("link", name="Home").wait_for()
        expect(page.get_by_text("· validation")).to_have_count(1)
        seen.check()
        page.close()


def test_the_menu_leads_everywhere_and_keeps_the_split(visit: Visit) -> None:
    seen = visit()
    page = seen.open("/?split=train")
    for file in PAGES[1:]:
        label = next(
            entry.label for group in layout.MENU.values() for entry in group if entry.file == file
        )
        page.get_by_test_id("stSidebar").get_by_role("link", name=label, exact=True).click()
        page.wait_for_url(f"**{address(file)}?**")
        seen.settle()
        page.wait_for_url("**split=train**")
        page.get_by_text("· train").wait_for()
    seen.check()


def test_a_link_restores_the_whole_view_on_a_server_that_nobody_has_visited(
    browser: Browser, tmp_path: Path
) -> None:
    """Page, run, split, threshold, cell, open X-ray and language of numbers; then from Share."""
    table = pd.read_parquet(ROOT / "models/showcase/D1/predictions.parquet")
    judged = table[table["split"] == "validation"]
    called = judged["score_PNEUMONIA"] >= 0.6
    alarms = judged[(judged["label"] == "NORMAL") & called]
    chosen = alarms.iloc[0]
    parameters = {
        "run": "showcase-D1",
        "split": "validation",
        "threshold": "0.6",
        "evaluate_cell": "0-1",
        "image": chosen["image_id"],
        "numbers": "counts",
        "ratio": "20",
    }
    with serve(tmp_path, env=tmp_settings(tmp_path)) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        seen = Watched(context.new_page(), server.url)
        page = seen.open(f"/evaluate?{urlencode(parameters)}")
        expect(page.get_by_text(f"file {chosen['file']}")).to_be_visible()  # no pictures are here
        page.get_by_text("D1 · Kermany chest X-rays · validation").wait_for()
        assert screens.count(seen, "0-1") == len(alarms)
        expect(screens.cell(seen, "0-1")).to_have_attribute("aria-pressed", "true")
        expect(screens.headline(seen)).to_contain_text("At 0.60 you miss ")
        headline = screens.headline(seen).inner_text()
        expect(page.get_by_role("radio", name="530 of 624")).to_be_checked()
        page.get_by_label("beta of F-beta").select_option("1")
        page.wait_for_url("**beta=1**")
        page.get_by_role("radio", name="Share").click()
        shared = page.get_by_test_id("stCode").first.inner_text().replace("\n", "")
        seen.check()
        says_the_same(browser, shared, headline)
        context.close()


def says_the_same(browser: Browser, link: str, headline: str) -> None:
    """Open a shared link as another visitor."""
    second = Watched(browser.new_context().new_page(), link.partition("/evaluate")[0])
    second.open(link.removeprefix(second.url))
    expect(screens.headline(second)).to_have_text(headline)
    expect(screens.cell(second, "0-1")).to_have_attribute("aria-pressed", "true")
    expect(second.page.get_by_label("beta of F-beta")).to_have_value("1")
    expect(second.page.get_by_label("false negative : false positive")).to_have_value("20")
    second.check()
    second.page.context.close()
