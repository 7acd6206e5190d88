import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.judging.scores import Scores
from engine.judging.thresholds import run_threshold
from pages.shared import cached, cutoff
from tests.judging import made
from tests.pages import made_showcase


@pytest.fixture
def home(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return made_showcase.prepare(cxr_dirs, monkeypatch)


def opened(**choices: str) -> AppTest:
    return made_showcase.opened("pages/evaluate.py", **choices)


def quiet(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def headline(app: AppTest) -> str:
    return next(entry.value for entry in app.markdown if entry.value.startswith("#### "))


def tiles(app: AppTest) -> dict[str, str]:
    return {entry.label: entry.value for entry in app.metric}


def text(app: AppTest) -> str:
    return "\n".join(entry.value for entry in [*app.markdown, *app.caption])


def test_a_run_opens_at_the_threshold_that_validation_chose(home: Path) -> None:
    app = opened(run="showcase-D1")
    table = cached.predictions("showcase-D1")
    own = run_threshold(table, made.TWO).value
    assert app.slider[0].value == pytest.approx(own)
    assert "by best F1 on the 240 validation X-rays, judged on test" in text(app)


def test_moving_the_threshold_changes_headline_and_tiles(home: Path) -> None:
    app = opened(run="showcase-D1")
    before, figures = headline(app), tiles(app)
    quiet(app.slider[0].set_value(0.9).run())
    assert headline(app).startswith("#### At 0.90 you miss ")
    assert headline(app) != before
    assert tiles(app) != figures
    assert "Set by hand" in text(app)


def test_another_split_is_judged_when_it_is_chosen(home: Path) -> None:
    app = opened(run="showcase-D1")
    before = headline(app)
    select = next(box for box in app.selectbox if box.label == "Judge on")
    quiet(select.set_value("validation").run())
    assert headline(app) != before
    assert app.query_params["split"] == "validation"


def test_a_rule_takes_over_from_a_threshold_set_by_hand(home: Path) -> None:
    app = opened(run="showcase-D1", threshold="0.9")
    rules = next(entry for entry in app.button_group if entry.label.startswith("Let the"))
    quiet(rules.set_value("youden").run())
    assert "Chosen by Youden's J" in text(app)


def test_a_browser_behind_the_server_does_not_undo_the_slider(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store: dict[str, object] = {}
    chosen: dict[str, object] = {}
    monkeypatch.setattr(cutoff.state, "get", lambda key, default=None: store.get(str(key), default))
    monkeypatch.setattr(cutoff.state, "put", lambda key, value: store.update({str(key): value}))
    monkeypatch.setattr(cutoff.state, "choose", lambda key, value: chosen.update({key: value}))
    store |= {cutoff.SHOWN: (0.8, "f1"), cutoff.SLIDER: 0.79, cutoff.RULE: "f1"}
    cutoff._changed()
    store |= {cutoff.SHOWN: (0.79, None), cutoff.SLIDER: 0.78, cutoff.RULE: "f1"}  # f1 is stale
    cutoff._changed()
    cutoff._changed()  # the rule's own callback, of the same message
    assert chosen == {cutoff.Key.THRESHOLD: "0.78"}


def test_the_headline_counts_what_the_stored_scores_say(home: Path) -> None:
    app = opened(run="showcase-D1", threshold="0.4")
    scores = Scores.of(cached.predictions("showcase-D1"), "test", made.TWO)
    missed = int(((scores.truth == 1) & (scores.scores < 0.4)).sum())
    alarmed = int(((scores.truth == 0) & (scores.scores >= 0.4)).sum())
    found = re.findall(r"\d+(?:\.\d+)?", headline(app).removeprefix("#### "))
    sick, well = int((scores.truth == 1).sum()), int((scores.truth == 0).sum())
    assert found == ["0.40", str(missed), str(sick), str(alarmed), str(well)]


@pytest.mark.parametrize(("rule", "words"), [("youden", "Youden's J"), ("recall", "target recall")])
def test_a_rule_chooses_on_validation(home: Path, rule: str, words: str) -> None:
    app = opened(run="showcase-D1", threshold_rule=rule)
    assert f"Chosen by {'a ' if rule == 'recall' else ''}{words} on the 240" in text(app)


def test_judging_the_validation_images_themselves_is_said_to_flatter(home: Path) -> None:
    assert "flatter" in text(opened(run="showcase-D1", split="validation"))


def test_a_split_without_scores_falls_back_to_one_with(home: Path) -> None:
    assert headline(opened(run="showcase-D1", split="train")).startswith("#### At ")


def test_a_nonsense_address_is_ignored(home: Path) -> None:
    app = opened(
        run="showcase-D1", threshold="nan", threshold_rule="luck", evaluate_cell="7-9-x", split="x"
    )
    assert "by best F1" in text(app)


def test_missing_images_are_named_and_their_scores_listed(home: Path) -> None:
    app = opened(run="showcase-D1", threshold="0.4", evaluate_cell="0-1")
    assert "its images are not on this machine" in text(app)
    listed = app.dataframe[-1].value
    assert (listed["score"] >= 0.4).all()
    assert listed["score"].is_monotonic_decreasing


def test_images_on_this_machine_are_shown_with_their_caption(home: Path, tiny_folder: Path) -> None:
    source = sources.register_folder("tiny", tiny_folder)
    catalogue = sources.open_source(source.name)
    table = made.predictions(images=16, splits=("validation", "test"), seed=3)
    for column in ("image_id", "file"):
        table[column] = list(catalogue.images[column][:16]) * 2
    from engine.learning.presets import get_preset

    recipe = get_preset("D1").recipe(catalogue.hash)
    made_showcase.write_run(home / "showcase" / "TINY", recipe, made.TWO, table, "tiny")
    app = opened(run="showcase-TINY", threshold="0.01", evaluate_cell="1-1")
    assert "pneumonia X-rays are rightly called pneumonia" in app.subheader[-1].value
    assert any(re.match(r"\*\*pneumonia\*\* · \d\.\d{3} · ", entry.value) for entry in app.caption)


def test_three_classes_are_judged_without_a_threshold(home: Path) -> None:
    app = opened(run="showcase-D4")
    assert "get the right class. The most common mistake" in headline(app)
    assert not app.slider
    table = app.dataframe[0].value
    assert list(table["class"]) == ["NORMAL", "BACTERIAL", "VIRAL"]


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
