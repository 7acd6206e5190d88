"""Each page opens, with nothing there and with runs there, and says so without an error box."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import layout, wording
from tests.pages import made_showcase

ROOT = Path(__file__).resolve().parents[2]
FILES = [entry.file for entries in layout.MENU.values() for entry in entries if entry.exists]
Open = Callable[..., AppTest]


@pytest.mark.parametrize("file", FILES)
def test_a_page_opens_with_nothing_there(open_page: Open, file: str) -> None:
    page = open_page(file)
    assert not page.exception
    assert not page.error
    assert page.title[0].value


@pytest.mark.parametrize("file", FILES)
def test_a_page_opens_with_a_run_chosen(open_page: Open, quiet: Path, file: str) -> None:
    made_showcase.write(quiet / "showcase")
    page = open_page(file, run="showcase-D1", split="test")
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("file", FILES)
def test_a_page_carries_the_notice(open_page: Open, file: str) -> None:
    page = open_page(file)
    assert wording.NOTICE in [caption.value for caption in page.sidebar.caption]


@pytest.mark.parametrize("file", FILES)
def test_a_page_survives_a_run_that_is_gone(open_page: Open, file: str) -> None:
    assert not open_page(file, run="deleted-meanwhile").exception


def test_every_page_is_in_the_menu() -> None:
    pages = {f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    assert pages <= set(FILES)
