"""The prevalence moves with the hand: the same frame, no message until release, a link restores."""

import re
from collections.abc import Callable
from functools import cache

import pandas as pd
from playwright.sync_api import Locator, Page, WebSocket, expect

from engine.judging import sentences_clinic
from engine.judging.figures import judge
from engine.judging.prevalence import predictive
from engine.judging.scores import Scores
from engine.words.settings import PROJECT
from tests.browser.conftest import Shoot, Watched
from tests.judging.made import TWO

LINK = "/evaluate?run=showcase-C5&view=clinic&threshold=0.31"
Visit = Callable[..., Watched]


@cache
def rates() -> tuple[float, float]:
    """Recall and specificity of C5's test images as the engine judges them."""
    table = pd.read_parquet(PROJECT / "models" / "showcase" / "C5" / "predictions.parquet")
    scores = Scores.of(table, "test")
    figures = judge(scores, 0.31).figures
    recall, specificity = (float(figures[name].value) for name in ("recall", "specificity"))
    return recall, specificity


def told(prevalence: float) -> str:
    """The sentence that the engine gives."""
    return sentences_clinic.people(predictive(*rates(), prevalence), TWO)


SHOWN = """root => {
  const text = (selector) => root.querySelector(selector).textContent;
  const icons = {found: 0, missed: 0, alarmed: 0, left: 0};
  root.querySelectorAll(".icons path").forEach((icon) => icons[icon.getAttribute("class")] += 1);
  const legend = Object.fromEntries(Object.keys(icons).map(
    (name) => [name, Number(text(`[data-group=${name}] .count`))]));
  return {now: text(".now"), sentence: text(".sentence"), icons, legend};
}"""


def check(page: Page) -> float:
    """What is drawn is what the engine says at the prevalence shown; return it."""
    shown = page.locator("section.clinic").evaluate(SHOWN)
    value = round(float(shown["now"].rstrip("%")) / 100, 6)
    assert shown["sentence"] == told(value)
    assert shown["icons"] == shown["legend"]
    assert sum(shown["legend"].values()) == 1000
    return value


def by_key(page: Page, range_: Locator) -> None:
    """Each key goes to the next prevalence of two digits, or to an end."""
    for key, value in (("Home", 0.001), ("ArrowRight", 0.0011), ("End", 0.9), ("ArrowLeft", 0.89)):
        range_.press(key)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert check(page) == value
        expect(page).to_have_url(re.compile(rf"prevalence={value}(&|$)"))
    assert "89%: PPV" in range_.get_attribute("aria-valuetext")


def test_prevalence_by_link_by_hand_and_by_key(visit: Visit, shot: Shoot) -> None:
    seen = visit()
    sent = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: sent.append(1))

    seen.page.on("websocket", listen)
    page = seen.open(f"{LINK}&prevalence=0.01")
    range_ = page.locator(".clinic input")
    range_.wait_for()
    seen.settle()
    assert check(page) == 0.01
    box = range_.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    sent.clear()
    visited = set()
    for step in range(12):
        page.mouse.move(box["x"] + box["width"] * (0.5 + step / 30), middle)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        visited.add(check(page))
    assert len(visited) > 9
    assert sent == []
    page.mouse.up()
    dragged = check(page)
    expect(page).to_have_url(re.compile(rf"prevalence={dragged:g}(&|$)"))
    by_key(page, range_)
    page.locator(".clinic button", has_text="20%").first.click()
    expect(page).to_have_url(re.compile(r"prevalence=0.2(&|$)"))
    page.set_viewport_size({"width": 420, "height": 860})
    assert check(page) == 0.2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "clinic-phone")
    seen.check()
