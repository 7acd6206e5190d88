import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.judging import significance
from engine.judging.comparison import summary
from engine.judging.pairing import paired
from engine.judging.scores import Scores
from engine.learning.presets import get_preset
from engine.words.options import Choice
from pages.shared import cached, cached_judging
from tests.judging import made
from tests.pages import made_showcase

DATA = "0123456789abcdef"


@pytest.fixture
def home(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return made_showcase.prepare(cxr_dirs, monkeypatch)


def opened(**choices: str) -> AppTest:
    return made_showcase.opened("pages/compare.py", **choices)


def two(view: str, **choices: str) -> AppTest:
    return opened(compare_runs="showcase-D1,showcase-E1", compare_view=view, **choices)


def text(app: AppTest) -> str:
    entries = [*app.markdown, *app.caption, *app.info, *app.subheader, *app.error]
    return "\n".join(entry.value for entry in entries)


def add(home: Path, name: str, like: str = "D1", skill: float = 0.0, power: float = 1.0, **change):
    """Write a run like another one: the same images, its scores nearer to the truth or pushed."""
    table = cached.predictions(f"showcase-{like}").copy()
    score = table["score_PNEUMONIA"].to_numpy(float)
    truth = (table["label"] == "PNEUMONIA").to_numpy(float)
    score = ((1 - skill) * score + skill * truth) ** power
    table["score_PNEUMONIA"], table["score_NORMAL"] = score, 1 - score
    recipe = replace(cached.run(f"showcase-{like}").recipe, preset=name, **change)
    made_showcase.write_run(home / "showcase" / name, recipe, made.TWO, table, "lungs")
    cached.showcase.clear()


@pytest.fixture
def better(home: Path) -> Path:
    """E1: D1's images, and scores that lie nearer to the truth."""
    add(home, "E1", skill=0.35, size=64)
    return home


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


def test_runs_stand_side_by_side_with_intervals(home: Path) -> None:
    app = opened(compare_runs="showcase-D1,showcase-C2")
    figures = app.dataframe[1].value
    assert list(figures.columns) == ["D1", "C2"]
    value = summary(cached.predictions("showcase-C2"), made.TWO)["f1"]
    assert figures.loc["F1", "C2"].startswith(f"{value:.2f} (0.")
    assert "judged on different X-rays" in text(app) or "on the same 240 test" in text(app)


def test_what_differs_in_the_recipes_is_said(home: Path) -> None:
    app = opened(compare_runs="showcase-D1,showcase-C2", compare_view="recipes")
    assert "Image size: 180 in D1, 256 in C2." in text(app)


def test_how_they_learned_names_the_best_epochs(home: Path) -> None:
    app = opened(compare_runs="showcase-D1,showcase-D4", compare_view="learned")
    assert "By validation loss D1 is best at epoch 4 of 4; D4 is best" in text(app)


@pytest.mark.parametrize("view", ["side", "chance", "disagree", "together"])
def test_runs_of_other_classes_are_refused_with_words(home: Path, view: str) -> None:
    app = opened(compare_runs="showcase-D1,showcase-D4", compare_view=view)
    assert "D4 tells other classes apart" in text(app)
    assert "two or more runs with the same classes" in text(app)


def test_one_run_alone_asks_for_another(home: Path) -> None:
    assert "Choose two or more runs" in text(opened(compare_runs="showcase-D1"))


def test_the_view_is_kept_in_the_address(home: Path) -> None:
    app = opened(compare_runs="showcase-D1,showcase-C2")
    views = next(group for group in app.button_group if group.label == "Question")
    views.set_value("learned").run()
    assert app.query_params["compare_view"] == "learned"
    assert not app.exception


def test_the_tests_are_those_of_the_engine_and_say_so(better: Path) -> None:
    app = two("chance", baseline="showcase-D1")
    tables = {name: cached.predictions(f"showcase-{name}") for name in ("E1", "D1")}
    scores = {name: Scores.of(table, "test", made.TWO) for name, table in tables.items()}
    own = {name: cached_judging.threshold(f"showcase-{name}").value for name in scores}
    said = {name: scores[name].predicted(own[name]) for name in scores}
    expected = significance.mcnemar(scores["D1"].truth, said["E1"], said["D1"])
    assert f"E1 gets {expected.only_a} images right that D1 gets wrong" in text(app)
    ranked = significance.delong(paired(scores["E1"], scores["D1"]))
    assert f"E1 has an AUC of {ranked.auc_a:.2f}, D1 of {ranked.auc_b:.2f}" in text(app)
    assert text(app).count("**distinguishable from chance** on these 240 test images") == 3
    assert "F1 of E1 less that of D1: +0." in text(app)


def test_another_baseline_turns_the_comparison_round(better: Path) -> None:
    app = two("chance", baseline="showcase-D1")
    app.selectbox(key="compare_baseline").set_value("showcase-E1").run()
    assert "F1 of D1 less that of E1: −0." in text(app)
    assert app.query_params["baseline"] == "showcase-E1"


def test_several_comparisons_are_corrected(better: Path) -> None:
    add(better, "E2", skill=0.1, size=96)
    app = opened(
        compare_runs="showcase-D1,showcase-E1,showcase-E2",
        compare_view="chance",
    )
    assert "p is corrected for 2 comparisons (Holm)" in text(app)
    assert "p after Holm" in app.dataframe[1].value.columns


def test_runs_without_a_common_image_cannot_be_tested_and_the_page_says_why(home: Path) -> None:
    add(home, "E1")
    table = cached.predictions("showcase-E1").copy()
    table["image_id"] = "other" + table["image_id"]
    table.to_parquet(home / "showcase" / "E1" / "predictions.parquet")
    cached.forget_runs()
    assert "no test X-ray in common" in text(two("chance"))
    assert "0 of 480 in common" in text(two("side"))


def test_three_classes_are_tested_on_right_and_wrong(home: Path) -> None:
    recipe = replace(get_preset("D4").recipe(DATA), epochs=4, preset="F4", seed=1)
    table = made.predictions(made.THREE, images=240, seed=2, decimals=4)  # D4's truth
    scores = [f"score_{name}" for name in made.THREE]
    table[scores] = np.eye(3)[[made.THREE.index(label) for label in table["label"]]]
    made_showcase.write_run(home / "showcase" / "F4", recipe, made.THREE, table, "lungs")
    cached.showcase.clear()
    chosen = {"compare_runs": "showcase-F4,showcase-D4"}
    app = opened(compare_view="chance", baseline="showcase-D4", **chosen)
    assert "D4 gets 0 right that F4 gets wrong" in text(app)
    assert "The class BACTERIAL against the rest." in text(app)
    assert "Confusion matrices" in text(opened(compare_view="side", **chosen))
    assert "X-rays divide these runs" in text(opened(compare_view="disagree", **chosen))
    assert "Together they do" in text(opened(compare_view="together", **chosen))


def test_disagreements_are_listed_where_the_images_are_not_here(better: Path) -> None:
    app = two("disagree")
    listed = app.dataframe[2].value
    calls = listed[["D1 says", "E1 says"]]
    assert (calls.nunique(axis=1) == 2).all()
    assert f"{len(listed)} X-rays divide these runs" in text(app)
    assert f"All runs say the same of {240 - len(listed)} of 240 X-rays" in text(app)
    assert "its images are not on this machine" in text(app)
    app.selectbox(key="compare_who").set_value("E1").run()
    right = listed["E1 says"] == listed["truth"]
    assert len(app.dataframe[-1].value) == right.sum() > 0
    app.selectbox(key="compare_who").set_value("D1").run()
    assert right.all()  # each of E1's scores lies nearer to the truth
    assert "D1 is wrong on all of them." in text(app)


@pytest.mark.parametrize("how", ["mean", "vote"])
def test_an_ensemble_is_judged_beside_its_members(better: Path, how: str) -> None:
    app = two("together", compare_ensemble=how)
    table = app.dataframe[1].value
    assert list(table.columns) == ["Together", "D1", "E1"]
    assert table.loc["AUC", "E1"] == f"{app.dataframe[0].value.set_index('name').auc['E1']:.2f}"
    assert "E1 alone" in text(app)
    assert (table.loc["Threshold", "Together"] == "0.50") == (how == "vote")


def test_seeds_teach_without_and_compare_with_two_runs(home: Path) -> None:
    assert "Train the recipe of D1 again with another seed than 0" in text(
        opened(compare_runs="showcase-D1,showcase-C2", compare_view="seeds")
    )
    add(home, "D1b", skill=0.2, seed=7)
    app = opened(compare_runs="showcase-D1,showcase-C2", compare_view="seeds")
    assert "2 runs of the same recipe, another seed each" in text(app)
    assert "D1b (seed 7)" in text(app)
    f1 = [cached_judging.summary(f"showcase-{name}", "test")["f1"] for name in ("D1", "D1b")]
    assert app.dataframe[1].value.loc["F1", "mean"] == f"{np.mean(f1):.3f}"


def test_cost_names_what_a_point_costs_and_leaves_other_questions_out(better: Path) -> None:
    app = two("cost")
    assert "3 runs on the same data, split and classes as D1" in text(app)
    assert "1 other run left out: another question." in text(app)
    assert "the cheapest (8 seconds) and the best" in text(app)


def test_the_imbalance_lab_names_the_missing_strategies(home: Path) -> None:
    app = opened(compare_runs="showcase-D1,showcase-C2", compare_view="balance")
    assert "no two runs that differ in the strategy alone." in text(app)
    assert "Not trained yet**: Class weights, Undersampling, Oversampling" in text(app)
    assert "D1 was trained with no strategy" in text(app)
    assert "D1's own images are not on this machine" in text(app)


def test_the_imbalance_lab_shares_out_a_strategys_gain(home: Path) -> None:
    add(home, "D1w", power=0.3, imbalance=Choice("class_weight"))
    app = opened(compare_view="balance")
    table = app.dataframe[1].value.set_index("strategy")
    assert list(table.index) == ["No strategy", "Class weights"]
    halves = [cached_judging.summary(f"showcase-{name}", "test") for name in ("D1", "D1w")]
    assert table["at 0.5"].tolist() == [f"{entry['f1_at_half']:.2f}" for entry in halves]
    assert "**Class weights**" in text(app)
    assert "Not trained yet**: Undersampling, Oversampling" in text(app)


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
