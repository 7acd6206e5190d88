import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.judging.comparison import summary
from pages.shared import cached
from tests.judging import made
from tests.pages import made_showcase


@pytest.fixture
def home(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return made_showcase.prepare(cxr_dirs, monkeypatch)


def opened(**choices: str) -> AppTest:
    return made_showcase.opened("pages/compare.py", **choices)


def text(app: AppTest) -> str:
    return "\n".join(entry.value for entry in [*app.markdown, *app.caption, *app.info])


def test_every_run_is_in_the_table_with_its_stored_figures(home: Path) -> None:
    table = opened().dataframe[0].value.set_index("name")
    assert set(table.index) == {"C2", "D1", "D4"}
    expected = summary(cached.predictions("showcase-D1"), made.TWO)
    for name in ("auc", "threshold", "f1", "f1_at_half"):
        assert table.loc["D1", name] == pytest.approx(expected[name])


def test_another_split_is_judged_when_it_is_chosen(home: Path) -> None:
    app = opened()
    select = next(group for group in app.button_group if group.label == "Judge on")
    select.set_value("validation").run()
    assert not app.exception
    table = app.dataframe[0].value.set_index("name")
    expected = summary(cached.predictions("showcase-D1"), made.TWO, split="validation")
    assert table.loc["D1", "auc"] == pytest.approx(expected["auc"])
    assert app.query_params["split"] == "validation"


def test_two_runs_stand_side_by_side_with_what_differs(home: Path) -> None:
    app = opened(compare_runs="showcase-D1,showcase-C2")
    assert list(app.dataframe[1].value.columns) == ["D1", "C2"]
    assert "Image size: 180 in D1, 256 in C2." in text(app)
    assert "judged on different X-rays" in text(app) or "on the same 240 test" in text(app)


def test_a_run_of_other_classes_is_left_out_of_the_curves_and_says_so(home: Path) -> None:
    app = opened(compare_runs="showcase-D1,showcase-D4")
    assert "D4 tells other classes apart" in text(app)


def test_one_run_alone_asks_for_another(home: Path) -> None:
    assert "Choose two or more runs" in text(opened(compare_runs="showcase-D1"))


def test_a_run_that_cannot_be_judged_is_named_with_the_reason(home: Path) -> None:
    made.predictions(splits=("validation",)).to_parquet(
        home / "showcase" / "C2" / "predictions.parquet"
    )
    app = opened()
    assert "C2 is left out: This run has no predictions for 'test'" in text(app)
    assert set(app.dataframe[0].value["name"]) == {"D1", "D4"}


def test_without_any_run_the_page_teaches(home: Path) -> None:
    shutil.rmtree(home / "showcase")
    assert "Finished runs would be compared here" in text(opened())
