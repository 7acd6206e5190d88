"""Composing steps in order, and what Train begins with when they are handed over."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.vision import preprocessing
from engine.words.options import Choice
from pages.shared import handover
from pages.shared.state import Key
from tests.pages.conftest import ROOT, SECONDS

BEGIN = (Choice.of("pad"), Choice.of("clahe", clip_limit=3.0, tiles=8), Choice.of("blur"))


def composing() -> None:
    import streamlit as st

    from engine.vision import preprocessing
    from pages.shared import chain
    from tests.pages.test_chain import BEGIN

    steps = chain.edit(preprocessing.STEPS, BEGIN, ("test",), "Nothing yet.")
    st.text(chain.line(preprocessing.STEPS, steps))


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(composing, default_timeout=SECONDS).run()


def press(app: AppTest, named: str) -> AppTest:
    return next(button for button in app.button if button.help == named).click().run()


def said(app: AppTest) -> list[str]:
    assert not app.exception
    return [step.split(" (")[0] for step in app.text[0].value.split(", then ")]


LABELS = ["Pad to a square", "Local contrast (CLAHE)", "Gaussian blur"]
NAMES = [label.split(" (")[0] for label in LABELS]


def test_steps_begin_as_given_and_one_is_switched_off(app: AppTest) -> None:
    assert said(app) == NAMES
    assert "clip limit 3, tiles 8" in app.text[0].value
    app.toggle[1].set_value(False).run()
    assert said(app) == [NAMES[0], NAMES[2]]


def test_moving_adding_and_removing_reset_no_other_step(app: AppTest) -> None:
    app.slider[0].set_value(7.5).run()
    press(app, "Earlier: Gaussian blur")
    assert said(app) == [NAMES[0], NAMES[2], NAMES[1]]
    app.selectbox[-1].set_value("crop").run()
    press(app, "Remove: Pad to a square")
    assert said(app) == [NAMES[2], NAMES[1], "Crop the centre"]
    assert "clip limit 7.5" in app.text[0].value
    assert app.selectbox[-1].value is None


def test_an_empty_list_says_so(app: AppTest) -> None:
    for label in LABELS:
        press(app, f"Remove: {label}")
    assert app.caption[0].value == "Nothing yet."


def resizes(app: AppTest) -> list[str]:
    labels = {row.label for row in preprocessing.RESIZES.values()}
    return [toggle.label for toggle in app.toggle if toggle.label in labels]


def test_train_keeps_the_presets_steps_until_the_order_can_run(warm: Path) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.run()
    app.switch_page("pages/train.py").run()
    press(app, "Remove: Squash to a square")
    assert not app.exception
    assert "No step makes the square" in app.warning[0].value


def test_train_begins_with_what_was_handed_over_and_can_drop_it(warm: Path) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.session_state[Key.HANDOVER.of("preprocessing")] = BEGIN
    app.run()
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert any("clip limit 3, tiles 8" in entry.value for entry in app.markdown)
    assert not resizes(app)
    next(button for button in app.button if button.label == "Drop it").click().run()
    assert handover.PARTS["preprocessing"][0] not in "".join(m.value for m in app.markdown)
    assert resizes(app) == ["Squash to a square"]
