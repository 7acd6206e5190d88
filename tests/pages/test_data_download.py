"""Downloading from the Data page: licence first, progress for all, then the source is chosen."""

import time
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from engine.data import downloads, sources
from pages.shared import cached_downloads
from pages.shared.downloading import Downloading
from tests.made_datasets import KERMANY, MNIST, mirror
from tests.serving import Served, wait_until

Open = Callable[..., AppTest]


@pytest.fixture
def server(quiet: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with mirror(monkeypatch) as served:
        yield served
        served.answers.set()
        for work in cached_downloads.board().running():
            work.cancel()
            assert work.wait(300)


def button(page: AppTest, label: str, where: str = "_page") -> object:
    return next(
        found for found in page.button if found.label == label and str(found.key).endswith(where)
    )


def press(page: AppTest, label: str, where: str = "_page") -> AppTest:
    return button(page, label, where).click().run()  # type: ignore[attr-defined]


def texts(page: AppTest) -> str:
    kinds = [*page.markdown, *page.caption, *page.error, *page.success]
    return "\n".join([*(element.value for element in kinds), *(box.label for box in page.checkbox)])


def accepted(open_page: Open, name: str) -> AppTest:
    page = open_page("pages/data.py")
    page = page.selectbox(key="download_set_page").set_value(name).run()
    return page.checkbox(key=f"download_licence_page_{name}").check().run()


def ended(name: str) -> Downloading:
    work = cached_downloads.board().find(name)
    assert work is not None and work.wait(300)
    return work


def downloaded(page: AppTest, server: Served) -> AppTest:
    """Press "Download"; the server answers only then, so that the end falls on the next run."""
    server.answers.clear()
    page = press(page, "Download")
    server.answers.set()
    ended(KERMANY)
    return page.run()


def test_size_licence_and_authors_are_shown_before_anything_is_asked(
    open_page: Open, server: Served
) -> None:
    page = open_page("pages/data.py")
    assert not page.exception
    said = texts(page)
    assert "5,856 images" in said and "[CC BY 4.0](https://creativecommons.org" in said
    assert "doi:10.17632/rscbjbr9sj.2" in said and "the mirror http://127.0.0.1" in said
    assert button(page, "Download").disabled and not server.asked  # type: ignore[attr-defined]


def test_what_pneumoniamnist_is_not_is_said(open_page: Open, server: Served) -> None:
    page = open_page("pages/data.py")
    page = page.selectbox(key="download_set_page").set_value(MNIST).run()
    said = texts(page)
    assert "no patient numbers" in said and "The same X-rays as Kermany's" in said


def test_a_download_ends_as_the_chosen_source(open_page: Open, server: Served) -> None:
    page = downloaded(accepted(open_page, KERMANY), server)
    assert not page.exception
    assert "'Kermany originals' is in the list now." in texts(page)
    assert page.session_state["data"] == "Kermany originals"
    assert "D. Kermany, K. Zhang, M. Goldbaum" in texts(page)  # named, as the licence asks
    assert {tile.label: tile.value for tile in page.metric}["Images"] == "8"


def test_another_visitor_sees_the_progress_and_may_stop_it(open_page: Open, server: Served) -> None:
    server.drip, server.piece = 0.1, 100  # hours
    server.files["/mirror/ChestXRay2017.zip"] *= 200
    press(accepted(open_page, KERMANY), "Download")
    wait_until(lambda: server.sent)
    other = open_page("pages/data.py")
    assert "It is on its way" in texts(other)
    other = press(other, "Stop", KERMANY)
    said = texts(other)  # it may have ended before this was drawn
    assert ended(KERMANY).cancelled
    other = other.run()
    assert "Stopped. 0." in said + texts(other) and "are there: go on" in texts(other)
    assert [source.name for source in sources.list_sources()] == ["phantom"]
    assert not button(other, "Discard what is there").disabled  # type: ignore[attr-defined]


def test_what_is_there_after_a_restart_is_gone_on_from_or_discarded(
    open_page: Open, server: Served
) -> None:
    server.cuts, server.statuses = [1000], [200, 404]
    page = downloaded(accepted(open_page, KERMANY), server)
    assert "answered 404 Not Found" in page.error[0].value
    cached_downloads.board.clear()
    again = accepted(open_page, KERMANY)
    assert "MB are there: go on" in texts(again)
    assert not button(again, "Go on").disabled  # type: ignore[attr-defined]
    again = press(again, "Discard what is there")
    assert downloads.there(downloads.DATASETS[KERMANY]) == 0
    assert button(again, "Download")


def test_a_source_that_is_there_is_offered_to_be_chosen(open_page: Open, server: Served) -> None:
    downloads.add(MNIST, True, lambda *what: None)
    page = open_page("pages/data.py")
    page = page.selectbox(key="download_set_page").set_value(MNIST).run()
    assert "in the list of sources already" in texts(page)
    page = press(page, "Choose it")
    assert page.session_state["data"] == "PneumoniaMNIST 28 px"


def test_the_line_tells_megabytes_speed_and_time_left(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Downloading(MNIST)
    assert work.wait(300)
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    work._report(412, 1236, "Downloading Kermany originals (MB)")
    assert work.line() == "Downloading Kermany originals: 412 of 1,236 MB"
    now[0] += 10
    work._report(432, 1236, "Downloading Kermany originals (MB)")
    assert work.line().endswith("432 of 1,236 MB, 2.0 MB a second, about 7 min left")
    work._report(0, 0, "Checking what came")
    assert work.line() == "Checking what came"
