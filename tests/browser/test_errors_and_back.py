"""From a cell on Evaluate to its heat maps on Explain, and back to the very same screen."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from benchmarks.server import Server, serve, tmp_settings
from engine.data import sources
from engine.words.settings import PROJECT
from tests.browser import screens
from tests.browser.conftest import Shoot, Watched

RUN, LINK = "showcase-CELLS", "/evaluate?run=showcase-CELLS&split=test&threshold=0.40&order=rising"
ALARMS = 20  # of 24 normal X-rays


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Iterator[Server]:
    """A shipped network with made-up scores on 48 little X-rays that are on this machine."""
    folder = tmp_path_factory.mktemp("lab")
    env = {**tmp_settings(folder), "CXR_SHOWCASE_DIR": str(folder / "showcase")}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        write(folder / "showcase" / "CELLS", sources.register_folder("little", tiny_folder).name)
    with serve(folder, env=env) as server:
        yield server


def write(run: Path, source: str) -> None:
    """D1's files, with the tiny images' names and scores whose cells are known."""
    shutil.copytree(PROJECT / "models" / "showcase" / "D1", run)
    catalogue = sources.open_source(source)
    recipe = json.loads((run / "recipe.json").read_text())
    (run / "recipe.json").write_text(json.dumps({**recipe, "data": catalogue.hash}))
    table = catalogue.images[["image_id", "file", "patient", "kind", "label"]].copy()
    normal = (table["label"] == "NORMAL").to_numpy()
    scores = np.where(normal, 0.1, 0.9)
    scores[np.flatnonzero(normal)[:ALARMS]] = np.linspace(0.41, 0.79, ALARMS)
    table = table.assign(split="test", score_NORMAL=1 - scores, score_PNEUMONIA=scores)
    table.to_parquet(run / "predictions.parquet", index=False)


@pytest.mark.thorough
def test_a_cell_an_xray_and_back(seen: Watched, shot: Shoot) -> None:
    open_the_cell(seen)
    to_its_heat_maps(seen, shot)
    reload_and_back(seen)
    an_xray_and_back(seen)
    a_tile_by_keyboard(seen)
    seen.check()


def open_the_cell(seen: Watched) -> None:
    """The false alarms, lowest score first, second page."""
    page = seen.open(LINK)
    screens.cell(seen, "0-1").click()
    page.get_by_role("heading", name=f"{ALARMS} of 24 normal X-rays").wait_for()
    seen.settle()
    page.get_by_role("button", name="Next page").click()
    page.wait_for_url("**evaluate_page=2**")
    is_second_page(seen)


def to_its_heat_maps(seen: Watched, shot: Shoot) -> None:
    page = seen.page
    screens.press(seen, "Heat maps of these")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What did the network look at?")
    page.get_by_role("heading", name=f"{ALARMS} of 24 normal X-rays").wait_for()
    expect(screens.cell(seen, "0-1")).to_have_attribute("aria-pressed", "true")
    heat_is_there(seen)
    shot(page, "explain-errors")


def reload_and_back(seen: Watched) -> None:
    """A reload is a new visit: all that Evaluate had is in the address."""
    page = seen.page
    page.goto(page.url)
    seen.settle()
    heat_is_there(seen)
    back(seen)
    page.wait_for_url("**evaluate_page=2**")
    for part in ("threshold=0.40", "evaluate_cell=0-1", "order=rising", f"run={RUN}"):
        page.wait_for_url(f"**{part}**")
    expect(screens.headline(seen)).to_contain_text("At 0.40 you")
    expect(page.get_by_role("combobox", name="Order")).to_have_value("Lowest score first")
    is_second_page(seen)


def an_xray_and_back(seen: Watched) -> None:
    page = seen.page
    page.locator("button[aria-label^='Open ']").nth(3).click()
    page.get_by_text(f"16 of {ALARMS}").wait_for()
    file = re.search(r"file (\S+)", page.get_by_role("dialog").inner_text()).group(1)
    screens.press(seen, "Explain it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What did the network look at?")
    screens.picture(seen, f"Chest X-ray {file}")
    back(seen)
    page.get_by_text(f"16 of {ALARMS}").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    is_second_page(seen)


def a_tile_by_keyboard(seen: Watched) -> None:
    """A heat map that is pressed opens alone, and the steps go through its cell."""
    page = seen.page
    screens.press(seen, "Heat maps of these")
    heat_is_there(seen)
    tile = page.locator("button[aria-label^='Open the heat map of ']").first
    file = re.search(r"of (\S+): ", tile.get_attribute("aria-label")).group(1)
    tile.focus()
    page.keyboard.press("Enter")
    screens.picture(seen, f"Chest X-ray {file}")
    page.get_by_text(f"of {ALARMS} images").wait_for()
    page.get_by_role("radio", name="From the errors").click()
    heat_is_there(seen)


def is_second_page(seen: Watched) -> None:
    tiles = seen.page.locator(".tile[role=listitem] button")
    expect(tiles).to_have_count(ALARMS - 12)
    expect(tiles.first).to_contain_text("0.650")


def heat_is_there(seen: Watched) -> None:
    tiles = seen.page.locator("button[aria-label^='Open the heat map of ']")
    expect(tiles).to_have_count(12)
    expect(tiles.last).to_contain_text(re.compile("warmest: |empty map"))
    seen.settle()


def back(seen: Watched) -> None:
    screens.press(seen, "Back to Evaluate")
    expect(seen.page.get_by_role("heading", level=1)).to_contain_text("Where does the model draw")
    seen.settle()
