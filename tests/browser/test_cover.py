"""Patches in Chromium: drawn by mouse and finger, moved by key, and the score line follows."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.conftest import Shoot, Watched

Visit = Callable[..., Watched]
LINK = "/try_an_xray?run=showcase-C5"
PATIENT = 120_000  # milliseconds: TensorFlow is loaded by the first question
SCORE = re.compile(r"^Covered, the score for PNEUMONIA goes from")
PLACE = re.compile(r"(\d+)% from the left, (\d+)% from the top, (\d+)% wide, (\d+)% high")


def opened(seen: Watched) -> Locator:
    """A synthetic X-ray on Try, with the panel to cover it; return the picture to paint on."""
    page = seen.open(LINK)
    page.get_by_role("button", name="Bacterial").click()
    switch = page.get_by_text("Cover parts of it and see what the score becomes")
    switch.wait_for(timeout=PATIENT)
    switch.click()
    page.get_by_text("As it is, the score for PNEUMONIA").wait_for(timeout=PATIENT)
    seen.settle()
    stage = page.locator(".patch .stage")
    stage.scroll_into_view_if_needed()
    return stage


def drag(page: Page, stage: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at a share of the picture, go to another, let go."""
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    ends = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(*ends[1], steps=8)
    page.mouse.up()


def place(box: Locator) -> tuple[int, ...]:
    """Left, top, width and height in percent, as a screen reader is told."""
    found = PLACE.search(box.get_attribute("aria-label") or "")
    assert found is not None
    return tuple(map(int, found.groups()))


def score(seen: Watched, share: int) -> str:
    """The score line, once it is of patches over so many percent of the picture."""
    told = seen.page.get_by_text(f"What the network sees: 1 patch, {share}% of the picture")
    told.wait_for(timeout=PATIENT)
    seen.settle()  # the line comes after what the network sees
    line = seen.page.get_by_text(SCORE)
    line.wait_for(timeout=PATIENT)
    return line.inner_text()


def test_the_score_follows_patches_by_mouse_and_key(visit: Visit, shot: Shoot) -> None:
    seen = visit()
    stage, page = opened(seen), seen.page
    boxes = page.locator(".patch .box")
    drag(page, stage, (0.2, 0.3), (0.45, 0.75))
    assert place(boxes.first) == (20, 30, 25, 45)
    line = score(seen, 11)
    drag(page, stage, (0.3, 0.5), (0.7, 0.5))
    assert place(boxes.first) == (60, 30, 25, 45)
    expect(page.get_by_text(SCORE)).not_to_have_text(line, timeout=PATIENT)
    line = score(seen, 11)
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert place(boxes.first) == (40, 30, 25, 45)
    expect(page.get_by_text(SCORE)).not_to_have_text(line, timeout=PATIENT)
    for _ in range(20):
        page.keyboard.press("Shift+ArrowDown")
    assert place(boxes.first) == (40, 30, 25, 65)
    line = score(seen, 16)
    shot(page, "cover")
    drag(page, stage, (0.65, 0.3), (0.8, 0.1))  # by its upper right corner
    assert place(boxes.first) == (40, 10, 40, 85)
    assert score(seen, 34) != line
    by_undo(seen, boxes)
    by_python(page, boxes.first)
    seen.check()


def by_undo(seen: Watched, boxes: Locator) -> None:
    """Undo takes a resize and a removal back."""
    page = seen.page
    page.keyboard.press("Control+z")
    assert place(boxes.first) == (40, 30, 25, 65)
    score(seen, 16)
    page.keyboard.press("Delete")
    expect(boxes).to_have_count(0)
    page.get_by_text("As it is, the score for PNEUMONIA").wait_for(timeout=PATIENT)
    page.locator(".patch").get_by_role("button", name="Undo").click()
    expect(boxes).to_have_count(1)
    score(seen, 16)


def by_python(page: Page, box: Locator) -> None:
    """Back puts the try before there; a random place is as large; Undo takes that back."""
    page.get_by_role("button", name="Back", exact=True).click()
    expect(box).to_have_attribute("aria-label", at(40, 10, 40, 85), timeout=PATIENT)
    page.get_by_role("button", name="Cover a random place").click()
    expect(box).not_to_have_attribute("aria-label", at(40, 10, 40, 85), timeout=PATIENT)
    assert place(box)[2:] == (40, 85)
    page.locator(".patch").get_by_role("button", name="Undo").click()
    expect(box).to_have_attribute("aria-label", at(40, 10, 40, 85))


def at(left: int, top: int, width: int, height: int) -> str:
    """What a screen reader says of the only patch."""
    return (
        f"Patch 1 of 1: {left}% from the left, {top}% from the top, {width}% wide, {height}% high"
    )


def test_a_finger_draws_on_a_phone_and_is_told_on_release(visit: Visit) -> None:
    seen = visit(size="phone")
    sent: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: sent.append(1))

    seen.page.on("websocket", listen)
    stage, page = opened(seen), seen.page
    finger, box = page.context.new_cdp_session(page), stage.bounding_box()
    assert box is not None
    before = len(sent)
    for kind, share in (("Start", 0.3), ("Move", 0.4), ("Move", 0.6), ("End", None)):
        if share is None:
            assert len(sent) == before, "nothing is told while the finger is down"
        far = share or 0.0
        spot = {"x": box["x"] + far * box["width"], "y": box["y"] + far * box["height"]}
        points = [spot] if share else []
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    (left, top, width, height) = place(page.locator(".patch .box"))
    assert abs(left - 30) + abs(top - 30) + abs(width - 30) + abs(height - 30) <= 4
    page.get_by_text(SCORE).wait_for(timeout=PATIENT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    seen.check()
