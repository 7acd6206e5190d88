"""A download goes on where it broke off, and is there whole and right, or not at all."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data import transfer
from engine.data.fetching import fetch
from engine.data.parts import Part
from engine.learning.listener import Silent
from engine.words.errors import Cancelled, CxrError
from tests.serving import Ear, Served, put, serve, wait_until

CONTENT = b"0123456789abcdef" * 18_750  # 300,000 bytes
OTHER = b"fedcba9876543210" * 20_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server that has the file, and no pauses before a new try."""
    monkeypatch.setattr(transfer, "PAUSES", (0.01, 0.01))
    with serve() as served:
        served.files["/f.zip"] = CONTENT
        yield served


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "downloads" / "f.zip"


def get(server: Served, path: Path, ear: Silent | None = None, sha256: str = SHA256) -> None:
    fetch(f"{server.url}/f.zip", path, "Downloading", ear or Silent(), sha256=sha256)


def beside(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def interrupted(server: Served, path: Path, at: int = 100_000) -> None:
    """Leave the first `at` bytes behind, as a power cut would."""
    server.cuts, server.statuses = [at], [200, 404]
    with pytest.raises(CxrError, match=r"answered 404 .* 0.1 MB are kept"):
        get(server, path)
    server.asked.clear()
    server.ranges.clear()
    server.sent = 0


def test_a_file_arrives_whole_and_nothing_else_stays(server: Served, path: Path) -> None:
    get(server, path)
    assert path.read_bytes() == CONTENT
    assert beside(path) == ["f.zip"] and len(server.asked) == 1


def test_a_cut_connection_is_taken_up_where_it_broke_off(server: Served, path: Path) -> None:
    server.cuts = [50_000, 120_000]
    ear = Ear()
    get(server, path, ear)
    assert path.read_bytes() == CONTENT
    assert server.ranges == ["", "bytes=50000-", "bytes=170000-"]
    assert server.sent == len(CONTENT)
    assert any("broke off, trying again" in text for text, _, _ in ear.heard)


def test_what_came_before_an_interruption_is_not_asked_for_again(
    server: Served, path: Path
) -> None:
    interrupted(server, path)
    assert beside(path) == ["f.zip.part", "f.zip.part.json"]
    get(server, path)
    assert path.read_bytes() == CONTENT and server.sent == 200_000
    assert beside(path) == ["f.zip"]


def test_a_server_that_sends_on_to_another_is_followed_also_when_going_on(
    server: Served, path: Path
) -> None:
    server.moved["/doi"] = f"{server.url}/f.zip?signed=1"
    server.cuts = [100_000]
    fetch(f"{server.url}/doi", path, "Downloading", Silent(), sha256=SHA256)
    assert path.read_bytes() == CONTENT and server.sent == len(CONTENT)
    assert server.ranges == ["", "", "bytes=100000-", "bytes=100000-"]


def test_a_file_that_changed_meanwhile_is_begun_anew(server: Served, path: Path) -> None:
    interrupted(server, path)
    server.files["/f.zip"], server.tag = OTHER, '"two"'
    get(server, path, sha256=hashlib.sha256(OTHER).hexdigest())
    assert path.read_bytes() == OTHER and server.sent == len(OTHER)


def test_a_server_that_cannot_go_on_sends_all_of_it_anew(server: Served, path: Path) -> None:
    interrupted(server, path)
    server.ranged = False
    get(server, path)
    assert path.read_bytes() == CONTENT


def test_a_server_that_goes_on_from_a_wrong_place_is_not_believed(
    server: Served, path: Path
) -> None:
    interrupted(server, path)
    server.shift = 7
    get(server, path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == ["bytes=100000-", ""]


def test_without_a_proof_that_the_file_is_the_same_it_is_begun_anew(
    server: Served, path: Path
) -> None:
    server.tag = ""
    interrupted(server, path)
    get(server, path, sha256="")
    assert server.ranges == [""] and path.read_bytes() == CONTENT


def test_another_server_may_go_on_where_a_hash_judges_the_whole(server: Served, path: Path) -> None:
    interrupted(server, path)
    server.files["/mirror/f.zip"], server.tag = CONTENT, '"mirrored"'
    fetch(f"{server.url}/mirror/f.zip", path, "Downloading", Silent(), sha256=SHA256)
    assert path.read_bytes() == CONTENT and server.sent == 200_000


def test_a_connection_that_never_brings_more_is_given_up(server: Served, path: Path) -> None:
    server.short_by = 200_000
    with pytest.raises(CxrError, match=r"broke off\. 0.1 MB are kept: try again to go on"):
        get(server, path)
    assert len(server.asked) == 1 + len(transfer.PAUSES) + 1
    assert not path.exists()


def test_a_silent_connection_is_taken_up_again(
    server: Served, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "TIMEOUT", (60.0, 3.0))
    server.cuts, server.silent = [100_000], 1
    get(server, path)
    assert path.read_bytes() == CONTENT and server.ranges == ["", "bytes=100000-"]


def test_a_wrong_hash_is_told_and_the_file_is_removed(server: Served, path: Path) -> None:
    server.files["/f.zip"] = OTHER
    with pytest.raises(CxrError, match="It was removed; try again") as caught:
        get(server, path)
    came = hashlib.sha256(OTHER).hexdigest()
    assert f"has the sha256 {came}; expected was {SHA256}" in str(caught.value)
    assert beside(path) == []


def test_a_missing_file_is_told_at_once(server: Served, path: Path) -> None:
    server.files.clear()
    with pytest.raises(CxrError, match="answered 404 Not Found"):
        get(server, path)
    assert len(server.asked) == 1 and beside(path) == []


def test_a_busy_server_is_asked_again(server: Served, path: Path) -> None:
    server.statuses = [503, 429]
    get(server, path)
    assert path.read_bytes() == CONTENT and len(server.asked) == 3


def test_a_login_page_costs_nothing_of_what_is_there(server: Served, path: Path) -> None:
    interrupted(server, path)
    page = b"<html>Please log in</html>"
    server.files["/f.zip"], server.kind, server.tag = page, "text/html; charset=utf-8", ""
    with pytest.raises(CxrError, match="a web page came instead"):
        get(server, path)
    server.files["/f.zip"], server.kind, server.tag = CONTENT, "application/zip", '"one"'
    server.sent = 0
    get(server, path)
    assert server.sent == 200_000


def test_a_full_disk_is_told_before_anything_is_written(
    server: Served, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Part, "free", lambda self: transfer.SPARE + 299_999)
    with pytest.raises(CxrError, match=r"0 MB are to come, .* 67 MB left\. Free some space"):
        get(server, path)
    assert beside(path) == []


def test_two_who_want_the_same_file_share_one_download(server: Served, path: Path) -> None:
    server.answers.clear()
    ears = [Ear(), Ear()]
    threads = [threading.Thread(target=get, args=(server, path, ear)) for ear in ears]
    for thread, begun in zip(threads, (server.asked, ears[1].heard), strict=True):
        thread.start()
        wait_until(lambda begun=begun: begun)
    server.answers.set()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 1 and path.read_bytes() == CONTENT
    assert "Another download of the same file" in ears[1].heard[0][0]


def test_stopping_keeps_the_part_and_a_whole_part_needs_no_server(
    server: Served, path: Path
) -> None:
    server.files["/f.zip"] = b"x" * 3_000_000
    sha256 = hashlib.sha256(b"x" * 3_000_000).hexdigest()
    with pytest.raises(Cancelled):
        get(server, path, Ear(megabytes=1), sha256)
    part = put(path.with_name("f.zip.part"), b"x" * 3_000_000)
    server.asked.clear()
    get(server, path, sha256=sha256)
    assert not server.asked and not part.exists() and path.stat().st_size == 3_000_000
