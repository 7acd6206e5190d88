"""Downloading pretrained weights: whole and Keras's own, or nothing and a clear error."""

import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data import transfer
from engine.learning import weights
from engine.learning.listener import Silent
from engine.words.errors import Cancelled, CxrError
from engine.words.files import digest
from tests.learning.made_weights import let_be_keras_own, write_weights
from tests.serving import Ear, Served, put, serve

NETWORK, CLASS = "densenet121", "DenseNet121"
FILE = "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5"
NO_HASH = "mobilenetv2"  # Keras gives none


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small file of weights that the table takes for DenseNet121's."""
    made = write_weights(tmp_path / "made.h5")
    let_be_keras_own(monkeypatch, NETWORK, made)
    return made


@pytest.fixture
def server(cxr_dirs: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server that has DenseNet121's file, and a Keras cache that has none."""
    with serve() as served:
        served.files[f"/keras/densenet/{FILE}"] = content
        monkeypatch.setenv("CXR_WEIGHTS_URL", f"{served.url}/keras")
        monkeypatch.setattr(transfer, "PAUSES", (0.01, 0.01))
        yield served


@pytest.fixture
def folder(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights as a lecture room has it, empty."""
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(cxr_dirs / "weights"))
    return cxr_dirs / "weights"


def cache(home: Path, file: str = FILE) -> Path:
    return home / "keras" / "models" / file


def files_under(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_download_tells_megabytes_and_lands_where_keras_looks(
    server: Served, content: bytes, cxr_dirs: Path
) -> None:
    assert weights.find(NETWORK) is None
    ear = Ear()
    found = weights.resolve(NETWORK, ear)
    assert (found.path, found.checked) == (cache(cxr_dirs), True)
    assert found.digest == digest(content)
    assert server.url in found.origin
    assert found.path.read_bytes() == content
    assert ear.heard[-1][0] == "Checking what came"
    text, done, total = ear.heard[-2]
    assert text == "Downloading the weights of DenseNet121 (MB)" and (done, total) == (3, 4)
    told = [done for _, done, _ in ear.heard[:-1]]
    assert told == sorted(told) and {1, 2} <= set(told)
    assert files_under(cxr_dirs) == [FILE]


def test_a_file_is_downloaded_once(server: Served) -> None:
    first = weights.resolve(NETWORK, Silent())
    again = weights.resolve(NETWORK, Silent())
    assert len(server.asked) == 1
    assert (again.path, again.digest) == (first.path, first.digest)
    assert again.origin == "from Keras's cache"


def test_a_download_goes_into_the_folder_of_weights(server: Served, folder: Path) -> None:
    assert weights.resolve(NETWORK, Silent()).path == folder / CLASS / FILE


def test_a_folder_that_cannot_be_written_sends_the_download_to_keras_cache(
    server: Served, cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_WEIGHTS_DIR", "/proc/weights")  # not even root can write there
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).startswith("/proc"))
    assert weights.resolve(NETWORK, Silent()).path == cache(cxr_dirs)


def test_fetch_leaves_a_cached_file_in_the_folder_too(
    server: Served, cxr_dirs: Path, folder: Path, content: bytes
) -> None:
    put(cache(cxr_dirs), content)
    found = weights.fetch(NETWORK, Silent())
    assert found.path == folder / CLASS / FILE
    assert found.path.read_bytes() == content and not server.asked


def test_a_download_with_another_hash_is_refused(server: Served, cxr_dirs: Path) -> None:
    wrong = write_weights(cxr_dirs / "other" / "other.h5", seed=1)
    server.files[f"/keras/densenet/{FILE}"] = wrong
    with pytest.raises(CxrError) as caught:
        weights.resolve(NETWORK, Silent())
    assert hashlib.md5(wrong).hexdigest() in str(caught.value)
    assert weights.WEIGHTS[NETWORK].hash in str(caught.value)
    assert files_under(cxr_dirs) == ["other.h5"]


def test_a_login_page_is_no_file_of_weights(server: Served, cxr_dirs: Path) -> None:
    row = weights.WEIGHTS[NO_HASH]
    server.files[f"/keras/{row.path}"] = b"<html>Please log in</html>"
    with pytest.raises(CxrError, match="no whole HDF5 file"):
        weights.resolve(NO_HASH, Silent())
    assert files_under(cxr_dirs) == []


def test_a_missing_page_says_so_and_how_to_go_on(server: Served, cxr_dirs: Path) -> None:
    server.files.clear()
    with pytest.raises(CxrError) as caught:
        weights.resolve(NETWORK, Silent())
    said = str(caught.value)
    assert "answered 404" in said and server.url in said
    assert str(cache(cxr_dirs)) in said and "CXR_WEIGHTS_DIR" in said
    assert f"python -m engine weights fetch {NETWORK}" in said and "weights=random" in said
    assert files_under(cxr_dirs) == []


def test_a_connection_that_keeps_breaking_off_leaves_what_came_to_go_on_from(
    server: Served, content: bytes, cxr_dirs: Path
) -> None:
    server.short_by = 1_000_000
    with pytest.raises(CxrError, match=r"broke off. 2.0 MB are kept"):
        weights.resolve(NETWORK, Silent())
    assert files_under(cxr_dirs) == [f"{FILE}.part", f"{FILE}.part.json"]
    assert weights.find(NETWORK) is None
    server.short_by, server.sent = 0, 0
    assert weights.resolve(NETWORK, Silent()).path.read_bytes() == content
    assert server.sent == 1_000_000 and files_under(cxr_dirs) == [FILE]


def test_a_connection_that_goes_silent_is_given_up(
    server: Served, cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "TIMEOUT", (60.0, 3.0))
    server.short_by, server.silent = 1_000_000, 1
    with pytest.raises(CxrError, match="broke off"):
        weights.resolve(NETWORK, Silent())
    assert weights.find(NETWORK) is None


def test_cancelling_in_the_middle_leaves_no_file_of_weights(server: Served, cxr_dirs: Path) -> None:
    ear = Ear(megabytes=1)
    with pytest.raises(Cancelled):
        weights.resolve(NETWORK, ear)
    assert ear.heard[-1][1] == 1
    assert not cache(cxr_dirs).exists() and weights.find(NETWORK) is None


def test_without_a_server_the_error_comes_at_once(
    cxr_dirs: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("CXR_WEIGHTS_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(CxrError, match="no connection to the server") as caught:
        weights.resolve(NETWORK, Silent())
    for path in (folder / CLASS / FILE, cache(cxr_dirs)):
        assert f"{path} (not there)" in str(caught.value)


def test_a_server_that_says_nothing_is_given_up_and_can_be_cancelled(
    cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "PATIENCE", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("CXR_WEIGHTS_URL", f"http://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(CxrError, match="did not answer in time"):
            weights.resolve(NETWORK, Silent())
        monkeypatch.setattr(transfer, "PATIENCE", 60.0)
        with pytest.raises(Cancelled):
            weights.resolve(NETWORK, Ear(times=3))


def test_a_half_downloaded_file_in_keras_cache_is_fetched_anew(
    server: Served, cxr_dirs: Path, content: bytes
) -> None:
    path = put(cache(cxr_dirs), content[:1_000_000])
    assert weights.find(NETWORK) is None
    assert weights.resolve(NETWORK, Silent()).path.read_bytes() == content
    put(path, write_weights(cxr_dirs / "other.h5", seed=2))
    server.files.clear()
    with pytest.raises(CxrError, match=r"refused: it has the md5 .* expected was"):
        weights.resolve(NETWORK, Silent())


def test_a_wrong_file_in_the_folder_is_an_error_and_no_reason_to_download(
    server: Served, folder: Path
) -> None:
    put(folder / CLASS / FILE, b"no weights")
    with pytest.raises(CxrError, match=r"no whole HDF5 file.*Copy it anew"):
        weights.resolve(NETWORK, Silent())
    assert not server.asked


def test_unusable_folders_are_errors_that_say_which(
    server: Served, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, b"a file where a folder should be")
    with pytest.raises(CxrError, match="cannot be written"):
        weights.resolve(NETWORK, Silent())
    write_weights(folder.with_name("w") / CLASS / FILE, megabytes=1)
    put(folder.with_name("w") / "SHA256SUMS", "ä".encode("utf-16"))
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(folder.with_name("w")))
    with pytest.raises(CxrError, match="SHA256SUMS cannot be read"):
        weights.resolve(NETWORK, Silent())
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(folder.with_name("x" * 300)))
    with pytest.raises(CxrError, match="cannot be looked for"):
        weights.find(NETWORK)
