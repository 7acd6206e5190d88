"""An explorer's own file, opened in Chromium without a server."""

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from engine.judging.bootstrap import bands
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.sentences import line
from engine.judging.thresholds import choose, snaps
from pages.shared.components.explorer import pack, standalone_html
from tests.judging import made

TABLE = made.predictions(images=400, seed=5)  # two decimals: many ties
TEST, VALIDATION = (Scores.of(TABLE, split) for split in ("test", "validation"))
START = choose(VALIDATION)
BANDS = bands(TEST, resamples=40)
ABOUT = "Made-up scores <b>&</b> nothing else."
CELLS = ("0-0", "0-1", "1-0", "1-1")


class Opened:
    """An explorer in a page, and what its page asked of the network."""

    def __init__(self, browser: Browser, folder: Path, scores: Scores = TEST) -> None:
        file = folder / "explorer.html"
        chosen = snaps(scores) if len(set(scores.truth)) == 2 else ()
        packet = pack(scores, BANDS if scores is TEST else None, snaps(VALIDATION), chosen)
        file.write_text(standalone_html(packet, "Explorer", ABOUT, START), encoding="utf-8")
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page: Page = context.new_page()
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text))
        self.page.goto(file.as_uri())
        self.root: Locator = self.page.locator(".explorer")

    def does(self, code: str, value: object = None) -> object:
        """Run code with the explorer's handle."""
        return self.root.evaluate(f"(root, value) => {{ const e = root.explorer; {code} }}", value)

    def value(self) -> float:
        """Return the threshold."""
        return float(str(self.does("return e.state.value")))

    def place(self, panel: str, x: float, y: float = 0.4) -> tuple[float, float]:
        """Return the screen's place at shares of a panel's picture."""
        box = self.page.locator(f"[data-panel={panel}] svg").bounding_box()
        assert box
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def expect_at(self, value: float, scores: Scores = TEST) -> None:
        """Check that all of the screen has followed to this threshold."""
        judged = judge(scores, value)
        expect(self.page.locator(".headline")).to_have_text(line(judged))
        cells = [self.page.locator(f"[data-cell='{name}'] .count") for name in CELLS]
        for cell, number in zip(cells, judged.matrix.ravel(), strict=True):
            expect(cell).to_have_text(str(number))
