"""Each page, opened cold by its address in both themes and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.server import serve, tmp_settings
from pages.shared import layout
from tests.browser.conftest import Watched

PAGES = [entry.file for entries in layout.MENU.values() for entry in entries if entry.exists]
Visit = Callable[..., Watched]


def address(file: str) -> str:
    return "/" if file == "app.py" else f"/{Path(file).stem}"


@pytest.mark.parametrize("file", PAGES)
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["projector", "phone"])
def test_a_deep_link_opens(
    visit: Visit, shot: Callable[[Page, str], None], file: str, theme: str, size: str
) -> None:
    seen = visit(theme, size)
    page = seen.open(address(file))
    if size == "projector":
        page.get_by_test_id("stSidebar").get_by_role("link", name="Home").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    shot(page, f"first-visit-{Path(file).stem}-{theme}-{size}")
    seen.check()


@pytest.mark.parametrize("file", ["pages/data.py", "pages/evaluate.py"])
def test_a_deep_link_opens_on_a_server_that_nobody_has_visited(
    browser: Browser, tmp_path: Path, file: str
) -> None:
    with serve(tmp_path, env=tmp_settings(tmp_path)) as server:
        seen = Watched(browser.new_page(), server.url)
        page = seen.open(f"{address(file)}?split=validation")
        page.get_by_role("link", name="Home").wait_for()
        assert page.get_by_text("· validation").count() == 1
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
        assert "split=train" in page.url
        page.get_by_text("· train").wait_for()
    seen.check()
