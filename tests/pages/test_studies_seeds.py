"""A study over seeds: one split, mean and spread, test on request, and the mean as one run."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.judging.over_seeds import over_seeds, said
from engine.runs import drafts, groups, store, studies
from engine.words.options import Choice
from pages.shared import cached
from tests.judging import made as judged
from tests.pages import made_studies as made
from tests.pages.test_studies import PAGE, button, texts
from tests.runs.test_over_seeds import tables

Open = Callable[..., AppTest]
RULE = Choice.of("recall", target=0.9)


@pytest.fixture
def study(warm: Path, lungs: str) -> groups.Study:
    """Three seeds of one training, of which two are finished."""
    recipe = made.base(lungs).with_setting("threshold", '{"name": "recall", "target": 0.9}')
    begun = studies.start(drafts.seeds(recipe, 3), lungs, "Ada")
    for number in (0, 1):
        finish(begun, number)
    return made.again(begun)


def finish(study: groups.Study, number: int) -> None:
    """End a cell with predictions of its own on images that all seeds share."""
    made.finish(study, number, 0.9 + number / 50, 0.8)
    run_id = study.cells[number].run
    tables(number).to_parquet(store.folder_of(run_id) / "predictions.parquet")
    cached.forget_runs()


def test_the_form_keeps_one_split_unless_it_is_told_otherwise(
    open_page: Open, warm: Path, lungs: str
) -> None:
    page = open_page(PAGE, studies_view="seeds", data=lungs, begin="Quick", seeds="3")
    assert not page.exception
    assert "3 seeds = 3 trainings." in texts(page)
    assert "All seeds have the same training, validation and test images." in texts(page)
    page = open_page(PAGE, studies_view="seeds", data=lungs, begin="Quick", splits="own")
    assert not page.exception and "Each seed draws its own validation images" in texts(page)


def test_validation_is_shown_and_the_test_on_request(open_page: Open, study: groups.Study) -> None:
    page = open_page(PAGE, study=study.id)
    assert not page.exception
    assert "Validation AUC over 2 seeds: mean 0.910, standard deviation 0.014" in texts(page)
    assert list(page.dataframe[0].value.columns[:2]) == ["Seed", "AUC validation"]
    assert not any("test" in name for name in page.dataframe[0].value.columns)
    page.toggle[0].set_value(True).run()
    assert not page.exception and groups.read(study.id).looked
    shown = page.dataframe[1].value.set_index("Figure")
    found = over_seeds({seed: tables(seed) for seed in (0, 1)}, judged.TWO, RULE)
    assert shown.loc["Accuracy", "At 0.5"] == said(found, "accuracy_at_half")
    assert shown.loc["Recall", "At its own threshold"] == said(found, "recall")
    assert shown.loc["AUC", "At 0.5"] == said(found, "auc")
    assert "was chosen by a target recall of 0.9 on its validation scores" in texts(page)


def test_the_finished_seeds_are_joined_after_a_question(
    open_page: Open, study: groups.Study
) -> None:
    page = open_page(PAGE, study=study.id)
    assert "The mean of the seeds" in texts(page)
    page = button(page, "Yes, join them").click().run()
    for _ in range(50):
        if groups.read(study.id).joined:
            break
        page = page.run()
    assert not page.exception and not page.error
    run = store.get_run(groups.read(study.id).joined[""])
    page = open_page(PAGE, study=study.id)
    assert f"{run.name}: validation AUC" in texts(page)
    assert not any(entry.label == "Yes, join them" for entry in page.button)
    finish(study, 2)  # a third seed: the mean can be made anew
    assert button(open_page(PAGE, study=study.id), "Yes, join them")
    page = open_page("pages/evaluate.py", run=run.id)
    assert not page.exception
    page = open_page("pages/evaluate.py", run=run.id, view="provenance")
    assert not page.exception and "target recall of 0.9" in texts(page)


def test_one_seed_has_no_mean_yet(open_page: Open, warm: Path, lungs: str) -> None:
    begun = studies.start(drafts.seeds(made.base(lungs), 2, one_split=False), lungs, "Ada")
    page = open_page(PAGE, study=begun.id)
    assert not page.exception and "as soon as the first one is finished" in texts(page)
    finish(begun, 0)
    page = open_page(PAGE, study=begun.id)
    assert "It can be made when 2 seeds are finished." in texts(page)
    finish(begun, 1)
    assert "no mean that is judged fairly" in texts(open_page(PAGE, study=begun.id))
