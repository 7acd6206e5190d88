"""Evaluate's views of where figures come from and of what can be taken along."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from streamlit.testing.v1 import AppTest

from engine.judging.scores import Scores
from engine.judging.thresholds import Threshold
from engine.runs import showcase
from engine.words.recipe import Recipe
from pages.shared import evaluate_share
from tests.judging import made
from tests.pages import made_showcase
from tests.pages.made_showcase import opened


@pytest.fixture
def home(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return made_showcase.prepare(cxr_dirs, monkeypatch)


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.caption])


def view(name: str, **choices: str) -> AppTest:
    return opened("pages/evaluate.py", run="showcase-D1", view=name, **choices)


def test_where_figures_come_from_is_said_with_counts(home: Path) -> None:
    page = view("provenance")
    tiles = {tile.label: tile.value for tile in page.metric}
    assert tiles["Chose: validation"] == "240 images"
    assert tiles["Judges: test"] == "240 images"
    assert tiles["Taught: train"] == "not stored"
    rows = page.table[0].value["value"]
    assert rows["Data"] == "lungs, content 0123456789abcdef"
    assert "The images are not on this machine" in rows["Data since"]
    assert "Read these figures with care" not in texts(page)


def test_a_threshold_chosen_on_the_test_is_a_reason_for_care(home: Path) -> None:
    page = view("provenance", threshold_rule="f1", threshold_on="test")
    assert "The threshold was chosen on these very images: optimistic." in texts(page)


def test_the_link_holds_what_was_chosen_and_opens_the_explorer(home: Path) -> None:
    page = view("share", threshold="0.3", evaluate_cell="1-0", numbers="counts")
    shared = parse_qs(urlparse(page.code[0].value).query)
    assert shared["run"] == ["showcase-D1"]
    assert shared["split"] == ["test"]
    assert (shared["threshold"], shared["evaluate_cell"]) == (["0.3"], ["1-0"])
    assert shared["numbers"] == ["counts"]
    assert "view" not in shared
    assert "the threshold at 0.3, the X-rays missed" in texts(page)


def test_each_file_is_what_it_says(home: Path) -> None:
    run = showcase.get_showcase("showcase-D1")
    table = made.predictions(made.TWO, images=240, seed=0, decimals=4)
    scores = Scores.of(table, "test", made.TWO)
    made_files = evaluate_share.files(run, scores, Threshold(0.31, "hand"), "share")
    files = {file.name: file.make() for file in made_files}
    assert set(files) == {"d1-test.html", "d1.py", "d1.json", "d1-scores.csv"}
    assert Recipe.from_json(json.loads(files["d1.json"])) == run.recipe
    assert files["d1.py"].startswith('"""The recipe of D1, showcase-D1.')
    assert len(files["d1-scores.csv"].splitlines()) == 481
    page = files["d1-test.html"]
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "D1: pneumonia on 240 test images" in page
    assert "threshold set by hand" in page


def test_three_classes_share_the_class_that_is_looked_for(home: Path) -> None:
    page = opened(
        "pages/evaluate.py", run="showcase-D4", view="share", evaluate_class="VIRAL", split="test"
    )
    assert "viral against the rest" in texts(page)
    shared = parse_qs(urlparse(page.code[0].value).query)
    assert shared["evaluate_class"] == ["VIRAL"]
