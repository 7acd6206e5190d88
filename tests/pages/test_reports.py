"""The Reports page shows the table's figures beside the store's, and leads on from each."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.judging.comparison import summary
from engine.judging.over_seeds import over_seeds, said
from engine.learning import sweeps
from engine.learning.presets import PRESETS
from engine.learning.reported import table
from engine.learning.rules import check
from engine.runs import store
from engine.words.recipe import FOLDS, SPLITS, Recipe, Split
from pages.shared import cached, reports_beside
from tests.judging import made
from tests.pages import made_showcase
from tests.runs.test_over_seeds import finish, tables

PAGE, DATA = "pages/reports.py", "0123456789abcdef"
Open = Callable[..., AppTest]


@pytest.fixture
def shipped(warm: Path) -> Path:
    """A showcase of C2 and C5, of D1 on the official split, and of D4 (three classes)."""
    for number, name in enumerate(("C2", "C5", "D1", "D4")):
        write(warm / "showcase" / name, recipe(name, split=Split()), number)
    return warm


def recipe(preset: str, data: str = DATA, **changes: object) -> Recipe:
    begin = PRESETS[preset].recipe(data)
    return check(Recipe(**{**vars(begin), **changes}))


def predictions(one: Recipe, seed: int) -> pd.DataFrame:
    classes = made.THREE if one.task == "kinds" else made.TWO
    return made.predictions(classes, images=240, seed=seed, decimals=4)


def write(place: Path, one: Recipe, seed: int, source: str = "lungs") -> None:
    classes = made.THREE if one.task == "kinds" else made.TWO
    made_showcase.write_run(place, one, classes, predictions(one, seed), source)


def own(one: Recipe, seed: int, source: str = "lungs") -> str:
    """Finish a run in the store."""
    run = store.create_run(one, source, "Ada", "running")
    write(store.folder_of(run.id), one, seed, source)
    store.attach(run.id, store.folder_of(run.id))
    store.mark(run.id, "finished")
    cached.forget_runs()
    return run.id


def cards(page: AppTest) -> dict[str, dict[str, list[str]]]:
    """Read each experiment's table from the page: title -> label -> cells."""
    found: dict[str, dict[str, list[str]]] = {}
    title = ""
    for entry in page.main:
        if entry.type == "markdown" and entry.value.startswith("#### "):
            title = entry.value.removeprefix("#### ")
        if entry.type == "table":
            rows = {str(label): list(row) for label, row in entry.value.iterrows()}
            found[title] = {"": list(entry.value.columns), **rows}
    return found


def texts(page: AppTest) -> str:
    return "\n".join(entry.value for entry in [*page.main.markdown, *page.main.caption])


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def test_without_runs_every_row_stands_there_as_printed(open_page: Open, warm: Path) -> None:
    for report in table().reports:
        page = open_page(PAGE, report=report)
        assert not page.exception and not page.error
        shown = cards(page)
        entries = [e for e in table().experiments.values() if e.report.name == report]
        assert f"0 of {len(entries)} experiments have a run of ours" in texts(page)
        for entry in entries:
            cells = shown.get(PRESETS[entry.name].title, {})
            assert bool(cells) == bool(entry.figures or entry.confusion)
            for name, label in (("accuracy", "Accuracy"), ("val_acc", "Validation accuracy")):
                if name in entry.figures:
                    assert float(cells[label][0]) == entry.figures[name]
            if entry.confusion:
                (_, alarmed), (missed, found) = entry.confusion
                assert cells["Missed"] == [
                    f"{missed} of {missed + found}".replace(" ", "\xa0"),
                    "–",
                ]
                assert cells["Alarmed for nothing"][0].startswith(f"{alarmed}\xa0of")
        assert texts(page).count("Not run here") == len(entries)


def test_ours_are_the_figures_of_the_store(open_page: Open, shipped: Path) -> None:
    page = open_page(PAGE)
    assert page.session_state["report"] == "D"  # two of its rows and D2 are there
    assert "D3: the deeper CNN with momentum" in cards(page)
    page = open_page(PAGE, report="C")
    cells = cards(page)["C2: a small CNN from scratch"]
    told = summary(predictions(recipe("C2"), 0), made.TWO)
    assert cells["Accuracy"][1].startswith(f"{told['accuracy_at_half']:.2f}\xa0(")
    assert cells["Accuracy"][2].startswith(f"{told['accuracy']:.2f}\xa0(")
    assert cells["Recall"][2].startswith(f"{told['recall']:.2f}\xa0(")
    assert cells["AUC"][1].startswith(f"{told['auc']:.2f}\xa0(")
    assert f"Ours at {told['threshold']:g}" in cells[""][-1].replace("0 (", " (")
    assert "run C2 of the showcase, lungs, split the folders as they came" in texts(page)
    assert "other images" in texts(page)  # 624 images it is not


def test_a_run_under_the_reports_split_comes_before_the_showcases(
    open_page: Open, shipped: Path
) -> None:
    page = open_page(PAGE, report="D")
    title = PRESETS["D1"].title
    before = cards(page)[title]["Accuracy"]
    assert "Another split" in texts(page)
    own(recipe("D1"), 8)
    page = open_page(PAGE, report="D")
    told = summary(predictions(recipe("D1"), 8), made.TWO)
    for shown in (cards(page)[title], cards(page)[PRESETS["D2"].title]):  # one network, two rows
        assert shown["Accuracy"][1].startswith(f"{told['accuracy_at_half']:.2f}\xa0(")
    assert cards(page)[title]["Accuracy"] != before
    assert "run D1 of Ada, lungs, split by image" in texts(page)
    three = cards(page)[PRESETS["D4"].title]
    assert three[""][-1].startswith("Ours, the largest score decides")
    assert "Recall, weighted average" in three and "Missed" not in three


def test_drawn_x_rays_and_what_cannot_be_judged_are_marked(open_page: Open, warm: Path) -> None:
    own(recipe("C3"), 1, "phantom")
    broken = own(recipe("C4"), 2)
    (store.folder_of(broken) / "predictions.parquet").write_text("no table")
    page = open_page(PAGE, report="C")
    assert not page.exception and not page.error
    assert "Drawn X-rays" in texts(page) and "Cannot be judged" in texts(page)
    assert "predictions.parquet cannot be read" in texts(page)
    assert "None of them was judged as its report was" in texts(page)


def test_a_report_that_contradicts_itself_is_told(open_page: Open, warm: Path) -> None:
    page = open_page(PAGE, report="D")
    assert "matrix gives an accuracy of 0.8558, and it prints 0.9241" in texts(page)
    cells = cards(page)["D2: the thresholds of D1"]
    assert cells["Best F1 of all thresholds"][0] == "0.967 at 0.40"


def test_a_row_leads_to_its_run_and_to_its_training(open_page: Open, shipped: Path) -> None:
    page = press(open_page(PAGE, report="C"), "reports_evaluate_C5")
    assert not page.exception
    assert page.session_state["run"] == "showcase-C5"
    assert "Where does the model draw the line?" in page.title[0].value
    page = press(open_page(PAGE, report="A"), "reports_train_A2-ensemble")
    assert not page.exception
    assert "What shall it learn?" in page.title[0].value
    assert PRESETS["A2-ensemble"].title in [entry.value for entry in page.subheader]


def test_what_was_trained_on_the_chosen_images_opens_from_the_cache(
    open_page: Open, warm: Path, lungs: str
) -> None:
    own(recipe("C1"), 3, lungs)
    page = open_page(PAGE, report="C", data=lungs)
    assert page.button(key="reports_train_C1").label == "Open from cache on lungs"
    assert page.button(key="reports_train_C2").label == "Train it on lungs"


def test_several_seeds_on_one_split_are_told_beside_the_report(open_page: Open, warm: Path) -> None:
    for seed in (0, 1):
        finish(recipe("C3", split=Split(seed=0), seed=seed))
    cached.forget_runs()
    found = over_seeds({seed: tables(seed) for seed in (0, 1)}, made.TWO)
    told = f"C3, mean ± sd of 2 seeds, at 0.5: accuracy {said(found, 'accuracy_at_half')}"
    page = open_page(PAGE, report="C")
    assert not page.exception and told in texts(page)
    assert f"AUC {said(found, 'auc')} (official test, 120 images)" in texts(page)


def test_sweeps_say_how_far_they_are(open_page: Open, warm: Path) -> None:
    cells = sweeps.cells(sweeps.get_sweep("D6"), DATA)
    for number in (0, 1):
        own(cells[number], number)
    page = open_page(PAGE, report="D")
    assert "Of our 8 cells 2 are finished" in texts(page)
    assert "Of our 30 cells none is finished" in texts(page)
    lines = "\n".join(code.value for code in page.code)
    start = "study sweep D6 --data SOURCE --set stopping=none --over optimizer=sgd,adam,rmsprop"
    assert start in lines
    page = press(page, "reports_grid_D6_0")
    assert not page.exception and not page.error
    over = "optimizer=sgd,adam,rmsprop;optimizer.learning_rate=0.001;epochs=50,80"
    assert page.session_state["over"] == f"stopping=none;{over}"
    assert page.session_state["begin"] == "D6"


def test_four_lessons_lead_to_where_they_can_be_found_out(open_page: Open, shipped: Path) -> None:
    page = open_page(PAGE, reports_view="together")
    assert not page.exception
    for words in ("recall is 0.97 to 1.00", "0.62 to 0.82", "0.62 to 0.85", "0.92 to 0.97"):
        assert words in texts(page)
    labels = [button.label for button in page.main.button]
    ways = [
        "Move the threshold",
        "Compare the splits",
        "Compare the runs",
        "Open the imbalance lab",
    ]
    assert [label for label in labels if label in ways] == ways
    button = next(b for b in page.main.button if b.label == "Compare the runs")
    page = button.click().run()
    assert not page.exception
    assert page.session_state["compare_runs"] == "showcase-C2,showcase-C5"


def test_published_figures_stand_as_printed(open_page: Open, warm: Path) -> None:
    page = open_page(PAGE, reports_view="published")
    shown = page.dataframe[0].value
    assert len(shown) == len(table().published)
    assert shown["Accuracy"].iloc[0] == "0.946"  # the best on the official test comes first
    assert set(shown["Link"]) == {entry.link for entry in table().published}


def test_every_kind_of_split_is_said_in_words() -> None:
    assert set(reports_beside.SPLITS) == {*SPLITS, *FOLDS}


@pytest.mark.parametrize(
    ("value", "text"), [(0.7, "0.70"), (0.7821, "0.7821"), (1.0, "1.00"), (0.965, "0.965")]
)
def test_figures_are_shown_as_printed(value: float, text: str) -> None:
    assert reports_beside.printed(value) == text
