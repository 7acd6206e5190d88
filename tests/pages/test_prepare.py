"""Prepare shows what each step does, refuses chains that cannot run, and hands over a good one."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.vision.chains import CHAINS, REPORT_B
from engine.vision.preprocessing import STEPS, check_steps, preprocess
from engine.words.options import Choice
from pages.shared import cached_prepare, handover, inline, prepare_pictures
from pages.shared.state import Key

Open = Callable[..., AppTest]
PAGE = "pages/prepare.py"


@pytest.fixture
def page(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(cached_prepare, "SIDE", 64)
    return open_page(PAGE)


def press(page: AppTest, named: str) -> AppTest:
    found = next(b for b in page.button if named in (b.help, b.label))
    return found.click().run()


def view(page: AppTest, name: str) -> AppTest:
    return page.button_group(key=Key.PREPARE.of("view")).set_value(name).run()


def size(page: AppTest, side: int) -> AppTest:
    box = next(box for box in page.number_input if box.label == "Image size, pixels")
    return box.set_value(side).run()


def said(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.markdown, page.caption, page.warning)
    return "\n".join(entry.value for kind in kinds for entry in kind)


def pictures(page: AppTest) -> list[str]:
    return [image.proto.imgs[0].url for image in page.get("image")]


def test_it_begins_with_report_b_on_a_drawn_x_ray(page: AppTest) -> None:
    assert "**Pad to a square** makes the 224 x 224 square." in said(page)
    assert "On the square: Local contrast (CLAHE), Gaussian blur." in said(page)
    assert "drawn by a program" in said(page)
    image = cached_prepare.drawn("normal", prepare_pictures.FIRST["normal"])
    after = preprocess(image, 224, REPORT_B)
    assert f"became {after.mean():.0f} of 255" in said(page)


def test_a_slider_and_an_order_change_the_picture_and_the_words(page: AppTest) -> None:
    before = said(page)
    page.slider[0].set_value(20.0).run()
    louder = said(page)
    assert louder != before
    press(page, "Earlier: Local contrast (CLAHE)")
    assert "On the original: Local contrast (CLAHE). On the square: Gaussian blur." in said(page)
    assert page.slider[0].value == 20.0


@pytest.mark.parametrize("name", ["lungs", "grid", "too_much"])
def test_a_chain_to_begin_with_replaces_the_list(page: AppTest, name: str) -> None:
    page.selectbox(key=Key.PREPARE.of("chain")).set_value(name).run()
    labels = [STEPS[step.name].label for step in CHAINS[name].steps]
    assert [toggle.label for toggle in page.toggle] == labels
    assert page.selectbox(key=Key.PREPARE.of("chain")).value is None
    assert not page.warning


def test_a_chain_that_cannot_run_is_one_sentence_and_the_picture_stays(page: AppTest) -> None:
    kept = next(line for line in said(page).split("\n") if line.startswith("Mean brightness"))
    for named, why in (
        ("Remove: Pad to a square", "No step makes the square"),
        ("Remove: Gaussian blur", "No step makes the square"),
    ):
        press(page, named)
        assert len(page.warning) == 1 and why in page.warning[0].value
        assert kept in said(page)
        assert not [button for button in page.button if button.label == "Use in a recipe"]
    page.selectbox[-1].set_value("squash").run()
    assert not page.warning


def test_a_crop_after_the_resize_says_where_it_belongs(page: AppTest) -> None:
    page.selectbox[-1].set_value("lungs").run()
    assert "Move it up" in page.warning[0].value


def test_every_step_says_what_it_is_for_and_when_it_harms(page: AppTest) -> None:
    text = said(page)
    assert all(row.help in text and row.harms in text for row in STEPS.values())


def test_what_changed_is_shown_beside_both(page: AppTest) -> None:
    page = view(page, "difference")
    assert "An average pixel changed by" in said(page)
    assert len(pictures(page)) == 3
    for toggle in page.toggle[1:]:
        toggle.set_value(False).run()
    assert "No pixel changed" in said(page)


def test_several_classes_stand_side_by_side(page: AppTest) -> None:
    page = view(page, "several")
    assert len(pictures(page)) == 6
    assert "Mean brightness now: normal" in said(page)
    press(page, "Other X-rays of the same classes.")
    assert not page.exception


@pytest.mark.parametrize(
    ("network", "lines"),
    [
        ("mobilenetv2", ("possible is -1 to 1", "Scaling **tf**", "red")),
        ("vgg16", ("possible is -123.7 to 151.1", "Scaling **caffe**", "Channel 1, blue")),
        ("densenet121", ("possible is -2.118 to 2.64", "Scaling **torch**", "Channel 1, red")),
        ("efficientnetv2b0", ("Scaling **built in**", "does nothing here")),
        ("cnn_d", ("180 x 180 x 1 numbers", "Scaling **its own**", "Channel 1, grey")),
    ],
)
def test_a_network_receives_its_own_scaling(
    page: AppTest, network: str, lines: tuple[str, ...]
) -> None:
    page = view(page, "input")
    page.selectbox(key=Key.PREPARE.of("network")).set_value(network).run()
    text = said(page)
    assert all(line in text for line in lines)
    assert len(pictures(page)) == (1 if network == "cnn_d" else 3)


def test_the_source_gives_one_x_ray_of_each_class_and_kind(open_page: Open, lungs: str) -> None:
    page = open_page(PAGE, data=lungs)
    page = size(view(page, "several"), 32)
    assert len(pictures(page)) == 6
    text = said(page)
    assert all(part in text for part in ("**NORMAL**", "(bacterial)", "(viral)", "32 x 32 px"))


def test_an_upload_is_looked_at_and_a_broken_one_costs_only_itself(page: AppTest) -> None:
    image = np.tile(np.arange(80, dtype=np.uint8), (60, 1))
    data = cv2.imencode(".png", image)[1].tobytes()
    page.file_uploader[0].set_value(
        [("mine.png", data, "image/png"), ("torn.png", data[:40], "image/png")]
    ).run()
    assert not page.exception
    assert "`torn.png` was left out" in page.error[0].value
    assert "**Your own** `mine.png`, 80 x 60 px" in said(page)
    page.button_group(key=Key.PREPARE.of("picture")).set_value(3).run()
    assert "(viral), drawn by a program" in said(page)
    page.file_uploader[0].set_value([]).run()
    assert not page.error
    assert "drawn by a program" in said(page)


def test_the_chain_goes_to_train_as_it_is(page: AppTest) -> None:
    page.slider[0].set_value(7.5).run()
    press(page, "Use in a recipe")
    wanted = (REPORT_B[0], Choice.of("clahe", clip_limit=7.5, tiles=16), REPORT_B[2])
    assert page.session_state[Key.HANDOVER.of("preprocessing")] == check_steps(wanted)
    assert not page.exception
    assert any("clip limit 7.5" in entry.value for entry in page.markdown)
    assert handover.PARTS["preprocessing"][0] in said(page)


def test_small_pictures_are_enlarged_by_whole_pixels() -> None:
    from pages.shared.prepare_views import crisp

    small = np.arange(4, dtype=np.uint8).reshape(2, 2)
    assert set(np.unique(crisp(small, 10))) == {0, 1, 2, 3}
    assert crisp(small, 10).shape == (10, 10)
    assert crisp(np.zeros((700, 700), np.uint8), 360).shape == (360, 360)
    assert inline.address(crisp(small)).startswith("data:image/jpeg")


def test_a_link_opens_the_view_that_it_names(open_page: Open, monkeypatch) -> None:
    monkeypatch.setattr(cached_prepare, "SIDE", 64)
    page = open_page(PAGE, prepare="input")
    assert page.button_group(key=Key.PREPARE.of("view")).value == "input"
    assert view(page, "several").query_params["prepare"] == "several"
