"""Cover and see, on Explain and on Try: the score before and after, a baseline, a way back."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.explaining import covering, sentences_cover
from engine.explaining.covering import Baseline
from engine.explaining.occlusion import HOW, Box, cover
from engine.vision.preprocessing import preprocess
from pages.shared import cached, cached_judging, charts_cover
from pages.shared.patch import Painted
from tests.pages import little_showcase

Open = Callable[..., AppTest]
FILE = "pages/explain.py"
BOX = Box(0.2, 0.2, 0.7, 0.7)


@pytest.fixture
def runs(quiet: Path, lungs: str) -> Path:
    """Three tiny runs on the source "lungs"."""
    little_showcase.build(quiet / "showcase", sources.open_source(lungs))
    return quiet


def opened(open_page: Open, name: str = "TINY") -> AppTest:
    return open_page(FILE, run=f"showcase-{name}", split="test", explain_view="cover")


def words(page: AppTest) -> str:
    assert not page.exception, page.exception
    assert not page.error, page.error[0].value
    return "\n".join(str(entry.value) for entry in [*page.main.markdown, *page.main.caption])


def image_of(page: AppTest, run: str = "showcase-TINY") -> tuple[str, np.ndarray]:
    """The content id of the X-ray that is open, and its pixels."""
    table = cached.predictions(run)
    row = table[table["file"] == page.session_state["explain_image"]].iloc[0]
    folder = cached.folder_of(run)[0]
    assert folder is not None
    return row["image_id"], cached.picture(str(folder / row["file"]), row["image_id"])


def painted(page: AppTest, *boxes: Box, run: str = "showcase-TINY") -> AppTest:
    """What a browser tells when patches were drawn."""
    key, _ = image_of(page, run)
    page.session_state[f"patch_{key}"] = Painted(boxes)
    return page.run()


def press(page: AppTest, name: str) -> AppTest:
    key, _ = image_of(page)
    return page.button(key=f"cover_{name}_{key}").click().run()


def boxes(page: AppTest) -> tuple[Box, ...]:
    key, _ = image_of(page)
    kept = page.session_state[f"patch_{key}"]
    assert isinstance(kept, Painted)
    return kept.boxes


def test_it_begins_with_the_score_as_it_is_and_an_invitation(runs: Path, open_page: Open) -> None:
    page = opened(open_page)
    said = words(page)
    assert "As it is, the score for PNEUMONIA is **" in said
    assert "Draw a patch over the X-ray" in said
    assert "Nothing was covered yet" in said
    assert "True **" in said
    key, _ = image_of(page)
    assert page.button(key=f"cover_back_{key}").disabled


def test_the_scores_are_those_of_the_network_before_and_after(runs: Path, open_page: Open) -> None:
    page = painted(opened(open_page), BOX)
    _, image = image_of(page)
    run = cached.run("showcase-TINY")
    squares = [
        preprocess(picture, run.recipe.size, run.recipe.preprocessing)
        for picture in (image, cover(image, (BOX,), "mean"))
    ]
    from engine.learning.prediction import predict

    before, after = predict(cached.model(run.id), np.stack(squares))
    cut = cached_judging.threshold(run.id).value
    said = words(page)
    assert sentences_cover.moved(before, after, 1, run.classes, cut) in said
    assert f"As much covered at {covering.PLACES} random places gives" in said
    assert "1 patch, 25% of the picture, mean grey" in said
    assert len(page.main.dataframe[0].value) == 1


def test_each_way_that_is_chosen_is_a_try_and_back_goes_back(runs: Path, open_page: Open) -> None:
    page = painted(opened(open_page), BOX)
    page = page.selectbox(key="cover_how").set_value("black").run()
    table = page.main.dataframe[0].value
    assert list(table["how"]) == ["Black", "Mean grey"]
    assert list(table["try"]) == [2, 1]
    page = press(page, "back")
    assert page.selectbox(key="cover_how").value == "mean"
    assert boxes(page) == (BOX,)
    assert len(page.main.dataframe[0].value) == 1
    page = press(page, "back")
    assert boxes(page) == ()
    assert "As it is, the score" in words(page)


def test_as_much_as_was_painted_goes_to_the_hottest_and_to_random_places(
    runs: Path, open_page: Open
) -> None:
    page = press(opened(open_page), "random")
    (first,) = boxes(page)
    assert (first.width, first.height) == pytest.approx((0.2, 0.2))
    (second,) = boxes(press(page, "random"))
    assert (first.left, first.top) != (second.left, second.top)
    page = press(painted(page, BOX), "hottest")
    (hot,) = boxes(page)
    assert (hot.width, hot.height) == pytest.approx((BOX.width, BOX.height))
    assert words(page).count("at the hottest place of the heat map **") == 1


@pytest.mark.parametrize("name", ["KINDS", "DENSE"])
def test_any_network_can_be_asked(runs: Path, open_page: Open, name: str) -> None:
    page = opened(open_page, name)
    page = painted(page, BOX, Box(0.8, 0.8, 0.9, 0.9), run=f"showcase-{name}")
    said = words(page)
    assert "2 patches, 26% of the picture" in said
    assert ("the threshold" in said) == (name == "DENSE")
    if name == "KINDS":
        choice = page.selectbox(key=f"cover_class_showcase-KINDS_{image_of(page)[0]}")
        assert "the score for VIRAL goes from" in words(choice.set_value("VIRAL").run())


def test_heat_maps_each_way_and_the_sliding_patch_come_when_asked_for(
    runs: Path, open_page: Open
) -> None:
    page = opened(open_page)
    page.session_state["cover_more_True"] = "maps"
    assert "Cover something first" in words(page.run())
    page = painted(page, BOX)
    assert "Each map is coloured up to its own maximum" in words(page)
    page.session_state["cover_more_True"] = "ways"
    page = page.run()
    assert list(page.main.dataframe[0].value["cover"]) == [row.label for row in HOW.values()]
    page.session_state["cover_size"] = 0.3
    page.session_state["cover_more_True"] = "slide"
    for _ in range(200):  # it slides in a thread; each run waits for half a second
        page = page.run()
        assert not page.exception
        if not page.main.get("progress"):
            break
    assert not page.error
    kept = [np.load(file) for file in (runs / "models" / "cache" / "views").glob("*.npz")]
    (slid,) = [entry["covered"] for entry in kept if "covered" in entry.files]
    assert slid.shape == (6, 6, 2)


def test_without_its_image_nothing_can_be_covered_and_the_way_to_it_is_said(
    runs: Path, open_page: Open
) -> None:
    shutil.rmtree(runs / "lungs")
    assert "are not on this machine" in words(opened(open_page))


def test_a_picture_that_is_tried_can_be_covered_too_and_nothing_is_kept_of_it(
    runs: Path, open_page: Open
) -> None:
    page = open_page("pages/try_an_xray.py", run="showcase-TINY")
    page = page.button_group(key="try_sample").set_value(["bacterial"]).run()
    page = page.toggle(key="try_cover").set_value(True).run()
    assert "As it is, the score for PNEUMONIA" in words(page)
    (key,) = {picture for _, picture, *_ in page.session_state["try"]}
    page = page.button(key=f"cover_random_{key}").click().run()
    assert "Covered, the score for PNEUMONIA" in words(page)
    assert "Slide a patch" not in str(page.button_group(key="cover_more_False").options)
    assert not list((runs / "models").rglob("*.npz"))


def test_the_figure_has_what_the_sentence_says() -> None:
    scores = np.array([[1 - value, value] for value in (0.2, 0.4, 0.6)], np.float32)
    found = Baseline(((),) * 3, scores, (BOX,), np.array([0.9, 0.1], np.float32))
    figure = charts_cover.places(0.7, 0.3, found, 1, "PNEUMONIA", 0.5)
    drawn = {trace.hovertemplate.split(":")[0]: list(trace.x) for trace in figure.data}
    assert drawn["Your patches"] == [0.3]
    assert drawn["Hottest place"] == pytest.approx([0.1])
    assert drawn["Random places"] == pytest.approx([0.2, 0.4, 0.6])
    assert [line.x0 for line in figure.layout.shapes] == [0.7, 0.5]
    cold = charts_cover.places(0.7, 0.3, Baseline((), scores), 1, "VIRAL", None)
    assert len(cold.data) == 2
    assert len(cold.layout.shapes) == 1
