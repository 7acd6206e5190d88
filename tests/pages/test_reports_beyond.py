"""Our best stands beside published figures: from the table and the store, none typed twice."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.judging.over_seeds import over_seeds, said
from engine.learning.reported import table
from engine.runs import drafts, mean_of_seeds, studies
from pages.shared import cached
from tests.judging import made
from tests.pages.test_reports import PAGE, press, texts
from tests.runs.test_over_seeds import best, finish, tables

Open = Callable[..., AppTest]
OFFICIAL = [entry for entry in table().published if entry.official]


@pytest.fixture
def opened(open_page: Open, warm: Path) -> Callable[[], AppTest]:
    def open_it() -> AppTest:
        cached.forget_runs()
        page = open_page(PAGE, reports_view="beyond")
        assert not page.exception and not page.error
        return page

    return open_it


def test_untrained_it_says_so_beside_every_published_figure(
    opened: Callable[[], AppTest],
) -> None:
    page = opened()
    shown = page.table[0].value
    assert len(shown) == 1 + len(OFFICIAL) == 11
    assert shown["Judged on"].iloc[0] == "not trained here yet"
    figures = {(row.Index, row.Accuracy, row.AUC) for row in shown.iloc[1:].itertuples()}
    assert figures == {(e.model, f"{e.accuracy:.3f}", f"{e.auc:.3f}") for e in OFFICIAL}
    assert set(shown["Source"].iloc[1:]) == {f"[{e.cite}]({e.link})" for e in OFFICIAL}
    beyond = table().beyond
    assert beyond.counted() in texts(page) and beyond.note in texts(page)
    page = press(page, "reports_beyond_seeds")
    assert not page.exception
    assert page.query_params["begin"] == "Best" and page.query_params["studies_view"] == "seeds"


def test_one_seed_then_several_then_their_mean(opened: Callable[[], AppTest]) -> None:
    finish(best(0))
    assert opened().table[0].value.index[0] == "**Best, one seed, at 0.5**"
    finish(best(1))
    page = opened()
    assert table().beyond.counted(2) in texts(page)
    shown = page.table[0].value
    found = over_seeds({seed: tables(seed) for seed in (0, 1)}, made.TWO, best(0).threshold)
    assert shown["Accuracy"].iloc[0] == told(found, "accuracy_at_half")
    assert shown["AUC"].iloc[0] == told(found, "auc")
    assert shown["Recall"].iloc[1] == told(found, "recall")
    study = studies.start(drafts.seeds(best(0), 2), "lungs", "a")
    run = mean_of_seeds.complete(study.id)
    page = opened()
    assert page.table[0].value.index[2] == "**Best, mean of 2 networks, at 0.5**"
    page = press(page, "reports_beyond_evaluate")
    assert not page.exception and page.session_state["run"] == run.id
    assert "Where does the model draw the line?" in page.title[0].value


def told(found: pd.DataFrame, name: str) -> str:
    return said(found, name).replace(" ", "\xa0")


def test_drawn_images_are_no_attempt(opened: Callable[[], AppTest]) -> None:
    finish(best(0), "phantom")
    assert "Best is not trained here yet" in texts(opened())
