"""Explain: pick an image, see where the network looked, and be told when there is nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.explaining import cached as views
from engine.judging.scores import Scores
from engine.judging.thresholds import Threshold
from pages.shared import picking
from pages.shared.components.heat import Card
from tests.pages import little_showcase
from tests.pages.conftest import Drawn

Open = Callable[..., AppTest]
FILE = "pages/explain.py"


@pytest.fixture
def runs(quiet: Path, lungs: str) -> Path:
    """Three tiny runs on the source "lungs"."""
    little_showcase.build(quiet / "showcase", sources.open_source(lungs))
    return quiet


def maps(maps_drawn: Drawn) -> list[Card]:
    """The maps that stand side by side now."""
    return maps_drawn["explain_maps"][-1]


def words(page: AppTest) -> str:
    assert not page.exception, page.exception
    return "\n".join(str(entry.value) for entry in [*page.main.markdown, *page.main.caption])


def captions(page: AppTest) -> list[str]:
    return [entry.value for entry in page.main.markdown if entry.value.startswith("True **")]


@pytest.mark.parametrize("name", ["TINY", "DENSE", "KINDS"])
def test_an_image_is_shown_with_its_map_and_the_four_facts(
    runs: Path, open_page: Open, maps_drawn: Drawn, name: str
) -> None:
    page = open_page(FILE, run=f"showcase-{name}", split="test")
    assert not page.exception
    assert not page.error
    (caption,) = captions(page)
    assert "predicted **" in caption
    assert ", patient " in caption
    (card,) = maps(maps_drawn)
    said = " ".join(card.said)
    assert "Warm parts raised the score for" in said or "The map is empty" in said
    if name == "DENSE":
        assert "This network has no convolution" in said
    assert [small.title for small in maps_drawn["explain_depths"][-1]]
    assert (runs / "models" / "cache" / "views").is_dir()


def test_the_second_look_needs_no_network(
    runs: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page(FILE, run="showcase-TINY", split="test")
    monkeypatch.setattr("engine.learning.prediction.load", None)
    assert not open_page(FILE, run="showcase-TINY", split="test").exception


def test_next_and_previous_step_through_the_images(runs: Path, open_page: Open) -> None:
    page = open_page(FILE, run="showcase-TINY", split="test")
    assert page.button(key="explain_previous").disabled
    first = page.session_state["explain_image"]
    page = page.button(key="explain_next").click().run()
    assert page.number_input[0].value == 2
    assert page.session_state["explain_image"] != first
    page = page.button(key="explain_previous").click().run()
    assert page.session_state["explain_image"] == first
    page = page.number_input[0].set_value(17).run()  # 16 and the copy
    assert page.button(key="explain_next").disabled


def test_filters_leave_what_they_say(runs: Path, open_page: Open) -> None:
    page = open_page(FILE, run="showcase-KINDS", split="test")
    page = page.selectbox(key="explain_label").set_value("VIRAL").run()
    assert "of 4 images" in words(page)
    assert "True **VIRAL**" in captions(page)[0]
    page = page.text_input(key="explain_find").set_value("nobody").run()
    assert "No X-ray fits these filters" in words(page)
    page = page.text_input(key="explain_find").set_value("").run()
    options = page.selectbox(key="explain_outcome").options
    assert len(options) > 1
    page = page.selectbox(key="explain_outcome").select_index(1).run()
    assert "(right)" in captions(page)[0] or "(wrong)" in captions(page)[0]


def test_a_filter_for_a_class_that_another_run_lacks_does_no_harm(
    runs: Path, open_page: Open
) -> None:
    page = open_page(FILE, run="showcase-KINDS", split="test")
    page = page.selectbox(key="explain_label").set_value("VIRAL").run()
    page.session_state["run"] = "showcase-TINY"
    page = page.run()
    assert "of 17 images" in words(page)


def test_class_and_layer_change_the_map_and_the_address(
    runs: Path, open_page: Open, maps_drawn: Drawn
) -> None:
    page = open_page(FILE, run="showcase-TINY", split="test")
    page = page.radio(key="explain_class_showcase-TINY").set_value("NORMAL").run()
    assert "for NORMAL" in maps(maps_drawn)[0].said[0]
    page = page.selectbox(key="explain_layer_showcase-TINY").set_value(2).run()
    assert (maps(maps_drawn)[0].rows, maps(maps_drawn)[0].columns) == (32, 32)
    assert page.query_params["explain_layer"] == "2"
    assert page.query_params["explain_class"] == "NORMAL"
    page = page.selectbox(key="explain_layer_showcase-TINY").set_value(4).run()  # the usual one
    assert "explain_layer" not in page.query_params


def test_a_link_restores_methods_class_layer_and_the_runs_beside(
    runs: Path, open_page: Open, maps_drawn: Drawn
) -> None:
    page = open_page(
        FILE,
        run="showcase-TINY",
        split="test",
        explain_method="saliency,gradcam",
        explain_class="PNEUMONIA",
        explain_layer="2",
        explain_beside="showcase-KINDS",
    )
    assert not page.exception
    first = maps_drawn["explain_maps_partly"][0]
    assert [card.waiting for card in first] == [True] * 4  # the X-ray is there before the maps
    tiny, tiny_slope, kinds, _ = maps(maps_drawn)
    assert tiny.title == "TINY: Grad-CAM for PNEUMONIA"
    assert (tiny.rows, tiny_slope.rows, tiny_slope.title) == (
        32,
        32,
        "TINY: Saliency for PNEUMONIA",
    )
    assert kinds.rows == 16  # its own usual layer
    asked = kinds.title.removeprefix("KINDS: Grad-CAM for ")
    assert asked in ("NORMAL", "BACTERIAL", "VIRAL")  # it knows no PNEUMONIA: its own call
    assert any(f"and gives {asked} 0." in sentence for sentence in kinds.said)
    maps_drawn.clear()
    page = page.button_group[-1].set_value(["gradcam"]).run()
    assert page.query_params["explain_method"] == "gradcam"
    assert "explain_maps_partly" not in maps_drawn  # all of it is kept
    assert len(maps(maps_drawn)) == 2


def test_choices_that_do_not_exist_fall_back(
    runs: Path, open_page: Open, maps_drawn: Drawn
) -> None:
    page = open_page(
        FILE,
        run="showcase-TINY",
        split="test",
        explain_method="guessing",
        explain_class="MEASLES",
        explain_layer="999",
        explain_beside="ghost,showcase-TINY",
    )
    assert not page.exception
    assert not page.error
    (card,) = maps(maps_drawn)
    assert card.title.startswith("Grad-CAM for ")
    assert card.rows == 16


def test_another_run_that_cannot_be_asked_takes_nothing_from_the_first(
    runs: Path, open_page: Open, maps_drawn: Drawn
) -> None:
    (runs / "showcase" / "DENSE" / "model.keras").write_bytes(b"no model")
    page = open_page(FILE, run="showcase-TINY", split="test", explain_beside="showcase-DENSE")
    assert not page.exception
    tiny, dense = maps(maps_drawn)
    assert tiny.cells
    assert not tiny.trouble
    assert not dense.cells
    assert "cannot be read" in dense.trouble


def test_an_empty_map_is_said_and_never_stretched(
    runs: Path, open_page: Open, maps_drawn: Drawn
) -> None:
    import keras

    file = runs / "showcase" / "TINY" / "model.keras"
    model = keras.saving.load_model(file)
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([-np.abs(kernel), bias])
    model.save(file)
    open_page(FILE, run="showcase-TINY", split="test", explain_class="PNEUMONIA")
    (card,) = maps(maps_drawn)
    assert "The map is empty: no part of layer 4 speaks for PNEUMONIA" in card.said[0]
    assert "is empty" in card.alt
    assert not card.cells


def test_missing_images_are_said_with_the_way_to_get_them(runs: Path, open_page: Open) -> None:
    shutil.rmtree(runs / "lungs")
    page = open_page(FILE, run="showcase-TINY", split="test")
    said = words(page)
    assert "are not on this machine" in said
    assert captions(page)
    assert "Add the images" in [link.label for link in page.main.get("page_link")]


def test_a_damaged_model_is_one_message(runs: Path, open_page: Open) -> None:
    (runs / "showcase" / "TINY" / "model.keras").write_bytes(b"no model")
    page = open_page(FILE, run="showcase-TINY", split="test")
    assert not page.exception
    assert "cannot be read" in page.error[0].value


def test_outcomes_are_named_from_the_positive_class() -> None:
    table = pd.DataFrame(
        {
            "split": "test",
            "label": ["NORMAL", "NORMAL", "PNEUMONIA", "PNEUMONIA"],
            "score_NORMAL": [0.9, 0.2, 0.4, 0.7],
            "score_PNEUMONIA": [0.1, 0.8, 0.6, 0.3],
        }
    )
    answers = picking.answers(Scores.of(table, "test"), Threshold(0.5, "hand"))
    assert list(answers["outcome"]) == [
        "true negative",
        "false positive",
        "true positive",
        "false negative",
    ]
    assert list(picking.ordered(answers, "close")["score"]) == [0.6, 0.3, 0.8, 0.1]
    assert picking.ordered(answers, "certain")["score"].iloc[0] == 0.1


def test_the_model_file_names_the_kept_maps(runs: Path) -> None:
    keys = {
        views.model_key(runs / "showcase" / name / "model.keras")
        for name in ("TINY", "DENSE", "KINDS")
    }
    assert len(keys) == 3
