"""A first visitor of a machine without any images: the shipped runs answer at once."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser import screens
from tests.browser.conftest import Watched
from tests.browser.screens import headline

Visit = Callable[..., Watched]


def test_home_leads_to_a_shipped_run_whose_gallery_says_what_is_missing(visit: Visit) -> None:
    seen = visit()
    seen.open("/")
    screens.press(seen, "See its mistakes")
    expect(headline(seen)).to_contain_text("of 390 pneumonia X-rays")
    seen.page.get_by_text("its images are not on this machine").wait_for()
    seen.page.get_by_role("link", name="Add the images").click()
    expect(seen.page.get_by_role("heading", level=1)).to_contain_text("What is in the data?")
    seen.check()


QUESTIONS = {
    "Is the difference real?": "Who is right where the other is wrong?",
    "Where they disagree": "Cohen's kappa: agreement beyond chance",
    "Together": "Together they do",
    "Imbalance lab": "One network under every strategy",
}


def test_two_shipped_runs_are_compared(visit: Visit) -> None:
    seen = visit()
    page = seen.open("/compare")
    page.get_by_text("All were judged on the same 624 test X-rays").wait_for()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    page.get_by_text("Figures with their 95% intervals").wait_for()
    for question, mark in QUESTIONS.items():
        page.get_by_role("radio", name=question).click()
        page.get_by_text(mark).first.wait_for()
        seen.settle()
        seen.check()
    page.goto(page.url)
    page.get_by_text(mark).first.wait_for()
    seen.check()


def test_a_shipped_network_answers_a_synthetic_x_ray(visit: Visit) -> None:
    seen = visit()
    page = seen.open("/try_an_xray?run=showcase-D1")
    page.get_by_role("button", name="Bacterial").click()
    page.get_by_text("so the decision is").wait_for()
    screens.picture(seen, "Heat map for")
    seen.check()
