import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.judging.scores import Scores
from engine.judging.thresholds import run_threshold
from pages.shared import cached, cutoff
from pages.shared.state import Key
from tests.judging import made
from tests.pages import made_showcase


@pytest.fixture
def home(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return made_showcase.prepare(cxr_dirs, monkeypatch)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> dict[Key, str | None]:
    """What the visitor chose, without a browser's session."""
    chosen: dict[Key, str | None] = {}
    monkeypatch.setattr(cutoff.state, "choose", chosen.__setitem__)
    monkeypatch.setattr(cutoff.state, "choice", chosen.get)
    return chosen


def opened(**choices: str) -> AppTest:
    return made_showcase.opened("pages/evaluate.py", **choices)


def text(app: AppTest) -> str:
    return "\n".join(entry.value for entry in [*app.markdown, *app.caption, *app.subheader])


def scores(run: str = "D1", split: str = "test") -> Scores:
    classes = made.THREE if run == "D4" else made.TWO
    return Scores.of(cached.predictions(f"showcase-{run}"), split, classes)


def test_a_run_opens_at_the_threshold_that_validation_chose(home: Path) -> None:
    app = opened(run="showcase-D1", evaluate_cell="1-0")
    own = run_threshold(cached.predictions("showcase-D1"), made.TWO).value
    judged = scores()
    missed = int(((judged.truth == 1) & (judged.scores < own)).sum())
    assert app.subheader[-1].value.startswith(f"{missed} of {(judged.truth == 1).sum()} pneumonia")


def test_an_address_gives_threshold_and_cell(home: Path) -> None:
    app = opened(run="showcase-D1", threshold="0.4", evaluate_cell="0-1")
    judged = scores()
    alarmed = int(((judged.truth == 0) & (judged.scores >= 0.4)).sum())
    assert app.subheader[-1].value.startswith(f"{alarmed} of {(judged.truth == 0).sum()} normal")
    assert app.query_params["threshold"] == "0.4"


def test_a_range_of_scores_is_opened_as_a_cell_is(home: Path) -> None:
    app = opened(run="showcase-D1", threshold="0.5", evaluate_cell="0.4..0.6")
    inside = int(((scores().scores >= 0.4) & (scores().scores <= 0.6)).sum())
    assert app.subheader[-1].value.startswith(f"{inside} of 240 X-rays score 0.40 to 0.60")


@pytest.mark.parametrize("view", ["threshold", "slices", "calibration", "clinic", "provenance"])
@pytest.mark.parametrize(("run", "looked_for"), [("D1", ""), ("D4", "VIRAL")])
def test_every_view_opens_from_its_address(
    home: Path, view: str, run: str, looked_for: str
) -> None:
    app = opened(run=f"showcase-{run}", view=view, evaluate_class=looked_for)
    assert not app.error
    assert app.query_params["view"] == view


def test_another_split_is_judged_when_it_is_chosen(home: Path) -> None:
    app = opened(run="showcase-D1", evaluate_cell="1-0")
    before = app.subheader[-1].value
    select = next(box for box in app.selectbox if box.label == "Judge on")
    select.set_value("validation").run()
    assert not app.exception
    assert app.subheader[-1].value != before
    assert app.query_params["split"] == "validation"


def test_another_class_begins_at_a_threshold_of_its_own(home: Path) -> None:
    app = opened(run="showcase-D4", evaluate_class="VIRAL", threshold="0.9")
    next(row for row in app.button_group if row.label == "Who decides").set_value("NORMAL").run()
    assert not app.exception
    assert app.query_params["evaluate_class"] == "NORMAL"
    assert "threshold" not in app.query_params


def test_the_explorers_choice_is_kept(address: dict[Key, str | None]) -> None:
    cutoff.take({"value": 0.375, "rule": "hand", "target": None, "on": ""})
    assert address[Key.THRESHOLD] == "0.375"
    cutoff.take({"value": 0.2, "rule": "recall", "target": 0.9, "on": "test"})
    assert address[Key.THRESHOLD] is None
    assert (address[Key.THRESHOLD_RULE], address[Key.TARGET]) == ("recall", "0.9")
    assert address[Key.THRESHOLD_ON] == "test"
    cutoff.take({"value": 0.5, "rule": "half", "on": "validation"})
    assert address == {
        Key.THRESHOLD: "0.50",
        Key.THRESHOLD_RULE: None,
        Key.TARGET: None,
        Key.THRESHOLD_ON: None,
    }


def test_the_weights_of_the_tiles_are_kept(address: dict[Key, str | None]) -> None:
    assert cutoff.weights() == {}
    cutoff.weigh("beta", 0.5)
    cutoff.weigh("ratio", 20.0)
    assert address == {Key.BETA: "0.5", Key.RATIO: "20"}
    assert cutoff.weights() == {"beta": 0.5, "ratio": 20.0}
    address[Key.BETA], address[Key.RATIO] = "3", "much"
    assert cutoff.weights() == {}


@pytest.mark.parametrize("value", [None, "nan", -0.1, 1.5, "x"])
def test_what_is_no_threshold_changes_nothing(
    address: dict[Key, str | None], value: object
) -> None:
    cutoff.take({"value": value, "rule": "hand"})
    assert not address


def test_a_nonsense_address_is_ignored(home: Path) -> None:
    app = opened(
        run="showcase-D1",
        threshold="nan",
        threshold_rule="luck",
        target="-3",
        evaluate_cell="7-9-x",
        split="x",
        view="moon",
        numbers="roman",
    )
    assert not app.error


def test_missing_images_are_named_and_their_scores_listed(home: Path) -> None:
    app = opened(run="showcase-D1", threshold="0.4", evaluate_cell="0-1")
    assert "its images are not on this machine" in text(app)
    listed = app.dataframe[-1].value
    assert (listed["score"] >= 0.4).all()
    assert listed["score"].is_monotonic_decreasing


def test_of_three_classes_the_largest_score_decides(home: Path) -> None:
    app = opened(run="showcase-D4")
    right = int((scores("D4").probabilities.argmax(axis=1) == scores("D4").truth).sum())
    assert f"{right} of 240 X-rays get the right class. The most common mistake" in text(app)
    assert list(app.dataframe[0].value["class"])[:3] == ["normal", "bacterial", "viral"]


def test_a_run_that_does_not_exist_is_one_clear_message(home: Path) -> None:
    app = opened(run="showcase-GONE")
    assert len(app.error) == 1
    assert "GONE" in app.error[0].value


def test_without_any_run_the_page_teaches(home: Path) -> None:
    shutil.rmtree(home / "showcase")
    assert "A trained run would be judged here" in text(opened())


def test_scores_that_are_no_numbers_are_one_clear_message(home: Path) -> None:
    place = home / "showcase" / "D1" / "predictions.parquet"
    table = made.predictions()
    table.loc[table["split"] == "test", "score_PNEUMONIA"] = float("nan")
    table.to_parquet(place)
    assert "Scores must be numbers from 0 to 1" in opened(run="showcase-D1").error[0].value
