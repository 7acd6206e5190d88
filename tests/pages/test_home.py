"""Home: first steps, the state of things, the showcase, and no slow import before it."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.runs.showcase import list_showcase
from pages.shared import background, chosen, wording
from tests.pages import made_showcase

Open = Callable[..., AppTest]
ROOT = Path(__file__).resolve().parents[2]


def test_home_says_plainly_that_this_is_no_medical_device(open_page: Open) -> None:
    assert wording.NOTICE in [box.value for box in open_page().warning]


def test_an_empty_showcase_is_explained(open_page: Open) -> None:
    assert any("none are installed" in text.value for text in open_page().markdown)


def test_the_showcase_is_listed_before_mlflow_is_loaded(open_page: Open, quiet: Path) -> None:
    made_showcase.write(quiet / "showcase")
    home = open_page()
    assert list(home.dataframe[0].value["run"]) == ["C2", "D1", "D4"]
    assert not background.ready("mlflow")


def test_the_showcase_that_ships_shows_its_figures(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = ROOT / "models" / "showcase"
    monkeypatch.setenv("CXR_SHOWCASE_DIR", str(shipped))
    table = open_page().dataframe[0].value
    assert len(table) == len(list(shipped.glob("*/recipe.json")))
    assert table["test accuracy"].between(0.5, 1).all()


def test_the_first_visit_chooses_a_showcase_run(open_page: Open, quiet: Path) -> None:
    made_showcase.write(quiet / "showcase")
    assert open_page().session_state["run"] == "showcase-D1"


def test_the_state_of_things_fills_in_after_the_warm_up(open_page: Open, warm: Path) -> None:
    metrics = {tile.label: tile.value for tile in open_page().metric}
    assert metrics["Queue"] == "0 running, 0 waiting"
    assert metrics["Data sources"] == "1"  # the phantom


def test_trouble_in_the_background_is_shown(open_page: Open) -> None:
    background._STATE.trouble["queue"] = "disk full"
    assert any("disk full" in box.value for box in open_page().warning)


def test_home_paints_without_slow_imports(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "from pages.shared import background\n"
        "background._STATE.started = True\n"
        "app = AppTest.from_file('app.py', default_timeout=300).run()\n"
        "assert not app.exception\n"
        "slow = {'tensorflow', 'keras', 'mlflow', 'sklearn'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_ones_own_run_comes_before_the_showcase_and_d1_before_the_rest(quiet: Path) -> None:
    made_showcase.write(quiet / "showcase")
    shipped = list_showcase()
    assert len(shipped) > 1
    assert chosen.first_to_show(shipped).name == chosen.first_to_show(shipped[::-1]).name == "D1"
    own = replace(shipped[0], id="mine", showcase=False, classes=("NORMAL", "PNEUMONIA"))
    assert chosen.first_to_show([*shipped, own]).id == "mine"
