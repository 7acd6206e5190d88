"""Means, spreads, the chosen cell and heat tables of runs whose figures are known."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from engine.learning.rules import check
from engine.runs import drafts, groups, study_tables
from engine.runs.drafts import Draft
from engine.runs.groups import Study
from engine.runs.run import Run
from engine.words.errors import CxrError
from tests.runs.conftest import make_recipe

pytestmark = pytest.mark.usefixtures("models")
RATES, EPOCHS = ("0.01", "0.001"), ("10", "20")
# validation and test AUC of each cell's two seeds: what is best on the test is not chosen
FOUND = {
    ("0.01", "10"): [(0.90, 0.80), (0.94, 0.82)],
    ("0.01", "20"): [(0.95, 0.70), (0.99, 0.76)],
    ("0.001", "10"): [(0.80, 0.95), (0.82, 0.97)],
    ("0.001", "20"): [(1.00, 0.90), None],  # its second seed is not over
}


def study_of(draft: Draft) -> Study:
    return Study(
        *("abc", draft.name, draft.kind, groups.now(), "a", "quick"),
        *(draft.base.to_json(), draft.axes, draft.seeds, draft.cells),
    )


def run_of(study: Study, number: int, metrics: dict[str, float] | None) -> Run:
    recipe = check(study.recipes[number])
    status = "running" if metrics is None else "finished"
    return Run(
        *(f"run{number}", "x", "C2", recipe, "quick", status, "", "a"),
        datetime(2026, 1, 1, tzinfo=UTC),
        5.0,
        metrics or {},
    )


@pytest.fixture
def swept() -> tuple[Study, list[Run]]:
    """A sweep with two seeds of which one run is not over."""
    over = {"optimizer.learning_rate": RATES, "epochs": EPOCHS}
    study = study_of(drafts.sweep(make_recipe(), over, seeds=2))
    runs = []
    for number, cell in enumerate(study.cells):
        key = (cell.values["optimizer.learning_rate"], cell.values["epochs"])
        pair = FOUND[key][cell.seed]
        metrics = {"validation_auc": pair[0], "test_auc": pair[1]} if pair else None
        runs.append(run_of(study, number, metrics))
    cells = zip(study.cells, runs, strict=True)
    return replace(study, cells=tuple(replace(cell, run=run.id) for cell, run in cells)), runs


def test_each_combination_has_its_mean_and_spread_and_validation_chooses(
    swept: tuple[Study, list[Run]],
) -> None:
    study, runs = swept
    cells = study_tables.standing(study, runs)
    assert study_tables.counts(cells) == {"running": 1, "finished": 7}
    table = study_tables.summary(study, cells)
    assert table["validation"].tolist() == pytest.approx([0.92, 0.97, 0.81, 1.0])
    assert table["test_sd"].iloc[0] == pytest.approx(np.std([0.80, 0.82], ddof=1))
    assert table["finished"].tolist() == [2, 2, 2, 1] and np.isnan(table["test_sd"].iloc[3])
    assert table["chosen"].tolist() == [False, True, False, False]  # of those that are whole
    words = study_tables.chosen(table, study)
    assert words.startswith("Best on validation so far: optimizer.learning_rate=0.01, epochs=20")
    assert "auc 0.9700 ± 0.0283; on the test images it has 0.7300 ± 0.0424" in words


def test_a_heat_table_has_the_values_in_the_order_in_which_they_were_given(
    swept: tuple[Study, list[Run]],
) -> None:
    study, runs = swept
    table = study_tables.summary(study, study_tables.standing(study, runs[:-2]))
    heat = study_tables.heat(study, table)
    assert list(heat.columns) == list(EPOCHS) and list(heat.index) == list(RATES)
    assert heat.loc["0.01", "20"] == pytest.approx(0.97) and np.isnan(heat.loc["0.001", "20"])
    turned = study_tables.heat(study, table, "test", across="optimizer.learning_rate")
    assert turned.loc["10", "0.001"] == pytest.approx(0.96)
    with pytest.raises(CxrError, match="does not go over 'batch'"):
        study_tables.heat(study, table, across="batch")


def test_a_loss_is_better_where_it_is_smaller(swept: tuple[Study, list[Run]]) -> None:
    study, runs = swept
    losses = [
        replace(run, status="finished", metrics={"validation_loss": 0.1 * number})
        for number, run in enumerate(runs, 1)
    ]
    table = study_tables.summary(study, study_tables.standing(study, losses), "loss")
    assert table["chosen"].tolist() == [True, False, False, False]
    with pytest.raises(CxrError, match="auc, accuracy, loss"):
        study_tables.summary(study, (), "beauty")


def test_folds_have_one_mean_over_all_and_a_row_each() -> None:
    study = study_of(drafts.folds(make_recipe(), 3))
    found = [{"validation_auc": 0.9, "test_auc": auc} for auc in (0.7, 0.8, 0.9)]
    runs = [run_of(study, number, metrics) for number, metrics in enumerate(found)]
    cells = study_tables.standing(study, runs)
    table = study_tables.figures(study, cells)
    assert table[["fold", "test_auc"]].to_numpy().tolist() == [[1, 0.7], [2, 0.8], [3, 0.9]]
    row = study_tables.summary(study, cells).iloc[0]
    assert row["runs"] == 3
    assert (row["test"], row["test_sd"]) == pytest.approx((0.8, 0.1))
    words = study_tables.chosen(study_tables.summary(study, cells), study)
    assert "Over 3 of 3 runs" in words and "0.8000 ± 0.1000 on the test" in words


def test_a_run_of_somebody_else_stands_for_a_cell_that_failed(
    swept: tuple[Study, list[Run]],
) -> None:
    study, runs = swept
    failed = replace(runs[0], status="failed", reason="The loss became nan.")
    again = replace(runs[0], id="other")
    assert study_tables.standing(study, [failed])[0].reason == "The loss became nan."
    assert study_tables.standing(study, [failed])[1].status == study_tables.MISSING
    one = study_tables.standing(study, [failed, again])[0]
    assert one.run == again and one.status == "finished"


def test_curves_of_repeats_become_a_band() -> None:
    drawn = pd.DataFrame(
        {"label": "x", "epoch": [1, 2, 1, 2], "val_loss": [0.4, 0.2, 0.6, float("nan")]}
    )
    band = study_tables.bands(drawn, "val_loss")
    assert band["mean"].tolist() == pytest.approx([0.5, 0.2]) and band["runs"].tolist() == [2, 1]
    assert band["sd"].iloc[0] == pytest.approx(np.std([0.4, 0.6], ddof=1))


def test_studies_are_paired_by_fold_and_seed() -> None:
    first = pd.DataFrame(
        {"fold": [1, 2, 3], "seed": 0, "status": "finished", "test_auc": [0.7, 0.8, 0.9]}
    )
    second = first.assign(test_auc=[0.8, 0.8, 0.7]).iloc[::-1]
    second.loc[2, "status"] = "failed"
    pairs = study_tables.paired(first, second, "test_auc")
    assert pairs["fold"].tolist() == [1, 2]
    assert pairs["more"].tolist() == pytest.approx([0.1, 0.0])
    with pytest.raises(CxrError, match="no fold and seed in common"):
        study_tables.paired(first, second.assign(seed=1), "test_auc")
    with pytest.raises(CxrError, match="several have the same seed"):
        study_tables.paired(pd.concat([first, first]), second, "test_auc")
