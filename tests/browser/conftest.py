"""A server with folders of its own, and a Chromium that looks at it.

Without Chromium these tests are skipped, and with CXR_REQUIRE_BROWSER=1 they fail.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from benchmarks.server import ROOT, Server, chromium, chromium_path, serve, tmp_settings

PATIENT = 120_000  # ms: training and TensorFlow's start on a busy machine
Shoot = Callable[[Page, str], None]
SIZES = {"projector": (1280, 720), "phone": (420, 860)}
# On a deep link Streamlit's own script first asks beside the page, then at the root.
OWN_PROBE = re.compile(r"/_stcore/(health|host-config)$")
expect.set_options(timeout=PATIENT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here, and skip it where there is no browser and none is required."""
    missing = chromium_path() is None and os.environ.get("CXR_REQUIRE_BROWSER") != "1"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip("needs Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a free port, everything it writes under a temporary folder."""
    folder = tmp_path_factory.mktemp("server")
    with serve(folder, env=tmp_settings(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as running:
        yield running


class Watched:
    """A page whose errors are kept: what the console, the network and the screen say."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        page.set_default_timeout(PATIENT)
        self.errors: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))
        page.on("response", self._response)
        page.on("request", lambda request: self._local(request.url))

    def open(self, path: str = "/") -> Page:
        """Go to a path of the app and wait until its script has run."""
        self.page.goto(self.url + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the heading is there and the script has stopped running."""
        self.page.get_by_role("heading", level=1).first.wait_for()
        self.page.locator("[data-testid=stApp][data-test-script-state=running]").wait_for(
            state="detached"
        )

    def alerts(self) -> Locator:
        """The red messages on the screen."""
        return self.page.get_by_test_id("stAlertContentError")

    def check(self) -> None:
        """Fail where anything went wrong: an error box, the console, a foreign server."""
        assert self.page.locator("[data-testid=stException]").count() == 0
        assert self.alerts().all_inner_texts() == []
        assert not self.errors, "\n".join(self.errors)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not OWN_PROBE.search(message.location.get("url", "")):
            self.errors.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not OWN_PROBE.search(response.url):
            self.errors.append(f"{response.status}: {response.url}")

    def _local(self, url: str) -> None:
        if not url.startswith((self.url, self.url.replace("http", "ws"), "data:", "blob:")):
            self.errors.append(f"asked a foreign server: {url}")


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Watched]]:
    """Open a fresh visitor's page: `visit(theme="light", size="phone")`."""
    contexts = []

    def visit_it(theme: str = "dark", size: str = "projector") -> Watched:
        width, height = SIZES[size]
        context = browser.new_context(
            color_scheme=theme, viewport={"width": width, "height": height}
        )
        contexts.append(context)
        return Watched(context.new_page(), server.url)

    yield visit_it
    for context in contexts:
        context.close()


@pytest.fixture
def seen(browser: Browser, lab: Server) -> Iterator[Watched]:
    """One visitor with a dark screen on the server that the test's file names `lab`."""
    width, height = SIZES["projector"]
    context = browser.new_context(color_scheme="dark", viewport={"width": width, "height": height})
    yield Watched(context.new_page(), lab.url)
    context.close()


@pytest.fixture
def shot() -> Shoot:
    """Write a screenshot to the folder CXR_SCREENSHOTS, where that is set (make screenshots)."""
    folder = os.environ.get("CXR_SCREENSHOTS", "")

    def shoot(page: Page, name: str) -> None:
        if folder:
            place = ROOT / folder
            place.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=place / f"{name}.png")

    return shoot
