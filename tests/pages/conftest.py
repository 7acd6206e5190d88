"""Pages opened by their address, in folders of their own, no threads."""

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages.shared import background, heat, working
from pages.shared.components.heat import Card

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300
Drawn = dict[str, list[list[Card]]]  # what was drawn under a key, one time after the other


@pytest.fixture(scope="session", autouse=True)
def scanned() -> Iterator[None]:
    """Look through the installed packages once, as a server does, not for every opened page."""
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page waits for what it began, however slow the machine: no progress in its place."""
    monkeypatch.setattr(working, "MOMENT", SECONDS)


@pytest.fixture
def quiet(cxr_dirs: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app without images and runs and nothing in the background, as warm as a new server."""
    shutil.copy(empty_database, cxr_dirs / "models")
    monkeypatch.setattr(background, "_STATE", background.Background(started=True))
    st.cache_data.clear()
    st.cache_resource.clear()
    return cxr_dirs


@pytest.fixture
def warm(quiet: Path) -> Path:
    """The same after the warm-up: runs are read from MLflow."""
    background._STATE.loaded |= {"devices", "sklearn", "mlflow"}
    return quiet


@pytest.fixture
def open_page(quiet: Path) -> Callable[..., AppTest]:
    """Open a page by file name, with query parameters as in a copied link."""

    def open_it(file: str = "app.py", **address: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
        for name, value in address.items():
            app.query_params[name] = value
            app.session_state[name] = value
        return app.run() if file == "app.py" else app.switch_page(file).run()

    return open_it


@pytest.fixture
def lungs(quiet: Path, tiny_folder: Path) -> str:
    """A registered source "lungs": 48 images, one unreadable file, one copy in another split."""
    from engine.data import sources

    folder = quiet / "lungs"
    shutil.copytree(tiny_folder, folder)
    first = sorted((folder / "train" / "NORMAL").iterdir())[0]
    shutil.copy(first, folder / "test" / "NORMAL" / "IM-0900-0001.png")
    (folder / "train" / "NORMAL" / "IM-0901-0001.png").write_text("no picture")
    sources.register_folder("lungs", folder)
    return "lungs"


@pytest.fixture
def maps_drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """What each heat component was given, by its key: AppTest does not show a component's data."""
    seen: Drawn = {}
    own = heat.heats

    def watched(pictures: list[str], cards: list[Card], key: str, *rest: object) -> None:
        seen.setdefault(key, []).append(list(cards))
        own(pictures, cards, key, *rest)

    monkeypatch.setattr(heat, "heats", watched)
    return seen
