"""Explain's view of trust: measured when asked, a table beside baselines, each measure told."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.explaining import trust_own
from pages.shared import cached_trust, inference, working
from tests.pages import little_showcase

Open = Callable[..., AppTest]
FILE = "pages/explain.py"
SECONDS = 300
MEASURES = {
    "weights": "With all weights random the maps of Grad-CAM",
    "lungs": "Lungs were found in ",
    "truth": "This network learned from other X-rays",
}


@pytest.fixture
def runs(quiet: Path, lungs: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three tiny runs on the source "lungs"; few phantoms, for each takes its time to draw."""
    monkeypatch.setattr(trust_own, "TRUTHS", 4)
    little_showcase.build(quiet / "showcase", sources.open_source(lungs))
    return quiet


def words(page: AppTest) -> str:
    assert not page.exception, page.exception
    return "\n".join(str(entry.value) for entry in [*page.main.markdown, *page.main.caption])


def measured(open_page: Open, run: str = "TINY", **address: str) -> AppTest:
    page = open_page(FILE, run=f"showcase-{run}", split="test", explain_view="trust", **address)
    page = page.selectbox(key="explain_trust_count").set_value(6).run()
    page = page.button(key="explain_trust_begin").click().run()
    (work,) = cached_trust._works().values()
    assert work.wait(SECONDS)
    return page.run()


def test_nothing_heavy_begins_unasked_and_what_it_takes_is_said(
    runs: Path, open_page: Open
) -> None:
    said = words(open_page(FILE, run="showcase-TINY", split="test", explain_view="trust"))
    assert "questions to the network" in said
    assert "**Random weights.**" in said
    assert not cached_trust._works()
    assert not (runs / "models" / "cache" / "trust").exists()


def test_methods_stand_in_a_table_above_what_knows_nothing_and_each_measure_is_told(
    runs: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = measured(open_page, explain_method="gradcam,saliency")
    table = page.dataframe[0].value
    assert table["Map"].tolist() == [
        "Grad-CAM",
        "Saliency",
        "Random, 16 x 16",
        "Random, 32 x 32",
        "Blob in the centre",
    ]
    assert any(name.startswith("Points at it") for name in table.columns)
    said = words(page)
    assert "of 7 measures" in said
    assert "diseased X-rays of this run" in said
    assert "4 drawn phantoms" in said
    assert "**Good:** Deletion falls early" in said
    assert "25% taken away: score" not in said
    (picture,) = [entry for entry in page.main.selectbox if entry.label == "X-ray"]
    assert "25% taken away: score" in words(picture.select_index(1).run())
    for measure, text in MEASURES.items():
        page = page.segmented_control(key="explain_trust_measure").set_value(measure).run()
        assert text in words(page)
        assert "**Bad:**" in words(page)
    cached_trust._works().clear()  # as after the server's start
    monkeypatch.setattr("engine.learning.prediction.load", None)
    page = page.run()
    (work,) = cached_trust._works().values()
    assert work.wait(SECONDS)
    assert page.run().dataframe[0].value.equals(table)


def test_a_network_of_three_kinds_and_a_second_run_beside_it(runs: Path, open_page: Open) -> None:
    page = measured(open_page, run="KINDS", explain_beside="showcase-TINY")
    table = page.dataframe[0].value
    assert table["Run"].tolist() == ["KINDS"] * 3 + ["TINY"] * 3
    assert "KINDS: " in words(page)


def test_a_stop_is_said_and_can_be_gone_on_from(
    runs: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inference.TURN, monkeypatch.context() as hurried:  # so that the work waits for the network
        hurried.setattr(working, "MOMENT", 0.0)
        page = open_page(FILE, run="showcase-TINY", split="test", explain_view="trust")
        page = page.button(key="explain_trust_begin").click().run()
        (work,) = cached_trust._works().values()
        work.cancel()
    assert work.wait(SECONDS)
    page = page.run()
    assert "The measuring was stopped" in words(page)
    page.button(key="explain_trust_on").click().run()
    (again,) = cached_trust._works().values()
    assert again is not work
    assert again.wait(SECONDS)
    assert not again.failed


def test_without_its_x_rays_a_run_is_judged_on_phantoms(runs: Path, open_page: Open) -> None:
    shutil.rmtree(runs / "lungs")
    page = open_page(FILE, run="showcase-TINY", split="test", explain_view="trust")
    assert "drawn phantoms stand in" in words(page)
    assert "Add the images" in [link.label for link in page.main.get("page_link")]
    pictures, truth = cached_trust.gather("showcase-TINY", "test", 6)
    assert pictures.drawn
    assert truth is not None


def test_a_damaged_model_is_one_message(runs: Path, open_page: Open) -> None:
    (runs / "showcase" / "TINY" / "model.keras").write_bytes(b"no model")
    page = open_page(FILE, run="showcase-TINY", split="test", explain_view="trust")
    page = page.button(key="explain_trust_begin").click().run()
    for _ in range(SECONDS):  # each run waits a little for the work's end
        if page.error:
            break
        page = page.run()
    assert not page.exception
    assert "cannot be read" in page.error[0].value
