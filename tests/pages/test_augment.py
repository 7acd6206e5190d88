"""Augment: steps that stay as they are, draws that repeat, consequences with their figures."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.explaining.under_draws import Strip
from engine.learning.first_batch import Shown
from engine.learning.pipelines import PIPELINES
from engine.learning.presets import PRESETS
from engine.vision import phantom
from engine.vision.augmentation import STEPS, Pipeline, check_steps, code
from engine.words.options import Choice, complete
from pages.shared import augment_batch, augment_draws, augment_images, charts_augment, inline
from pages.shared.state import Key
from tests.pages import little_showcase

Open = Callable[..., AppTest]
PAGE = "pages/augment.py"


def texts(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.error, page.info, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def press(page: AppTest, key: str, value: object) -> AppTest:
    return page.button_group(key=Key.AUGMENT.of(key)).set_value(value).run()


def view(page: AppTest, name: str) -> AppTest:
    return press(page, "view", name)


def pictures(page: AppTest) -> list[str]:
    return [image.proto.imgs[0].url for image in page.get("image")]


def begin(page: AppTest, name: str) -> AppTest:
    return press(page, "begin", name)


def button(page: AppTest, label: str):
    return next(entry for entry in page.button if entry.label == label)


def test_the_pipelines_are_the_presets_own() -> None:
    for name, preset in (("b", "B-VGG16"), ("c4", "C4"), ("c5", "C5")):
        assert PIPELINES[name].steps == PRESETS[preset].settings["augmentation"]
    assert PIPELINES["none"].steps == ()
    for ready in PIPELINES.values():
        assert len(check_steps(ready.steps)) == len(ready.steps)
        assert ready.story.endswith(".")


def test_it_opens_on_draws_of_phantoms(open_page: Open) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert len(pictures(page)) == 3 * (1 + augment_draws.TOGETHER)
    said = texts(page)
    assert "Drawn phantoms" in said and "**Seed 4**" in said and "Rotation:" in said
    shown = pictures(page)
    chest = phantom.draw(21, "normal").image
    assert shown[0] == inline.address(chest)
    steps = PIPELINES["b"].steps
    assert shown[3] == inline.address(Pipeline(steps)(chest, 0))
    assert shown[6] == inline.address(Pipeline(steps)(chest, 1))


def test_adding_moving_and_removing_keep_the_other_knobs_and_the_draws_repeat(
    open_page: Open,
) -> None:
    page = open_page(PAGE)
    page.slider[0].set_value(0.3).run()
    before = pictures(page)
    page.selectbox[-1].set_value("flip").run()
    assert page.slider[0].value == 0.3
    page.slider[-1].set_value(1.0).run()
    chest = phantom.draw(21, "normal").image
    steps = (
        Choice.of("shift", limit=0.3),
        *PIPELINES["b"].steps[1:],
        Choice.of("flip", chance=1.0),
    )
    assert pictures(page)[3] == inline.address(Pipeline(steps)(chest, 0))
    next(entry for entry in page.button if entry.help == "Remove: Horizontal flip").click().run()
    assert pictures(page) == before
    button(page, "Draw others").click().run()
    assert page.number_input[0].value == augment_draws.TOGETHER
    assert pictures(page)[3:] != before[3:] and pictures(page)[:3] == before[:3]


def test_one_xray_alone_has_many_draws_and_other_xrays_can_be_taken(
    open_page: Open, lungs: str
) -> None:
    page = open_page(PAGE, data=lungs)
    assert "NORMAL" in texts(page) and "drawn, no patient" not in texts(page)
    page = press(page, "count", 1)
    assert not page.exception
    first = pictures(page)
    assert len(first) == 1 + augment_draws.ALONE
    button(page, "Other X-rays").click().run()
    assert pictures(page)[0] != first[0]


def test_what_the_steps_do_to_a_label_is_measured(open_page: Open) -> None:
    page = view(open_page(PAGE), "risk")
    assert not page.warning and "120 draws of 6 phantoms" in texts(page)
    page = begin(page, "too_much")
    assert not page.exception
    said = page.warning[0].value
    assert "draws mirror the chest" in said and "label stayed" in said
    assert "situs inversus" in texts(page)
    assert len(pictures(page)) == 2
    page = begin(page, "none")
    assert not page.warning and "No draw cut off any" in texts(page)


def test_the_code_is_shown(open_page: Open) -> None:
    page = view(open_page(PAGE), "code")
    assert "A.Rotate(limit=(-7.0, 7.0)" in page.code[0].value
    assert "A.Compose([])" in begin(page, "none").code[0].value


def test_the_first_batch_teaches_without_a_source_and_shows_marks_with_one(
    open_page: Open, lungs: str
) -> None:
    empty = view(open_page(PAGE), "batch")
    assert "would be here" in texts(empty) and not empty.exception
    page = view(open_page(PAGE, data=lungs), "batch")
    assert not page.exception
    said = texts(page)
    assert "Batch 1 has" in said and "Nothing else is varied" in said
    assert len(pictures(page)) == 28  # all of an epoch of this little source
    next(box for box in page.selectbox if box.label == "Recipe").set_value("C4").run()
    assert "Each is drawn anew in every epoch" in texts(page)
    changed = pictures(page)
    own = next(entry for entry in page.toggle if entry.label == "With the steps composed here")
    own.set_value(True).run()
    assert not page.exception and pictures(page) != changed


def test_marks_under_a_picture() -> None:
    plain = Shown(np.zeros((8, 8), np.uint8), 3, "NORMAL", 0, 1, 1.0)
    assert augment_batch.caption(plain) == "**NORMAL**"
    copied = augment_batch.caption(replace(plain, copy=2, times=3, weight=1.5))
    assert "copy 2" in copied and "3 an epoch" in copied and "weighs 1.50" in copied


def test_the_summary_counts_classes_copies_and_repeats() -> None:
    one = Shown(np.zeros((8, 8), np.uint8), 3, "NORMAL", 0, 1, 1.0)
    batch = (one, replace(one, copy=1, times=2), replace(one, label="b"), replace(one, label="c"))
    plain = PRESETS["C2"].recipe("data")
    said = augment_batch.summary(batch, plain, 0)
    assert "4 pictures: 2 NORMAL, 1 b and 1 c." in said
    assert "1 is an augmented copy" in said and "1 is of an image that" in said
    assert "the next epoch shows the same" in said
    assert "one of 4 kept versions" in augment_batch.summary(batch, PRESETS["C4"].recipe(""), 4)


def test_the_steps_go_to_train(open_page: Open) -> None:
    page = open_page(PAGE)
    begin(page, "c5")
    button(page, "Use in a recipe").click().run()
    assert not page.exception
    offered = page.session_state[Key.HANDOVER.of("augmentation")]
    assert offered == PIPELINES["c5"].steps
    assert any("zoom" in entry.value.lower() and "0.13" in entry.value for entry in page.markdown)


def test_samples_are_of_every_class_in_turn() -> None:
    found = augment_images._phantoms(5, 0)
    kinds = ["normal", "bacterial", "viral", "normal", "bacterial"]
    assert [sample.kind for sample in found] == kinds
    assert len({sample.key for sample in found}) == 5
    assert not {sample.key for sample in found} & {
        sample.key for sample in augment_images._phantoms(5, 1)
    }


def test_a_strip_has_a_dot_for_each_draw_and_the_threshold() -> None:
    one = Strip(0.9, np.array([0.2, 0.4, 0.6]), 1, np.array([0, 0, 1]), 0)
    figure = charts_augment.strips([one, one], "PNEUMONIA", 0.5)
    dots, plain, mean = figure.data
    assert list(dots.x) == [0.2, 0.4, 0.6] * 2 and len(set(dots.y)) == 6
    assert list(plain.x) == [0.9, 0.9] and list(mean.x) == pytest.approx([0.4, 0.4])
    assert figure.layout.shapes[0].x0 == 0.5
    assert not charts_augment.strips([one], "a", None).layout.shapes


def test_every_step_can_be_added(open_page: Open) -> None:
    page = begin(view(open_page(PAGE), "code"), "none")
    for name in STEPS:
        page.selectbox[-1].set_value(name).run()
    assert not page.exception
    assert [toggle.label for toggle in page.toggle] == [row.label for row in STEPS.values()]
    every = tuple(complete(Choice(name), STEPS, "") for name in STEPS)
    assert page.code[0].value == code(every).strip()


def test_a_networks_answers_under_draws(quiet: Path, open_page: Open, lungs: str) -> None:
    little_showcase.build(quiet / "showcase", sources.open_source(lungs))
    page = view(open_page(PAGE, data=lungs, run="showcase-TINY"), "score")
    assert not page.exception and not page.error
    said = texts(page)
    assert "Over 16 draws of each of 4 X-rays the score for PNEUMONIA" in said
    assert "as it is" in said and "over the draws" in said
    page = begin(page, "none")
    assert "spreads by up to 0.00. 0 of 64 draws change the decision" in texts(page)
