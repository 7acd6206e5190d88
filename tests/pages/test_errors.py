"""Explain's view of the errors, and the way there from Evaluate and back."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from pages.shared import errors_each, errors_mean
from pages.shared.components.tiles import Tile
from tests.pages import little_showcase

Open = Callable[..., AppTest]
EXPLAIN, EVALUATE = "pages/explain.py", "pages/evaluate.py"
TINY, KINDS = "showcase-TINY", "showcase-KINDS"


@pytest.fixture
def runs(quiet: Path, lungs: str) -> Path:
    """Three tiny runs on the source "lungs": 17 test images, one of them a copy."""
    little_showcase.build(quiet / "showcase", sources.open_source(lungs))
    return quiet


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[list[Tile]]:
    """What the tile component is given: AppTest does not show a component's data."""
    seen: list[list[Tile]] = []
    for module in (errors_each, errors_mean):
        own = module.tiles

        def watched(shown: list[Tile], *rest: object, own=own, **more: object) -> None:
            seen.append(list(shown))
            own(shown, *rest, **more)

        monkeypatch.setattr(module, "tiles", watched)
    return seen


def rows(runs: Path, name: str = "TINY") -> pd.DataFrame:
    table = pd.read_parquet(runs / "showcase" / name / "predictions.parquet")
    return table[table["split"] == "test"]


def finished(app: AppTest) -> AppTest:
    """Run the page until its work in the thread is done."""
    end = time.monotonic() + 120
    while app.get("progress") and time.monotonic() < end:
        app.run()
    assert not app.exception, app.exception
    assert not app.get("progress")
    return app


def errors(open_page: Open, run: str, **address: str) -> AppTest:
    app = open_page(EXPLAIN, run=run, split="test", explain_view="errors", **address)
    return finished(app)


def said(app: AppTest) -> str:
    return "\n".join(str(entry.value) for entry in [*app.markdown, *app.caption])


def leave(app: AppTest, label: str, page: str) -> AppTest:
    """Press a button that leads to another page; AppTest does not follow by itself."""
    next(entry for entry in app.button if entry.label == label).click().run()
    return finished(app.switch_page(page).run())


def test_a_cell_shows_its_xrays_under_their_heat_the_surest_first(
    runs: Path, open_page: Open, drawn: list[list[Tile]]
) -> None:
    app = errors(open_page, TINY, threshold="0", explain_cell="0-1")
    normal = rows(runs).query("label == 'NORMAL'")
    assert f"{len(normal)} of {len(normal)} normal X-rays are wrongly called pneumonia" in said(app)
    shown = drawn[-1]
    assert [float(tile.lines[0]) for tile in shown] == pytest.approx(
        sorted(normal["score_PNEUMONIA"], reverse=True), abs=6e-4
    )
    assert all(tile.picture.startswith("data:image/jpeg") and not tile.right for tile in shown)
    assert all(tile.lines[2].startswith(("warmest: ", "empty map")) for tile in shown)
    assert f"of these {len(shown)} maps" in said(app) or "All of these maps are empty" in said(app)


def test_another_cell_and_page_hold_the_others(
    runs: Path, open_page: Open, drawn: list[list[Tile]]
) -> None:
    app = errors(open_page, TINY, threshold="0", explain_cell="0..1")
    assert len(drawn[-1]) == 12
    first = {tile.id for tile in drawn[-1]}
    app.pagination[0].set_value(2).run()
    finished(app)
    assert len(first | {tile.id for tile in drawn[-1]}) == 17
    empty = errors(open_page, TINY, threshold="0", explain_cell="1-0")
    assert "No X-ray is here" in said(empty)


def test_an_unreadable_xray_costs_only_its_tile(
    runs: Path, open_page: Open, drawn: list[list[Tile]]
) -> None:
    file = rows(runs).query("label == 'NORMAL'")["file"].iloc[0]
    errors(open_page, TINY, threshold="0", explain_cell="1-1")  # the folder is found
    (runs / "lungs" / file).write_text("no picture")
    errors(open_page, TINY, threshold="0", explain_cell="0-1")
    broken = [tile for tile in drawn[-1] if tile.broken]
    assert [file in tile.broken for tile in broken] == [True]
    assert sum(bool(tile.picture) for tile in drawn[-1]) == len(drawn[-1]) - 1


def test_of_a_run_of_folds_each_xray_is_asked_of_the_network_that_judged_it(
    runs: Path, open_page: Open, drawn: list[list[Tile]]
) -> None:
    cell = {"threshold": "0", "explain_cell": "0-1"}
    errors(open_page, TINY, **cell)
    alone = {tile.id: tile.picture for tile in drawn[-1]}
    folds = runs / "showcase" / "FOLDS"
    shutil.copytree(runs / "showcase" / "TINY", folds)
    (folds / "model.keras").unlink()
    recipe = json.loads((folds / "recipe.json").read_text())
    recipe["split"] = {"kind": "patient_folds", "k": 2, "fold": 0}
    (folds / "recipe.json").write_text(json.dumps(recipe))
    table = pd.read_parquet(folds / "predictions.parquet")
    table["run"] = np.where(np.arange(len(table)) % 2, TINY, "showcase-DENSE")
    table["fold"] = np.where(np.arange(len(table)) % 2, 1, 2)
    table.to_parquet(folds / "predictions.parquet", index=False)
    app = errors(open_page, "showcase-FOLDS", **cell)
    assert "Each X-ray is asked of the fold's network that had not seen it." in said(app)
    judged = rows(runs, "FOLDS").reset_index(drop=True)["run"]
    same = {tile.id: tile.picture == alone[tile.id] for tile in drawn[-1]}
    assert same == {name: judged[int(name)] == TINY for name in same}
    assert len(set(same.values())) == 2


def test_three_classes_have_nine_cells_and_one_against_the_rest_four(
    runs: Path, open_page: Open, drawn: list[list[Tile]]
) -> None:
    app = errors(open_page, KINDS, errors="mean")
    table = rows(runs, "KINDS")
    tiles = {tile.id: tile for tile in drawn[-1]}
    assert len(tiles) == 12  # each class, then its cells
    for index, name in enumerate(("NORMAL", "BACTERIAL", "VIRAL")):
        images = (table["label"] == name).sum()
        assert tiles[f"all{index}"].lines[1] == f"{images} of {images}"
    cell = {"evaluate_class": "VIRAL", "evaluate_cell": "0-1", "threshold": "0"}
    app = leave(open_page(EVALUATE, run=KINDS, split="test", **cell), "Heat maps of these", EXPLAIN)
    app = finished(app.segmented_control(key="explain_errors").set_value("each").run())
    others = (table["label"] != "VIRAL").sum()
    assert f"{others} of {others} not viral X-rays are wrongly called viral" in said(app)


def test_means_say_how_many_where_and_whether_they_differ(
    runs: Path, open_page: Open, drawn: list[list[Tile]]
) -> None:
    scores = rows(runs)["score_PNEUMONIA"]
    middle = f"{np.median(scores):.6f}"
    app = errors(open_page, TINY, threshold=middle, explain_cell="0-1", errors="mean")
    text = said(app)
    assert "Each map is stretched to the network's square and divided by its own sum" in text
    assert "Every class and every cell" in [entry.value for entry in app.subheader]
    assert "of the heat" in text or "The heat for pneumonia" in text or "maps are empty" in text
    assert (
        "elsewhere in normal called pneumonia (false alarm) than in normal called normal" in (text)
        or "There is no difference to draw" in text
    )
    assert app.main.selectbox(key="explain_other").value == "0-0"
    counts = {tile.id: tile.lines[1] for tile in drawn[-1]}
    normal = (rows(runs)["label"] == "NORMAL").sum()
    assert counts["all0"] == f"{normal} of {normal}"
    alarms, left = (int(counts[cell].split(" of ")[1]) for cell in ("0-1", "0-0"))
    assert alarms + left == normal
    before = {tile.id: tile.picture for tile in drawn[-1]}
    errors(open_page, TINY, threshold=f"{scores.max():.6f}", explain_cell="0-0", errors="mean")
    after = {tile.id: tile.picture for tile in drawn[-1]}
    assert after["all0"] == before["all0"]
    assert after["0-0"] != before["0-0"]  # the same X-rays in other cells


def test_missing_images_are_said_beside_the_matrix(runs: Path, open_page: Open) -> None:
    shutil.rmtree(runs / "lungs")
    app = errors(open_page, TINY)
    assert "are not on this machine" in said(app)


def test_a_damaged_model_is_one_message(runs: Path, open_page: Open) -> None:
    (runs / "showcase" / "TINY" / "model.keras").write_bytes(b"no model")
    app = errors(open_page, TINY, threshold="0", explain_cell="0-1")
    assert [("cannot be read" in entry.value) for entry in app.error] == [True]


def test_a_cell_leads_to_its_heat_maps_and_back_to_the_same_screen(
    runs: Path, open_page: Open
) -> None:
    address = {"threshold": "0", "evaluate_cell": "0..1", "order": "rising", "evaluate_page": "2"}
    app = open_page(EVALUATE, run=TINY, split="test", **address)
    assert app.pagination[0].value == 2
    leave(app, "Heat maps of these", EXPLAIN)
    assert "17 of 17 X-rays score 0" in said(app)
    there = dict(app.query_params)
    assert there["back"] == "test.showcase-TINY"
    app.main.segmented_control(key="explain_split").set_value("train").run()
    leave(app, "Back to Evaluate", EVALUATE)
    assert {name: app.query_params[name] for name in address} == address
    assert app.query_params["split"] == "test"
    assert "back" not in app.query_params
    assert app.pagination[0].value == 2
    assert next(box for box in app.selectbox if box.label == "Order").value == "rising"
    # The address alone, as after a reload, knows the way as well.
    fresh = open_page(EXPLAIN, **there)
    leave(finished(fresh), "Back to Evaluate", EVALUATE)
    assert fresh.pagination[0].value == 2


def test_an_opened_xray_leads_to_its_heat_map_and_back_to_it(runs: Path, open_page: Open) -> None:
    row = rows(runs).query("label == 'NORMAL'").iloc[1]
    address = {"threshold": "0", "evaluate_cell": "0-1", "image": row["image_id"]}
    app = open_page(EVALUATE, run=TINY, split="test", **address)
    leave(app, "Explain it", EXPLAIN)
    assert f"patient {row['patient']}" in said(app)
    assert "(false positive)" in said(app)  # at the threshold that was set by hand
    leave(app, "Back to Evaluate", EVALUATE)
    assert app.query_params["image"] == row["image_id"]
    assert f"file {row['file']}" in said(app)


def test_there_is_no_way_back_where_nobody_came_from(runs: Path, open_page: Open) -> None:
    for came_from in ("test.", "night.showcase-TINY"):
        app = errors(open_page, TINY, threshold="0", explain_cell="1-0", back=came_from)
        assert "Back to Evaluate" not in [entry.label for entry in app.main.button]
