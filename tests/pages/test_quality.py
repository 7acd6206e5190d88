"""Quality: flawed X-rays are counted, shown, weighed against a run's errors and left out."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import quality, sources
from engine.data.catalogue import Catalogue, build_catalogue
from engine.learning.presets import get_preset
from engine.vision import phantom
from engine.words.options import Choice
from pages.shared import cached_quality, handover, quality_worst
from pages.shared.components.tiles import Tile
from pages.shared.state import Key
from tests.judging import made
from tests.pages.made_showcase import write_run

Open = Callable[..., AppTest]
SIZES = {"train": (6, 6), "test": (24, 24)}  # of NORMAL and PNEUMONIA
WASHED = {"NORMAL": 2, "PNEUMONIA": 3}  # each so manieth image is washed out
FLAW, LABEL = "underexposure", "Under-exposure (too bright)"
SAID = "under-exposure (too bright)"


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One phantom again and again, partly washed out, and the caches with what was found in it."""
    root, models = tmp_path_factory.mktemp("grainy"), tmp_path_factory.mktemp("models")
    random, chest = np.random.default_rng(0), phantom.draw(1, "normal", 96).image.astype(float)
    for part, sizes in SIZES.items():
        for label, images in zip(("NORMAL", "PNEUMONIA"), sizes, strict=True):
            for number in range(images):
                grain = random.normal(0, 1, chest.shape)
                picture = chest if number % WASHED[label] else 195 + 0.2 * chest
                name = {"NORMAL": f"IM-{part}{number}-0001", "PNEUMONIA": f"person{number}_virus_1"}
                file = root / part / label / f"{name[label]}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                assert cv2.imwrite(str(file), np.clip(picture + grain, 0, 255).astype(np.uint8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXR_MODELS_DIR", str(models))
        quality.table(build_catalogue("grainy", root))
    return root, models / "cache"


@pytest.fixture
def grainy(quiet: Path, searched: tuple[Path, Path]) -> Catalogue:
    """The registered source "grainy", searched already."""
    root, caches = searched
    shutil.copytree(caches, quiet / "models" / "cache")
    return sources.open_source(sources.register_folder("grainy", root).name)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[list[Tile]]:
    """What the tile component is given: AppTest does not show a component's data."""
    seen: list[list[Tile]] = []
    own = quality_worst.tiles

    def watched(shown: list[Tile], *rest: object, **more: object) -> None:
        seen.append(list(shown))
        own(shown, *rest, **more)

    monkeypatch.setattr(quality_worst, "tiles", watched)
    return seen


def look(open_page: Open, view: str, **address: str) -> AppTest:
    return settled(open_page("pages/quality.py", data="grainy", quality=view, **address))


def settled(page: AppTest) -> AppTest:
    for _ in range(100):  # the work goes on in a thread, and a browser would ask again
        if "You may go to another page meanwhile" not in said(page):
            break
        page = page.run()
    assert not page.exception, page.exception
    assert not page.error, page.error
    return page


def said(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.caption])


def test_a_flaw_that_goes_with_a_class_is_named(open_page: Open, grainy: Catalogue) -> None:
    page = look(open_page, "flaws")
    table = page.dataframe[0].value.set_index("Flaw")
    assert table.loc[LABEL, "Flagged"] == 3 + 12 + 2 + 8
    assert table.loc[LABEL, "Higher in"] == "NORMAL"
    assert 0.5 < table.loc[LABEL, "AUC"] < 0.7
    assert "No flaw goes with a class by more than chance" in said(page)


def test_the_worst_come_first_with_what_was_found(
    open_page: Open, grainy: Catalogue, drawn: list[list[Tile]]
) -> None:
    page = look(open_page, "worst")
    page = page.selectbox(key="quality_flaw").set_value(FLAW).run()
    shown = drawn[-1]
    severities = [float(tile.lines[0]) for tile in shown]
    assert severities == sorted(severities, reverse=True) and severities[-1] >= 0.5
    assert len(shown) == quality_worst.PER_PAGE
    assert all(tile.picture.startswith("data:image/jpeg") and tile.lines[3] for tile in shown)
    assert "25 of 60 (41.7%) X-rays are flagged for under-exposure (too bright)." in said(page)


def test_an_opened_x_ray_lists_all_that_was_found(open_page: Open, grainy: Catalogue) -> None:
    page = look(open_page, "worst")
    files = grainy.images["file"]
    place = int(files[files == "train/NORMAL/IM-train0-0001.png"].index[0])
    page.session_state[Key.QUALITY.of("open", grainy.hash)] = place
    page.session_state[Key.QUALITY.of("evidence")] = FLAW
    page = settled(page.run())
    table = page.dataframe[-1].value.set_index("Flaw")
    own = quality.table(grainy).loc[place]
    assert table.loc[LABEL, "Severity"] == pytest.approx(own[FLAW], abs=1e-3)
    assert bool(table.loc[LABEL, "Flagged"])
    assert f"**{LABEL}, {own[FLAW]:.2f}.**" in said(page)
    assert "file train/NORMAL/IM-train0-0001.png" in said(page)
    page = settled(next(button for button in page.button if button.label == "Next").click().run())
    assert page.session_state[Key.QUALITY.of("open", grainy.hash)] != place


def test_all_x_rays_are_listed_those_with_most_flaws_first(
    open_page: Open, grainy: Catalogue
) -> None:
    table = look(open_page, "table").dataframe[0].value
    assert len(table) == len(grainy.images)
    assert table["flaws"].is_monotonic_decreasing
    assert set(quality.MEASURED) <= set(table.columns)


def test_limits_are_counted_and_handed_to_train(open_page: Open, grainy: Catalogue) -> None:
    page = look(open_page, "limits")
    assert "All 12 X-rays outside the test folder stay." in said(page)
    button = Key.QUALITY.of("leave_out")
    assert page.button(key=button).disabled
    page = page.toggle(key=Key.QUALITY.of("limit", FLAW)).set_value(True).run()
    assert "5 X-rays left out: 3 of 6 (50.0%) NORMAL, 2 of 6 (33.3%) PNEUMONIA." in said(page)
    page = page.slider(key=Key.QUALITY.of("above", FLAW)).set_value(1.0).run()
    assert "All 12 X-rays outside the test folder stay." in said(page)
    page = page.slider(key=Key.QUALITY.of("above", FLAW)).set_value(0.6).run()
    page = settled(page.button(key=button).click().run())
    assert f"**Left out of training**: {SAID} above 0.6" in said(page)
    assert f"Left out of training and validation for {SAID} above 0.6: 3 of 6 (50.0%)" in said(page)
    table = next(entry.value for entry in page.dataframe if "Left out" in entry.value.index)
    assert table.loc["Left out"].tolist() == [3, 2]
    page = page.button(key=Key.HANDOVER.of("exclude", "drop")).click().run()
    assert handover.PARTS["exclude"][0] not in said(page)
    assert "Left out" not in said(page)


def stop_a_search(catalogue: Catalogue, quiet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a search that looks at no image before it is stopped."""
    shutil.rmtree(quiet / "models" / "cache" / quality.AREA)
    go_on, own = threading.Event(), quality.table
    with monkeypatch.context() as held:
        held.setattr(quality, "table", lambda *asked: go_on.wait(300) and own(*asked))
        work = cached_quality.search(catalogue.hash, catalogue)
        work.cancel()
        go_on.set()
        assert work.wait(300)


def test_train_waits_for_the_search_before_it_counts(
    open_page: Open, grainy: Catalogue, quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_a_search(grainy, quiet, monkeypatch)
    page = open_page("pages/train.py", data="grainy")
    page.session_state[Key.HANDOVER.of("exclude")] = (Choice.of(FLAW, above=0.6),)
    page = settled(page.run())
    assert "The search was stopped" in said(page)
    assert page.button(key=Key.TRAIN.of("start")).disabled
    page = settled(page.button(key=Key.QUALITY.of("go_on")).click().run())
    assert "3 of 6 (50.0%) NORMAL, 2 of 6 (33.3%) PNEUMONIA" in said(page)
    assert not page.button(key=Key.TRAIN.of("start")).disabled


def test_limits_that_would_leave_a_class_empty_are_not_handed_on(
    open_page: Open, grainy: Catalogue
) -> None:
    page = look(open_page, "limits")
    page = page.toggle(key=Key.QUALITY.of("limit", "rotation")).set_value(True).run()
    page = page.slider(key=Key.QUALITY.of("above", "rotation")).set_value(0.0).run()
    page = page.toggle(key=Key.QUALITY.of("limit", FLAW)).set_value(True).run()
    page = page.slider(key=Key.QUALITY.of("above", FLAW)).set_value(0.0).run()
    assert page.button(key=Key.QUALITY.of("leave_out")).disabled
    assert "No image of class NORMAL, PNEUMONIA would be left." in said(page)


def test_errors_are_weighed_with_and_without_a_flaw(
    open_page: Open, grainy: Catalogue, quiet: Path
) -> None:
    test = grainy.images[grainy.images["split"] == "test"].reset_index(drop=True)
    washed = quality.table(grainy).query("split == 'test'")[FLAW].to_numpy() >= 0.5
    sick = (test["label"] == "PNEUMONIA").to_numpy()
    score = np.where(sick ^ washed, 0.9, 0.1)  # wrong on each washed-out one, right on all others
    rows = made.predictions(images=len(test), splits=("test",))
    rows = rows.assign(score_PNEUMONIA=score, score_NORMAL=1 - score)
    for column in ("image_id", "file", "label", "kind", "patient"):
        rows[column] = list(test[column])
    recipe = get_preset("D1").recipe(grainy.hash)
    write_run(quiet / "showcase" / "D1", recipe, made.TWO, rows, "grainy")
    page = look(open_page, "errors", run="showcase-D1", split="test", threshold="0.5")
    assert (
        f"Of the X-rays with {SAID} the model calls 20 of 20 (100%) wrongly, of those without 0 "
        "of 28 (0%)." in said(page)
    )
    assert "more than chance" in said(page)
    table = page.dataframe[-1].value.set_index("Flaw")
    assert table.loc[SAID, "Errors with it"] == "20 of 20 (100%), 84% to 100%"
    assert table.loc[SAID, "Errors without"] == "0 of 28 (0%), 0% to 12%"
    page = page.segmented_control(key=Key.QUALITY.of("measure")).set_value("auc").run()
    assert "No flaw is in enough X-rays" in said(page)  # 12 healthy and 8 sick ones are too few
    page = open_page(
        "pages/evaluate.py", run="showcase-D1", view="slices", threshold="0.5", data="grainy"
    )
    slices = page.dataframe[0].value.set_index("Slice")
    assert slices.loc[SAID, ["By", "Accuracy"]].tolist() == ["Quality", "0.00"]
    assert slices.loc[f"{SAID}: not found", "Accuracy"] == "1.00"


def test_without_a_run_or_its_images_the_page_says_what_would_be_there(
    open_page: Open, grainy: Catalogue, quiet: Path
) -> None:
    assert "No finished run is chosen." in said(look(open_page, "errors"))
    recipe = get_preset("D1").recipe("0123456789abcdef")
    table = pd.DataFrame(made.predictions(splits=("test",)))
    write_run(quiet / "showcase" / "D1", recipe, made.TWO, table, "elsewhere")
    page = look(open_page, "errors", run="showcase-D1")
    assert "its images are not on this machine" in said(page)


def test_a_stopped_search_is_gone_on_with(
    open_page: Open, grainy: Catalogue, quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_a_search(grainy, quiet, monkeypatch)
    page = look(open_page, "flaws")
    assert "The search was stopped" in said(page)
    page = settled(page.button(key=Key.QUALITY.of("go_on")).click().run())
    assert "The search was stopped" not in said(page)
    assert len(page.dataframe[0].value) == len(quality.DETECTORS)
