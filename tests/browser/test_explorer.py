"""The threshold explorer as a file of its own: its figures, and what hands and keys do to it."""

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from sklearn import metrics

from engine.judging.counts import Counts, Ranking
from engine.judging.measures import MEASURES
from engine.judging.scores import Scores
from engine.judging.thresholds import choose
from tests.browser.opened_explorer import ABOUT, BANDS, TEST, VALIDATION, Opened
from tests.judging import made


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return Opened(browser, tmp_path_factory.mktemp("explorer"))


def test_the_file_asks_nothing_of_any_network_and_says_what_it_is(opened: Opened) -> None:
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    assert opened.errors == []
    expect(opened.page.locator(".about")).to_have_text(ABOUT)
    expect(opened.page.locator(".notice")).to_contain_text("Not a medical device")
    expect(opened.page.locator(".of")).to_have_text("of 400 images")


def test_every_figure_equals_the_engines_at_any_threshold(opened: Opened) -> None:
    random = np.random.default_rng(0)
    values = [*random.random(60), *random.choice(TEST.scores, 40), 0.0, 0.5, 1.0, 1.5]
    found = opened.does("return value.map(e.figures)", [float(value) for value in values])
    assert isinstance(found, list)
    for value, figures in zip(values, found, strict=True):
        counts = Ranking.of(TEST).counts(value)
        check(counts, figures)


def check(counts: Counts, figures: dict[str, dict[str, object]]) -> None:
    assert figures["counts"] == {
        name: int(getattr(counts, name)) for name in ("tn", "fp", "fn", "tp")
    }
    for name, (value, reason) in figures["measures"].items():
        given = {"fbeta": 2.0, "cost": 5.0}.get(name)
        known = float(MEASURES[name].compute(counts, given))
        assert value == pytest.approx(known, nan_ok=True), name
        if math.isnan(known):
            assert reason == MEASURES[name].reason(counts, "pneumonia", "normal")


def test_areas_equal_scikit_learns(opened: Opened) -> None:
    curves = opened.does("return [e.model.curves.auc, e.model.curves.ap]")
    auc = metrics.roc_auc_score(TEST.truth, TEST.scores)
    assert curves == pytest.approx([auc, metrics.average_precision_score(TEST.truth, TEST.scores)])


def test_a_rule_is_applied_from_validation_and_on_the_test_only_when_asked(opened: Opened) -> None:
    page = opened.page
    badge = page.locator(".badge")
    page.get_by_role("button", name="Youden's J").click()
    opened.expect_at(choose(VALIDATION, "youden").value)
    expect(badge).to_have_text("chosen on validation (400 X-rays)")
    page.get_by_role("switch").check()
    opened.expect_at(choose(TEST, "youden").value)
    expect(badge).to_contain_text("optimistic")
    page.get_by_label("target recall").select_option("0.99")
    opened.expect_at(choose(TEST, "recall", 0.99).value)
    page.get_by_role("switch").uncheck()
    opened.expect_at(choose(VALIDATION, "recall", 0.99).value)
    page.get_by_role("button", name="0.5", exact=True).click()
    opened.expect_at(0.5)


def test_dragging_moves_everything_while_the_mouse_is_down_and_again_and_again(
    opened: Opened,
) -> None:
    mouse = opened.page.mouse
    for start, end in ((0.3, 0.5), (0.6, 0.4), (0.5, 0.8)):
        mouse.move(*opened.place("histogram", start))
        mouse.down()
        mouse.move(*opened.place("histogram", end), steps=4)
        value = opened.value()
        opened.expect_at(value)
        assert opened.page.locator(".slider").input_value() == f"{value:g}"
        mouse.up()
        mouse.move(*opened.place("histogram", 0.1))
        assert opened.value() == value
    expect(opened.page.locator(".badge")).to_have_text("set by hand")


def test_keys_move_the_slider_after_a_drag(opened: Opened) -> None:
    page = opened.page
    page.mouse.click(*opened.place("histogram", 0.5))
    value = opened.value()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    opened.expect_at(round(value + 0.002, 3))
    page.keyboard.press("PageDown")
    assert opened.value() == pytest.approx(value + 0.002 - 0.1, abs=0.002)
    page.keyboard.press("End")
    opened.expect_at(1.0)
    page.keyboard.press("Home")
    opened.expect_at(0.0)
    expect(page.get_by_role("status")).to_contain_text("At 0.00 you miss 0 of")


def test_a_lost_finger_ends_its_drag_and_the_next_one_works(opened: Opened) -> None:
    svg = opened.page.locator("[data-panel=histogram] svg")

    def touch(kind: str, x: float) -> None:
        left, top = opened.place("histogram", x)
        same = {"pointerId": 7, "pointerType": "touch", "button": 0, "isPrimary": True}
        svg.dispatch_event(f"pointer{kind}", {**same, "clientX": left, "clientY": top})

    # A made-up event has no pointer to capture.
    svg.evaluate("svg => { svg.setPointerCapture = () => {} }")
    touch("down", 0.3)
    touch("move", 0.6)
    moved = opened.value()
    touch("cancel", 0.6)
    touch("move", 0.8)
    assert opened.value() == moved
    touch("down", 0.4)
    touch("move", 0.45)
    touch("up", 0.45)
    assert opened.value() < moved
    opened.expect_at(opened.value())
    svg.evaluate("svg => { delete svg.setPointerCapture }")


def test_the_formula_is_written_on_the_counts_of_the_screen(opened: Opened) -> None:
    opened.does("e.move(0.4)")
    opened.page.locator("[data-measure=recall]").click()
    counts = Ranking.of(TEST).counts(0.4)
    expected = f"= found / (found + missed) = {counts.tp} / ({counts.tp} + {counts.fn}) = "
    expect(opened.page.locator(".formula")).to_have_text(f"{expected}{counts.recall:.2f}")
    low, high = BANDS.measures["recall"][80]
    expect(opened.page.locator("[data-measure=recall] .interval")).to_have_text(
        f"{low:.2f} to {high:.2f}"
    )
    opened.page.get_by_label("Numbers as").select_option("counts")
    expect(opened.page.locator("[data-measure=recall] .value")).to_have_text(
        f"{counts.tp} of {counts.tp + counts.fn}"
    )


def test_shift_and_drag_chooses_a_range_and_leaves_the_threshold(opened: Opened) -> None:
    before = opened.value()
    mouse, keyboard = opened.page.mouse, opened.page.keyboard
    keyboard.down("Shift")
    mouse.move(*opened.place("histogram", 0.7))
    mouse.down()
    mouse.move(*opened.place("histogram", 0.5))
    mouse.up()
    keyboard.up("Shift")
    low, high = opened.does("return e.state.brush")
    assert 0.4 < low < high < 0.7
    assert opened.value() == before


def test_cells_are_pressed_by_mouse_and_keyboard(opened: Opened) -> None:
    found, missed = (opened.page.locator(f"[data-cell='{name}']") for name in ("1-1", "1-0"))
    found.click()
    expect(found).to_have_attribute("aria-pressed", "true")
    missed.focus()
    opened.page.keyboard.press("Enter")
    expect(missed).to_have_attribute("aria-pressed", "true")
    expect(found).to_have_attribute("aria-pressed", "false")
    expect(missed).to_have_attribute("aria-label", re.compile("pneumonia X-rays are called normal"))


@pytest.mark.parametrize("panel", ["matrix", "histogram", "pr", "tiles"])
def test_panels_are_saved_as_pictures_that_stand_alone(opened: Opened, panel: str) -> None:
    buttons = opened.page.locator(f"[data-panel={panel}]")
    with opened.page.expect_download() as saved:
        buttons.get_by_text("SVG", exact=True).click()
    text = saved.value.path().read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "var(" not in text
    assert "no medical device" in text
    with opened.page.expect_download() as saved:
        buttons.get_by_text("PNG", exact=True).click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_nothing_scrolls_sideways_on_a_phone_nor_at_presenter_size(opened: Opened) -> None:
    page = opened.page
    for width in (420, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for _ in range(2):  # on, off
            page.get_by_role("button", name="Presenter size").click()
            expect(page.get_by_role("button", name="Presenter size")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.errors == []


def test_scores_of_one_class_say_why_there_is_no_curve(browser: Browser, tmp_path: Path) -> None:
    scores = Scores.of(made.of([1, 1, 1], [0.2, 0.5, 0.9]), "test")
    opened = Opened(browser, tmp_path, scores)
    for panel in ("roc", "pr", "fbeta"):
        expect(opened.page.locator(f"[data-panel={panel}] svg")).to_contain_text("needs both")
    opened.does("e.move(0.5)")
    opened.expect_at(0.5, scores)  # a score equal to the threshold is called positive
    tile = opened.page.locator("[data-measure=specificity]")
    expect(tile.locator(".value")).to_have_text("–")
    expect(tile.locator(".interval")).to_have_text("Every image is pneumonia.")
    assert opened.errors == []
