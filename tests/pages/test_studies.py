"""The Studies page: started, watched, paused, cancelled; what came out of folds and sweeps."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.runs import groups, jobs, out_of_fold, store, studies
from tests.pages import made_studies as made
from tests.pages import trainings

Open = Callable[..., AppTest]
PAGE = "pages/studies.py"
SWEEP = f"{made.RATE}=0.01,0.001;epochs=2,4"


def texts(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.error, page.info, page.warning, page.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def button(page: AppTest, label: str):
    return next(entry for entry in page.button if entry.label == label)


def metrics(page: AppTest) -> dict[str, str]:
    return {entry.label: entry.value for entry in page.metric}


def settled(page: AppTest, done: Callable[[], bool]) -> AppTest:
    for _ in range(60):
        if done():
            break
        page.run()
    return page.run()


def test_without_a_study_the_page_teaches_and_starts_one(open_page: Open, warm: Path) -> None:
    page = open_page(PAGE)
    assert "one draw of the dice" in texts(page)
    page = button(page, "Start a sweep").click().run()
    assert not page.exception
    assert page.query_params["studies_view"] == "sweep"
    assert "Choose the images" in texts(page)


def test_a_sweep_is_counted_checked_and_queued(open_page: Open, warm: Path, lungs: str) -> None:
    page = open_page(PAGE, studies_view="sweep", data=lungs, begin="Quick", over=SWEEP, seeds="2")
    assert not page.exception
    assert metrics(page)["Trainings"] == "8" and metrics(page)["From the cache"] == "0"
    assert "2 x 2 x 2 seeds = 8 trainings." in texts(page)
    page = button(page, "Queue 8 trainings").click().run()
    page = settled(page, lambda: bool(page.query_params.get("study")))
    (study,) = studies.list_studies()
    assert page.query_params["study"] == study.id
    assert len(study.cells) == 8 and all(cell.run for cell in study.cells)
    assert dict(study.axes) == {made.RATE: ("0.01", "0.001"), "epochs": ("2", "4")}
    assert page.subheader[0].value == study.name


def test_what_is_finished_already_comes_from_the_cache(
    open_page: Open, warm: Path, lungs: str
) -> None:
    study = made.sweep(lungs, seeds=1)
    for number in range(4):
        made.finish(study, number, 0.9, 0.8)
    run = store.get_run(study.cells[0].run)
    page = open_page(PAGE, studies_view="sweep", data=lungs, begin=run.id, over=SWEEP)
    assert metrics(page)["From the cache"] == "4"
    assert "4 finished already" in texts(page)
    assert button(page, "Open it from the cache")


def test_cells_that_make_no_sense_are_listed_before_anything_is_queued(
    open_page: Open, warm: Path, lungs: str
) -> None:
    over = "optimizer=adam,sgd;optimizer.momentum=0.5,0.9"
    page = open_page(PAGE, studies_view="sweep", data=lungs, begin="Quick", over=over)
    assert "2 of 4 cells make no sense" in texts(page)
    assert all("no setting 'momentum'" in why for why in page.dataframe[0].value["Why"])
    assert "Trainings" not in metrics(page)
    page.toggle[0].set_value(True).run()
    assert metrics(page)["Trainings"] == "2"
    assert page.query_params["leave"] == "yes"
    assert studies.list_studies() == []


def test_a_reports_sweep_is_ready_made(open_page: Open, warm: Path, lungs: str) -> None:
    page = open_page(PAGE, studies_view="sweep", data=lungs)
    ready = next(box for box in page.selectbox if "report's sweep" in box.label)
    page = ready.select(next(name for name in ready.options if name.startswith("D3"))).run()
    assert not page.exception
    assert page.query_params["begin"] == "D3"
    assert metrics(page)["Trainings"] == "9"
    assert "6 of them come with a longer training" in texts(page)
    assert button(page, "Queue 9 trainings")


def test_folds_are_set_up_by_patient_or_by_image(open_page: Open, warm: Path, lungs: str) -> None:
    page = open_page(PAGE, studies_view="folds", data=lungs, begin="Quick", k="4", by="image")
    assert not page.exception
    assert "4 folds x 1 seed = 4 trainings." in texts(page)
    assert "flatter the model" in texts(page)


def test_a_study_at_work_shows_its_cells_and_can_be_paused_and_resumed(
    open_page: Open, warm: Path, lungs: str
) -> None:
    study = made.sweep(lungs)
    made.finish(study, 0, 0.9, 0.8)
    trainings.running(study.cells[1].run, epochs=1)
    page = open_page(PAGE, study=study.id)
    assert not page.exception
    bars = [str(bar.proto) for bar in page.get("progress")]
    assert "8 trainings: 6 waiting, 1 running, 1 finished" in bars[0]
    assert "Epoch 2 of" in bars[1]
    page = button(page, "Pause").click().run()
    assert groups.read(study.id).state == "paused"
    page = button(page, "Resume").click().run()
    settled(page, lambda: groups.read(study.id).state == "active")
    assert groups.read(study.id).state == "active"


def test_a_study_is_cancelled_after_a_question_and_then_forgotten(
    open_page: Open, warm: Path, lungs: str
) -> None:
    study = made.sweep(lungs, seeds=1)
    page = button(open_page(PAGE, study=study.id), "Yes, cancel it").click().run()
    assert {jobs.read_state(cell.run).status for cell in study.cells} == {"cancelled"}
    assert "What waited was taken out" in texts(page)
    page = button(page, "Yes, delete it").click().run()
    assert not page.exception and studies.list_studies() == []
    assert "one draw of the dice" in texts(page)


def test_failed_cells_say_why_and_a_lost_one_is_told(
    open_page: Open, warm: Path, lungs: str
) -> None:
    study = made.sweep(lungs, seeds=1)
    made.ended(study.cells[0].run, "failed", "The loss became nan in epoch 2.")
    made.ended(study.cells[1].run, "failed", "The machine stopped.")
    made.finish(study, 2, 0.9, 0.8)
    made.ended(study.cells[3].run, "cancelled", "Stopped.")
    store.delete_run(study.cells[3].run)
    page = open_page(PAGE, study=study.id, part="cells")
    said = texts(page)
    assert "2 trainings failed. Learning rate 0.01, epochs 2: The loss became nan" in said
    assert "1 training not queued" in said
    table = page.dataframe[0].value
    assert table["State"].tolist() == ["Failed", "Failed", "Finished", "Not queued"]
    assert button(page, "Resume")


@pytest.fixture
def swept(warm: Path, lungs: str) -> groups.Study:
    """A sweep that is over: validation is best at 0.001 and 4 epochs, the test elsewhere."""
    study = made.sweep(lungs)
    found = [(0.80, 0.99), (0.82, 0.97), (0.85, 0.6), (0.87, 0.6), (0.7, 0.6), (0.7, 0.6)]
    for number, (validation, test) in enumerate([*found, (0.90, 0.71), (0.94, 0.73)]):
        made.finish(study, number, validation, test)
    return made.again(study)


def test_a_sweeps_best_cell_is_chosen_on_validation_and_the_test_waits(
    open_page: Open, swept: groups.Study
) -> None:
    page = open_page(PAGE, study=swept.id)
    assert not page.exception
    said = texts(page)
    assert "Best on validation: learning rate 0.001, epochs 4, with AUC 0.920 ± 0.028" in said
    assert "0.060 away, more than the standard deviation over a cell's seeds (0.028)" in said
    table = page.dataframe[0].value
    assert table["Validation"].tolist()[0] == "0.810 ± 0.014"
    assert table["Best"].tolist() == ["", "", "", "Best"]
    assert "Test (seen)" not in table and "looked at" not in said
    assert groups.read(swept.id).looked == ""
    page.toggle[0].set_value(True).run()
    assert page.dataframe[0].value["Test (seen)"].tolist()[3] == "0.720 ± 0.014"
    assert "The test figures were looked at on" in texts(page)
    assert groups.read(swept.id).looked
    page.toggle[0].set_value(False).run()
    assert "The test figures were looked at on" in texts(page)  # that cannot be taken back


def test_a_sweeps_curves_and_cells_are_drawn(open_page: Open, swept: groups.Study) -> None:
    page = open_page(PAGE, study=swept.id, part="curves", measure="loss", across=made.RATE)
    assert not page.exception
    assert "The 4 combinations with the best validation AUC" in texts(page)
    page = open_page(PAGE, study=swept.id, across=made.RATE, measure="accuracy")
    assert not page.exception and "Accuracy on the validation images" in texts(page)


def test_folds_have_scores_spread_and_one_run_that_judges_each_image_once(
    open_page: Open, warm: Path, lungs: str
) -> None:
    study = made.folds(lungs)
    for number, test in enumerate((0.7, 0.8, 0.9)):
        made.finish(study, number, 0.95, test)
    (joined,) = out_of_fold.complete(study.id)
    page = open_page(PAGE, study=study.id)
    assert not page.exception
    assert "Validation AUC over 3 folds: mean 0.950, standard deviation 0.000" in texts(page)
    assert "AUC test" not in page.dataframe[0].value and not groups.read(study.id).looked
    page.toggle[0].set_value(True).run()
    assert "mean 0.800, standard deviation 0.100, from 0.700 to 0.900" in texts(page)
    table = page.dataframe[0].value.set_index("Fold")
    assert table["AUC test"].tolist() == [
        "0.700",
        "0.800",
        "0.900",
        "0.800",
        "0.100",
        "0.700",
        "0.900",
    ]
    assert "Every image once" in texts(page) and joined.name in texts(page)
    page = open_page(PAGE, study=study.id, part="curves")
    assert not page.exception
    assert "Validation loss after epoch 2: 0.550 ± 0.000" in texts(page)


def test_a_study_that_is_gone_or_damaged_is_said_to_be(
    open_page: Open, warm: Path, lungs: str
) -> None:
    study = made.sweep(lungs, seeds=1)
    made.file_of(study).write_text("{")
    assert "cannot be read" in texts(open_page(PAGE, study=study.id))
    page = open_page(PAGE, study="nothing")
    assert "There is no study 'nothing'" in texts(page)
    assert not page.exception


def test_all_studies_stand_in_one_table(open_page: Open, swept: groups.Study, lungs: str) -> None:
    made.folds(lungs)
    table = open_page(PAGE).dataframe[0].value
    done = table.set_index("Kind")["Trainings"]
    assert done["Sweep"] == "8 finished" and done["Folds"] == "3 waiting"


def test_an_address_that_is_no_grid_is_said_to_be(open_page: Open, warm: Path, lungs: str) -> None:
    page = open_page(PAGE, studies_view="sweep", data=lungs, over="nonsense")
    assert not page.exception and "cannot be read" in texts(page)
    page = open_page(PAGE, studies_view="sweep", data=lungs, begin="Zebra")
    assert "no preset or finished run 'Zebra'" in texts(page)
