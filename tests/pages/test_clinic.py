"""The calibration and clinic views on a made-up showcase: what they show, refuse and remember."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.judging import recalibration
from engine.judging.scores import Scores
from pages.shared import cached
from pages.shared.components import clinic as live
from tests.judging import made
from tests.pages import made_showcase


@pytest.fixture
def showcase(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return made_showcase.prepare(cxr_dirs, monkeypatch)


def view(name: str, run: str = "D1", index: int = 1, split: str = "test", **address: str):
    def script(name: str, run: str, index: int, split: str) -> None:
        from engine.judging.thresholds import Threshold
        from pages.shared import cached, cached_judging, evaluate_calibration, evaluate_clinic

        views = {"calibration": evaluate_calibration, "clinic": evaluate_clinic}
        scores = cached_judging.against(run, split, index)
        views[name].show(cached.run(run), scores, Threshold(0.4, "hand"))

    arguments = (name, f"showcase-{run}", index, split)
    app = AppTest.from_function(script, default_timeout=300, args=arguments)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(entry.value for entry in (*app.markdown, *app.caption, *app.warning))


def test_calibration_shows_brier_skill_and_ece_of_stored_scores(showcase):
    app = view("calibration")
    assert [tile.label for tile in app.metric] == ["Brier score", "Brier skill", "ECE, 10 groups"]
    assert all(tile.delta == "" for tile in app.metric)
    assert "The 240 scores average" in words(app)
    assert "mean of (score - truth)²" in words(app)  # the folded formulas


def test_a_recalibration_is_fitted_on_validation_and_kept_in_the_address(showcase):
    app = view("calibration")
    app.button_group[0].set_value("temperature").run()
    assert app.query_params["recalibration"] == "temperature"
    assert "fitted on 240 validation X-rays" in words(app)
    assert "every decision stays" in words(app)
    again = view("calibration", recalibration="isotonic")  # a copied link
    assert "Isotonic (steps" in words(again)
    assert "advises 1,000 or more" in words(again)
    table = cached.predictions("showcase-D1")
    fitted = recalibration.fit(Scores.of(table, "validation", made.TWO), "isotonic")
    after = fitted.scores(Scores.of(table, "test", made.TWO))
    brier = float(((after.scores - after.truth) ** 2).mean())
    assert again.metric[0].value == f"{brier:.3f}"
    assert view("calibration", recalibration="magic").metric[0].delta == ""


def test_bins_are_a_choice_and_named_with_the_ece(showcase):
    app = view("calibration")
    app.selectbox[0].set_value(20).run()
    assert app.metric[2].label == "ECE, 20 groups"


def test_too_few_validation_images_are_refused_with_their_number(showcase):
    table = made.predictions(images=240, decimals=4)
    sixteen = table[table["split"] == "validation"].head(16)
    table = pd.concat([table[table["split"] == "test"], sixteen])
    table.to_parquet(showcase / "showcase" / "D1" / "predictions.parquet")
    cached.forget_runs()
    app = view("calibration", recalibration="platt")
    assert "Only 16 validation images" in app.warning[0].value
    assert app.metric[0].label == "Brier score"  # what can be shown is


@pytest.mark.parametrize(("index", "people"), [(2, "viral pneumonia"), (0, "normal")])
def test_three_classes_look_at_one_against_the_rest(showcase, index, people):
    app = view("clinic", "D4", index, prevalence="0.2", recalibration="temperature")
    assert "PPV at prevalence p" in words(app)
    assert "the model" in words(app)
    assert live._words(("not VIRAL", "VIRAL"))["question"].endswith("with viral pneumonia")
    calibrated = view("calibration", "D4", index, recalibration="temperature")
    assert "fitted on 240 validation X-rays" in words(calibrated)


def test_the_clinic_view_explains_every_measure_on_its_counts(showcase):
    scores = Scores.of(cached.predictions("showcase-D1"), "test", made.TWO)
    said = scores.predicted(0.4)
    tp, fn = (int(((said == call) & (scores.truth == 1)).sum()) for call in (1, 0))
    text = words(view("clinic", prevalence="0.2"))
    assert f"`tp / (tp + fn)` = `{tp} / ({tp} + {fn})`" in text
    assert "× 0.2" in text
    assert "Net benefit" in text
    assert "resampling" in text


@pytest.mark.parametrize("prevalence", ["", "all of them", "7", "nan"])
def test_an_unusable_prevalence_falls_back_to_five_percent(showcase, prevalence):
    app = view("clinic", prevalence=prevalence)
    assert "0.05" in words(app)


def test_the_decision_curve_follows_the_prevalence_when_asked(showcase):
    app = view("clinic", prevalence="0.02")
    before = words(app)
    app.button_group[0].set_value("prevalence").run()
    assert not app.exception
    assert "treating all" in words(app)
    assert words(app) != before


def test_one_class_teaches_instead_of_failing(showcase):
    table = made.predictions(images=240, decimals=4)
    table = table[(table["split"] == "validation") | (table["label"] == "NORMAL")]
    table.to_parquet(showcase / "showcase" / "D1" / "predictions.parquet")
    cached.forget_runs()
    text = words(view("clinic"))
    assert "follows from recall and specificity" in text
    assert "Judge on images of both classes." in text
    assert view("calibration").metric[1].value == "–"
