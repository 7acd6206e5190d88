"""Prepare in Chromium: the line moves by hand and key and tells nobody, the chain goes to Train."""

from collections.abc import Callable

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import Shoot, Watched

Visit = Callable[..., Watched]
AT = "stage => parseFloat(getComputedStyle(stage).getPropertyValue('--at'))"


def at(page: Page) -> float:
    """Where the line is, in percent of the width."""
    return float(page.locator(".stage").evaluate(AT))


def pictures(page: Page) -> list[str | None]:
    """Wait until the two pictures on top of each other are there; return their addresses."""
    images = [page.locator(f".stage img.{name}") for name in SIDES]
    for image in images:
        expect(image).not_to_have_js_property("naturalWidth", 0)
    return [image.get_attribute("src") for image in images]


SIDES = ("before", "after")


def test_the_line_moves_without_a_message_and_the_chain_goes_to_train(
    visit: Visit, shot: Shoot
) -> None:
    seen = visit()
    sent = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: sent.append(1))

    seen.page.on("websocket", listen)
    page = seen.open("/prepare")
    stage = page.locator(".stage")
    stage.wait_for()
    seen.settle()
    first, second = pictures(page)
    assert first != second
    stage.scroll_into_view_if_needed()
    box, before = stage.bounding_box(), len(sent)
    for start, end in ((0.5, 0.2), (0.2, 0.9)):  # a second drag must not freeze
        page.mouse.move(box["x"] + start * box["width"], box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + end * box["width"], box["y"] + 100, steps=8)
        page.mouse.up()
        assert abs(at(page) - 100 * end) < 1
    range_ = page.locator(".stage input")
    for key, value in (("Home", 0), ("ArrowRight", 1), ("End", 100), ("ArrowLeft", 99)):
        range_.press(key)
        assert at(page) == value
    assert range_.get_attribute("aria-valuetext") == "99% of the width shows before"
    assert len(sent) == before
    shot(page, "prepare-wipe")
    page.get_by_role("switch", name="Local contrast").or_(
        page.get_by_role("checkbox", name="Local contrast")
    ).first.press("Space")
    seen.settle()
    assert at(page) == 99, "new pictures leave the line where it is"
    hand_over(seen)
    seen.check()


def hand_over(seen: Watched) -> None:
    """The chain, its local contrast switched off, goes to Train and can be changed from there."""
    page = seen.page
    page.get_by_role("button", name="Use in a recipe").click()
    page.wait_for_url("**/train**")
    seen.settle()
    expect(page.get_by_text("then Gaussian blur").first).to_be_visible()
    page.get_by_role("link", name="Change it").first.click()
    page.wait_for_url("**/prepare**")
    seen.settle()
    expect(page.get_by_text("On the square: Gaussian blur.")).to_be_visible()


def test_a_finger_moves_the_line_on_a_phone(visit: Visit) -> None:
    seen = visit(size="phone")
    page = seen.open("/prepare")
    stage = page.locator(".stage")
    stage.wait_for()
    pictures(page)
    stage.scroll_into_view_if_needed()
    finger, box = page.context.new_cdp_session(page), stage.bounding_box()
    for kind, share in (("Start", 0.5), ("Move", 0.4), ("Move", 0.25), ("End", None)):
        place = {"x": box["x"] + (share or 0) * box["width"], "y": box["y"] + 40}
        points = [place] if share else []
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    assert abs(at(page) - 25) < 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    seen.check()
