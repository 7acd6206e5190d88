"""The explorer within Streamlit: what the server hears and when, and what survives a rerun."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from benchmarks.server import serve

# As five keys do it, faster than the pause after which the server hears of them.
FIVE_KEYS = """slider => {
  for (let count = 0; count < 5; count += 1) {
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    slider.stepDown();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  }
}"""
APP = ("run", "tests/browser/explorer_app.py")


class Seen:
    """A visitor of the small page around the explorer, with the sizes of all messages."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.sent: list[int] = []
        self.received: list[int] = []
        page.on("websocket", self._listen)
        page.goto(url)
        self.log_is([])

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(len(frame)))
        socket.on("framereceived", lambda frame: self.received.append(len(frame)))

    def quiet(self) -> None:
        """Wait until a second has passed without a message."""
        before = -1
        while before != len(self.sent) + len(self.received):
            before = len(self.sent) + len(self.received)
            self.page.wait_for_timeout(1000)

    def log_is(self, entries: list[object]) -> None:
        """Wait until the server has written down these reports."""
        expect(self.page.locator(".headline")).not_to_be_empty()
        wanted = json.dumps(entries, separators=(",", ":"))
        expect(self.page.get_by_test_id("stCode")).to_have_text(wanted)

    def drag(self, start: float, end: float) -> None:
        """Press on the histogram and move on, without letting go."""
        box = self.page.locator("[data-panel=histogram] svg").bounding_box()
        assert box
        y = box["y"] + 0.4 * box["height"]
        self.page.mouse.move(box["x"] + start * box["width"], y)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + end * box["width"], y, steps=12)

    def report(self) -> dict[str, object]:
        """Return what the explorer would tell."""
        code = "({explorer: {state}}) => [state.value, state.rule, state.target, state.on]"
        found = self.page.locator(".explorer").evaluate(code)
        return dict(zip(("value", "rule", "target", "on"), found, strict=True))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("explorer"), APP) as running:
        yield running.url


@pytest.fixture
def seen(browser: Browser, url: str) -> Iterator[Seen]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Seen(context.new_page(), url)
    context.close()


def test_the_server_hears_once_on_release_and_sends_no_scores_again(seen: Seen) -> None:
    seen.quiet()
    sent, received = len(seen.sent), len(seen.received)
    seen.drag(0.3, 0.6)
    seen.page.wait_for_timeout(200)
    assert len(seen.sent) == sent
    seen.page.mouse.up()
    first = ["threshold", seen.report()]
    seen.log_is([first])
    seen.page.locator(".slider").evaluate(FIVE_KEYS)
    second = ["threshold", seen.report()]
    assert second != first
    seen.log_is([first, second])  # five keys, one report
    cell = seen.page.locator("[data-cell='1-0']")
    cell.focus()
    seen.page.keyboard.press("Enter")
    seen.log_is([first, second, ["cell", "1-0", second[1]["value"]]])
    assert len(seen.sent) == sent + 3
    assert max(seen.received[received:]) < 5_000


def test_a_cell_that_is_pressed_before_the_last_move_was_told_brings_it_along(seen: Seen) -> None:
    seen.page.locator(".slider").focus()
    seen.page.keyboard.press("ArrowLeft")
    seen.page.locator("[data-cell='0-1']").click()
    report = seen.report()
    expect(seen.page.get_by_test_id("stCode")).to_have_text(
        re.compile(re.escape(json.dumps(["cell", "0-1", report["value"]], separators=(",", ":"))))
    )
    expect(seen.page.get_by_test_id("stCode")).to_contain_text('"rule":"hand"')


def test_python_moves_the_threshold_and_a_visit_elsewhere_keeps_it(seen: Seen) -> None:
    page = seen.page
    headline, away = page.locator(".headline"), page.get_by_text("Away")
    seen.drag(0.3, 0.7)
    page.mouse.up()
    page.get_by_role("button", name="Set 0.25 from Python").click()
    expect(headline).to_contain_text("At 0.25 you")
    page.get_by_role("button", name="Youden's J").click()
    expect(page.get_by_test_id("stCode")).to_contain_text("youden")
    kept = headline.inner_text()
    away.click()
    expect(headline).to_have_count(0)
    away.click()
    expect(headline).to_have_text(kept)
    expect(page.locator(".badge")).to_have_text("chosen on validation (300 X-rays)")


def test_another_run_brings_its_own_scores(seen: Seen) -> None:
    page = seen.page
    before = page.locator(".headline").inner_text()
    page.get_by_text("second", exact=True).click()
    expect(page.locator(".headline")).not_to_have_text(before)
    expect(page.locator(".explorer")).to_have_count(1)
    assert len(page.locator("[data-panel=histogram] .threshold").all()) == 1
    seen.drag(0.4, 0.5)
    page.mouse.up()
    seen.log_is([["threshold", seen.report()]])
