"""Try a whole folder or ZIP: a table to filter and open, a stop that keeps what is done."""

import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.learning import prediction
from engine.vision.decoding import decode
from engine.vision.phantom import draw
from engine.vision.preprocessing import preprocess
from engine.words.options import Choice
from pages.shared import wording, working
from pages.shared.batching import BATCH
from pages.shared.working import Work
from tests.data.made import zip_of
from tests.pages import little_showcase
from tests.serving import wait_until

Open = Callable[..., AppTest]
FILE = "pages/try_an_xray.py"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """Three tiny runs, made once."""
    folder = tmp_path_factory.mktemp("shipped")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATA", "MODELS"):
            patch.setenv(f"CXR_{name}_DIR", str(folder / name))
        little_showcase.build(folder / "showcase", sources.open_source(tiny_folder))
    return folder / "showcase"


@pytest.fixture
def runs(quiet: Path, shipped: Path) -> Path:
    """Three tiny runs as the showcase."""
    shutil.copytree(shipped, quiet / "showcase", dirs_exist_ok=True)
    return quiet


@pytest.fixture(scope="module")
def films() -> dict[str, bytes]:
    """Two chests, a blank picture, a broken one with a formula for a name, a list of labels."""
    chests = [draw(seed, kind, 96).image for seed, kind in ((1, "normal"), (4, "bacterial"))]
    blank = np.full((64, 64), 120, np.uint8)
    pictures = {"a.png": chests[0], "b.png": chests[1], "blank.png": blank}
    made = {
        f"set/{name}": cv2.imencode(".png", image)[1].tobytes() for name, image in pictures.items()
    }
    return {**made, "=cmd.png": b"no picture", "set/labels.csv": b"none"}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Work waits after its first answers until this is set, and the page draws its progress."""
    go_on, own = threading.Event(), Work._report

    def report(self: Work, done: int, total: int, what: str) -> None:
        own(self, done, total, what)
        assert not done or go_on.wait(300)

    monkeypatch.setattr(Work, "_report", report)
    monkeypatch.setattr(working, "MOMENT", 0.0)
    yield go_on
    go_on.set()


def words(page: AppTest) -> str:
    assert not page.exception, page.exception
    return "\n".join(str(entry.value) for entry in [*page.main.markdown, *page.main.caption])


def opened(open_page: Open, run: str) -> AppTest:
    page = open_page(FILE, run=f"showcase-{run}")
    return page.button_group(key="try_way").set_value("A whole folder or ZIP").run()


def asked(page: AppTest) -> AppTest:
    """Press the button and wait for the answers."""
    page = page.button(key="try_start").click().run()
    return answered(page)


def answered(page: AppTest) -> AppTest:
    batch = page.session_state[BATCH]
    assert batch.work.wait(300)
    return page.run()


def of_folder(page: AppTest, folder: Path) -> AppTest:
    page = page.button_group(key="try_from").set_value("server").run()
    return page.text_input(key="try_path").set_value(str(folder)).run()


def unpacked(films: dict[str, bytes], folder: Path) -> Path:
    for name, data in films.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_zip_becomes_a_table(runs: Path, open_page: Open, films: dict[str, bytes]) -> None:
    page = opened(open_page, "TINY")
    assert page.button(key="try_start").disabled
    data = zip_of(films).getvalue()
    page = page.file_uploader[0].set_value([("films.zip", data, "application/zip")]).run()
    assert page.button(key="try_start").label == "Ask TINY about 4 pictures"
    before = {path for path in runs.rglob("*") if path.is_file()}
    page = asked(page)
    assert "of 4 called pneumonia at " in words(page)
    assert "; 1 does not look like a chest X-ray; 1 could not be read." in words(page)
    assert "1 other file left out" in words(page) and wording.NOTICE in words(page)
    table = page.dataframe[0].value.set_index("file")
    assert sorted(table.index) == ["'=cmd.png", "set/a.png", "set/b.png", "set/blank.png"]
    assert table["could not be read"]["'=cmd.png"].startswith("The content is")
    assert table["doubts"]["set/blank.png"].startswith("no chest X-ray?")
    model = prediction.load(runs / "showcase" / "TINY" / "model.keras")
    seen = preprocess(decode(films["set/b.png"]), 32, (Choice("squash"),))
    wanted = prediction.predict(model, seen[None])[0, 1]
    assert table["PNEUMONIA"]["set/b.png"] == pytest.approx(wanted, abs=1e-5)
    assert {path for path in runs.rglob("*") if path.is_file()} == before  # uploads are not kept
    labels = [button.label for button in page.download_button]
    assert labels == ["Table as CSV"]


def test_rows_are_filtered_and_opened(
    runs: Path, open_page: Open, films: dict[str, bytes], tmp_path: Path
) -> None:
    page = of_folder(opened(open_page, "KINDS"), unpacked(films, tmp_path))
    page = page.selectbox(key="try_heat_NORMAL_BACTERIAL_VIRAL").set_value("all").run()
    page = asked(page)
    batch = page.session_state[BATCH]
    if batch.maps:
        assert page.download_button[1].label.endswith("as ZIP")
    page = page.button_group(key=f"try_filter_{batch.key}").set_value("doubtful").run()
    files = list(page.dataframe[0].value["file"])
    assert "set/blank.png" in files and "'=cmd.png" not in files
    page = select(page, f"try_rows_{batch.key}_doubtful", files.index("set/blank.png"))
    assert "predicted **" in words(page) and "has the largest of 3 scores" in words(page)
    assert "This may be no frontal chest X-ray" in page.warning[0].value
    page = page.button_group(key=f"try_filter_{batch.key}").set_value("broken").run()
    page = select(page, f"try_rows_{batch.key}_broken", 0)
    assert page.error[0].value.startswith("The content is")


def select(page: AppTest, key: str, row: int) -> AppTest:
    page.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return page.run()


def test_a_stop_keeps_what_is_done_and_leaving_ends_the_work(
    runs: Path, open_page: Open, films: dict[str, bytes], tmp_path: Path, held: threading.Event
) -> None:
    for number in range(100):
        (tmp_path / f"{number:03}.png").write_bytes(films["set/a.png"])
    page = of_folder(opened(open_page, "TINY"), tmp_path)
    page = page.button(key="try_start").click().run()
    batch = page.session_state[BATCH]
    first = batch.work
    wait_until(lambda: first.done)
    page = page.run()
    page = page.button(key=f"try_stop_{batch.key}").click().run()
    held.set()
    page = answered(page)
    assert "; stopped after " in words(page) and " of 100." in words(page)
    assert 0 < len(page.dataframe[0].value) < 100

    held.clear()
    page = page.button(key="try_start").click().run()
    work = page.session_state[BATCH].work
    del batch, page  # the visit ends
    gc.collect()
    assert work.cancelled
    held.set()
    assert work.wait(300)


def test_what_cannot_be_asked_about_is_said(runs: Path, open_page: Open, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_text("no ZIP")
    page = opened(open_page, "TINY")
    for path, said in {"nowhere": "there is no folder", "bad.zip": "Expected a ZIP file"}.items():
        page = of_folder(page, tmp_path / path)
        assert said in page.error[0].value and page.button(key="try_start").disabled
        assert "Here you would see" in words(page)
