"""Opening a source: shared, watched, and clear when it fails."""

import threading
from pathlib import Path

import pytest

from engine.data import sources
from engine.words.errors import CxrError, NotFound
from pages.shared import working
from pages.shared.opening import Shelf


def test_all_visitors_share_one_opening(cxr_dirs: Path, tiny_folder: Path) -> None:
    sources.register_folder("lungs", tiny_folder)
    shelf = Shelf()
    assert shelf.opening("lungs") is shelf.opening("lungs")
    assert len(shelf.opening("lungs").result().images) == 48


def test_a_forgotten_source_is_read_again(cxr_dirs: Path, tiny_folder: Path) -> None:
    sources.register_folder("lungs", tiny_folder)
    shelf = Shelf()
    first = shelf.opening("lungs")
    shelf.forget("lungs")
    assert shelf.opening("lungs") is not first


def test_an_unknown_source_raises_what_the_engine_raised(cxr_dirs: Path) -> None:
    opening = Shelf().opening("nowhere")
    with pytest.raises(NotFound, match="no data 'nowhere'"):
        opening.result()
    assert opening.failed


def test_a_full_disk_becomes_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(name: str, progress: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(sources, "open_source", full)
    with pytest.raises(CxrError, match="disk has room"):
        Shelf().opening("lungs").result()


def test_progress_says_how_long_it_will_take(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(name: str, progress: object) -> None:
        for done in (0, 250):
            progress(done, 1000, "Reading images")  # type: ignore[operator]
        go_on.wait(300)

    monkeypatch.setattr(sources, "open_source", slow)
    opening = Shelf().opening("lungs")
    while not opening.done:
        opening.wait(0.01)
    began = opening._counted[0]
    monkeypatch.setattr(working.time, "monotonic", lambda: began + 10)
    assert opening.line().startswith("Reading images: 250 of 1,000, about 30 s left")
    assert opening.share() == 0.25
    go_on.set()
