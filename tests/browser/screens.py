"""What a visitor does on the screens, in words: each function does one thing and waits for it."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Watched

EPOCH = re.compile(r"^Epoch \d+ of \d+, batch \d+ of \d+")
HEADLINE = re.compile(r"^At [\d.]+ you miss ")


def menu(seen: Watched, label: str, question: str) -> None:
    """Go to a page through the menu."""
    seen.page.get_by_test_id("stSidebar").get_by_role("link", name=label, exact=True).click()
    expect(seen.page.get_by_role("heading", level=1)).to_contain_text(question)
    seen.settle()


def press(seen: Watched, name: str) -> None:
    """Press a button by its label."""
    seen.page.get_by_role("button", name=name).first.click()
    seen.settle()


def fill(seen: Watched, tab: str, label: str, value: int) -> None:
    """Type a number into a knob of the Train page."""
    page = seen.page
    page.get_by_role("tab", name=tab).click()
    field = page.get_by_role("spinbutton", name=label)
    if field.input_value() == str(value):
        return
    field.fill(str(value))
    field.press("Enter")
    seen.settle()
    expect(field).to_have_value(str(value))


def recipe(seen: Watched, epochs: int, seed: int) -> None:
    """Make the Quick preset small: 64 pixels, 16 images a step."""
    page = seen.page
    if not page.get_by_role("tab", name="Learning").is_visible():
        page.get_by_text("Customise every setting").click()
    fill(seen, "Images and split", "Image size, pixels", 64)
    fill(seen, "Learning", "Batch size", 16)
    fill(seen, "Epochs and balance", "Epochs", epochs)
    fill(seen, "Epochs and balance", "Seed", seed)


def badge(seen: Watched, text: str) -> Locator:
    """Return a badge of the page's main part."""
    return seen.page.get_by_test_id("stMain").locator(".stMarkdownBadge").get_by_text(text)


def progress(seen: Watched) -> str:
    """Return the line over the progress bar, once it tells of an epoch."""
    line = seen.page.get_by_test_id("stProgress").get_by_text(EPOCH)
    return line.inner_text()


def headline(seen: Watched) -> Locator:
    """Return Evaluate's sentence: At 0.31 you miss 6 of 390 and alarm 71 of 234."""
    return seen.page.get_by_role("heading", name=HEADLINE)


def cell(seen: Watched, name: str) -> Locator:
    """Return a cell of the confusion matrix: "1-0" is missed, "0-1" is false alarm."""
    return seen.page.locator(f"[data-cell='{name}']")


def count(seen: Watched, name: str) -> int:
    """Return the number in a cell of the confusion matrix."""
    return int((cell(seen, name).locator(".count").text_content() or "").replace(",", ""))


def measures(seen: Watched) -> dict[str, str]:
    """Return the explorer's figures by their labels."""
    tiles = seen.page.locator(".explorer .tile").all()
    return {
        tile.locator(".label").inner_text(): tile.locator(".value").inner_text() for tile in tiles
    }


def tiles(seen: Watched) -> dict[str, str]:
    """Return the page's figures by their labels."""
    found = seen.page.get_by_test_id("stMetric").all()
    parts = [tile.inner_text().split("\n") for tile in found]
    return {lines[0]: lines[-1] for lines in parts}


def picture(seen: Watched, alt: str) -> Locator:
    """Return an image by the start of its description, once it is drawn."""
    found = seen.page.locator(f"img[alt^='{alt}']").first
    found.wait_for()
    found.scroll_into_view_if_needed()
    seen.page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=found.element_handle()
    )
    return found
